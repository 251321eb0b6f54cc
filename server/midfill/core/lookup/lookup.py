"""The completion at a cursor, from the text around it and from other files."""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from midfill.core.cursor import Cursor
from midfill.core.lookup.analogy import Analogy
from midfill.core.lookup.block import begins_alike, following_lines
from midfill.core.lookup.confidence import confidence
from midfill.core.lookup.fit import closes_in_order, fitting, opened_by
from midfill.core.lookup.matches import CONTEXT, LookupQuery, matches
from midfill.core.lookup.memory import Memory
from midfill.core.lookup.source import LINE_LIMIT, DocumentText
from midfill.core.lookup.votes import Step, Vote, VoteCount, ending, is_unanimous
from midfill.core.model import Ask

SURE = 0.62
"""Minimum probability of a completion."""
SURE_MANUAL = 0.4
"""The same after a manual request, where a guess is better than no suggestion."""
SURE_AT_START = 0.92
"""The same at the start of a line, where the user has typed nothing yet."""
UNANIMOUS = 0.7
"""Share of the votes that each further line needs."""
MIN_VISIBLE = 3
"""Minimum visible characters of a completion."""
LINE_START_TOKENS = 8
"""Minimum agreeing tokens of a place to fill an empty line."""

_STARTED = re.compile(r"\w*\Z")


def complete(cursor: Cursor, ask: Ask, memories: Sequence[Memory] = ()) -> str:
    r"""Return the most certain text at `cursor`, with `\n` line ends; empty if no text is certain enough.

    `memories` have the text of other files. The text ends at the end of the line, unless the lines before the
    cursor are an unfinished copy of other lines.
    """
    above, below = DocumentText(cursor.above), DocumentText(cursor.below)
    head = cursor.head.lstrip()
    if len(head) > LINE_LIMIT:
        return ""
    votes = list(fitting_votes(cursor, above, below, memories))
    sure = SURE_MANUAL if ask.manual else SURE if head else SURE_AT_START
    line, ended = _most_certain(voted(cursor, votes, above, below), cursor, sure)
    agreeing = ending(votes, line) if ended else []
    if agreeing and ask.scope != "line" and _may_go_on(cursor, line):
        total = sum(vote.weight for vote in votes)
        line += following_lines(agreeing, cursor, UNANIMOUS * total, ask.max_lines - 1)
    return line if len("".join(line.split())) >= MIN_VISIBLE else ""


def voted(cursor: Cursor, votes: list[Vote], above: DocumentText, below: DocumentText) -> Iterator[Step]:
    """Yield the pieces of the text with the most votes."""
    count = VoteCount()
    for vote in votes:
        count.add(vote)
    return count.steps(partial(_is_in, above=above, below=below), started(cursor))


def started(cursor: Cursor) -> str:
    """Return the unfinished word before the cursor."""
    found = _STARTED.search(cursor.near_head)
    return found[0] if found else ""


def _most_certain(steps: Iterator[Step], cursor: Cursor, sure: float) -> tuple[str, bool]:
    """Return the longest text that is certain enough, and whether the line certainly ends with it.

    If a piece is certain enough and many votes agree on the rest, the rest is as certain.
    """
    text, certain, begun, at_start = "", 1.0, len(started(cursor)), not cursor.head.strip()
    for step in steps:
        if not (text and is_unanimous(step)):
            certain *= confidence(step, begun, at_start=at_start)
        if certain < sure:
            break
        if not step.piece:
            return text, True
        text += step.piece
    return text.rstrip(), False


def _is_in(name: str, above: DocumentText, below: DocumentText) -> bool:
    return name in above.text or name in below.text


def _may_go_on(cursor: Cursor, line: str) -> bool:
    """Return whether further lines may follow: no text follows on the line, and the line grows or is the last."""
    is_last = not cursor.below or not cursor.below[0].strip()
    return not cursor.rest.strip() and (bool(line) or is_last)


def fitting_votes(
    cursor: Cursor, above: DocumentText, below: DocumentText, memories: Sequence[Memory]
) -> Iterator[Vote]:
    """Yield the votes whose text fits before the text after the cursor."""
    head = cursor.head.lstrip()
    opened = opened_by(head)
    rest, next_line = cursor.rest.strip(), below.text.lstrip("\n").partition("\n")[0]
    fits: dict[str, str | None] = {}
    for vote in _found(cursor, head, above, below, memories):
        if vote.text not in fits:
            text = fitting(vote.text, rest)
            repeats = next_line and (head + (text or "")).rstrip() == next_line
            text = "" if repeats else text  # A vote that would repeat the line counts as a vote for its end.
            fits[vote.text] = text if closes_in_order(opened, text or "") else None
        if (text := fits[vote.text]) is not None:
            yield vote._replace(text=text.rstrip() if cursor.rest[:1].isspace() else text)


def _found(
    cursor: Cursor, head: str, above: DocumentText, below: DocumentText, memories: Sequence[Memory]
) -> Iterator[Vote]:
    """Yield the votes of all places that resemble the text before the cursor."""
    for match in matches(LookupQuery(above.text[-CONTEXT:] + head), above, below, memories):
        if head or (match.agreed >= LINE_START_TOKENS and begins_alike(match, cursor)):
            yield Vote(match.source.line_rest(match.place), match.agreed, match)
    if head:
        analogy = Analogy(head)
        for line in (*above.last_lines(), *below.first_lines()):
            if guess := analogy.follow(line):
                yield Vote(guess.text, guess.agreed, None)
