"""The completion at a cursor, from the text around it and from other files."""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from midfill.core.cursor import Cursor
from midfill.core.lookup.analogy import Analogy
from midfill.core.lookup.confidence import confidence
from midfill.core.lookup.copied_lines import following_lines, has_same_indent_step
from midfill.core.lookup.document_text import MAX_LINE_LENGTH, DocumentText
from midfill.core.lookup.line_fit import closes_in_order, open_brackets, text_before_rest
from midfill.core.lookup.matches import QUERY_LENGTH, LookupQuery, matches
from midfill.core.lookup.memory import Memory
from midfill.core.lookup.votes import PredictedPiece, Vote, VoteCount, is_unanimous, votes_for
from midfill.core.model import AnswerLimits

MIN_PROBABILITY = 0.62
"""Minimum probability that a completion is right (chosen on the repositories of the fit: 80 % are right)."""
MIN_PROBABILITY_MANUAL = 0.4
"""The same after a manual request, where a guess is better than no suggestion."""
MIN_PROBABILITY_AT_LINE_START = 0.92
"""The same at the start of a line, where the user has typed nothing yet."""
MIN_WEIGHT_SHARE = 0.7
"""Share of the weight of all votes that each line after the first needs."""
MIN_VISIBLE_CHARACTERS = 3
"""Minimum visible characters of a completion."""
MIN_LINE_START_LENGTH = 8
"""Minimum match length of a place in tokens to fill an empty line."""

_PARTIAL_WORD = re.compile(r"\w*\Z")


def complete(cursor: Cursor, limits: AnswerLimits, memories: Sequence[Memory] = ()) -> str:
    r"""Return the most certain text at `cursor`, with `\n` line ends; empty if no text is certain enough.

    `memories` have the text of other files. The text ends at the end of the line, unless the lines before the
    cursor are an unfinished copy of other lines.
    """
    above, below = DocumentText(cursor.above), DocumentText(cursor.below)
    head = cursor.head.lstrip()
    if len(head) > MAX_LINE_LENGTH:
        return ""
    votes = list(fitting_votes(cursor, above, below, memories))
    automatic = MIN_PROBABILITY if head else MIN_PROBABILITY_AT_LINE_START
    min_probability = MIN_PROBABILITY_MANUAL if limits.manual else automatic
    line, ended = _certain_text(predicted_pieces(cursor, votes, above, below), cursor, min_probability)
    agreeing = votes_for(votes, line) if ended else []
    if agreeing and limits.scope != "line" and _may_continue(cursor, line):
        total = sum(vote.weight for vote in votes)
        line += following_lines(agreeing, cursor, MIN_WEIGHT_SHARE * total, limits.max_lines - 1)
    return line if len("".join(line.split())) >= MIN_VISIBLE_CHARACTERS else ""


def predicted_pieces(
    cursor: Cursor, votes: list[Vote], above: DocumentText, below: DocumentText
) -> Iterator[PredictedPiece]:
    """Yield the pieces of the completion with the most votes, however uncertain they are."""
    count = VoteCount()
    for vote in votes:
        count.add(vote)
    return count.pieces(partial(_occurs, above=above, below=below), partial_word(cursor))


def partial_word(cursor: Cursor) -> str:
    """Return the unfinished word before the cursor."""
    found = _PARTIAL_WORD.search(cursor.near_head)
    return found[0] if found else ""


def _certain_text(
    pieces: Iterator[PredictedPiece], cursor: Cursor, min_probability: float
) -> tuple[str, bool]:
    """Return the longest text with at least the minimum probability, and whether the line ends with it.

    A piece on which many votes agree unanimously does not lower the probability, unless it is the first.
    """
    text, probability, partial_length, at_line_start = (
        "",
        1.0,
        len(partial_word(cursor)),
        not cursor.head.strip(),
    )
    for predicted in pieces:
        if not (text and is_unanimous(predicted)):
            probability *= confidence(predicted, partial_length, at_line_start=at_line_start)
        if probability < min_probability:
            break
        if not predicted.text:
            return text, True
        text += predicted.text
    return text.rstrip(), False


def _occurs(name: str, above: DocumentText, below: DocumentText) -> bool:
    return name in above.text or name in below.text


def _may_continue(cursor: Cursor, line: str) -> bool:
    """Return whether further lines may follow: no text follows on the line, and the line grows or is the last."""
    is_last = not cursor.below or not cursor.below[0].strip()
    return not cursor.rest.strip() and (bool(line) or is_last)


def fitting_votes(
    cursor: Cursor, above: DocumentText, below: DocumentText, memories: Sequence[Memory]
) -> Iterator[Vote]:
    """Yield the votes whose text fits before the text after the cursor."""
    head = cursor.head.lstrip()
    opened = open_brackets(head)
    rest, next_line = cursor.rest.strip(), below.text.lstrip("\n").partition("\n")[0]
    fits: dict[str, str | None] = {}
    for vote in _all_votes(cursor, head, above, below, memories):
        if vote.text not in fits:
            text = text_before_rest(vote.text, rest)
            repeats = next_line and (head + (text or "")).rstrip() == next_line
            text = "" if repeats else text  # A vote that would repeat the line counts as a vote for its end.
            fits[vote.text] = text if closes_in_order(opened, text or "") else None
        if (text := fits[vote.text]) is not None:
            yield vote._replace(text=text.rstrip() if cursor.rest[:1].isspace() else text)


def _all_votes(
    cursor: Cursor, head: str, above: DocumentText, below: DocumentText, memories: Sequence[Memory]
) -> Iterator[Vote]:
    """Yield the votes of all places that resemble the text before the cursor."""
    for match in matches(LookupQuery(above.text[-QUERY_LENGTH:] + head), above, below, memories):
        if head or (match.match_length >= MIN_LINE_START_LENGTH and has_same_indent_step(match, cursor)):
            yield Vote(match.source.rest_of_line(match.offset), match.match_length, match)
    if head:
        analogy = Analogy(head)
        for line in (*above.last_lines(), *below.first_lines()):
            if guess := analogy.follow(line):
                yield Vote(guess.text, guess.match_length, None)
