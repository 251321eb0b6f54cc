"""The completion at a cursor, from the text around it and from other files."""

import re
from collections.abc import Iterator

from midfill.core.cursor import Cursor
from midfill.core.lookup.analogy import Analogy
from midfill.core.lookup.block import begins_alike, following_lines
from midfill.core.lookup.fit import closes_in_order, fitting, opened_by
from midfill.core.lookup.source import LINE_LIMIT, Source, matches
from midfill.core.lookup.votes import Vote, most_voted
from midfill.core.model import Ask

SURE = 0.7
"""Share of the vote that each shown piece needs; six of seven answers are right (tests/bench)."""
SURE_MANUAL = 0.5
"""The same share for a manual request, where a guess is better than no suggestion."""
LEAST = 3
"""Minimum visible characters of a completion."""
CONTEXT = 400
"""Characters before the cursor that are compared with other places."""
LINE_START_TOKENS = 8
"""Minimum agreeing tokens to fill an empty line; two places must agree, because one is right half the time."""

_NO_WORD = re.compile(r"\W")


def complete(cursor: Cursor, ask: Ask, beside: Source | None = None) -> str:
    r"""Return the most certain text at `cursor`, with `\n` line ends; empty if no text is certain enough.

    `beside` is the text of other files. The text ends at the end of the line, unless the lines before the cursor are
    an unfinished copy of other lines.
    """
    above, below = Source(cursor.above), Source(cursor.below)
    head = cursor.head.lstrip()
    if len(head) > LINE_LIMIT:
        return ""
    votes = list(_votes(cursor, head, above, below, beside))
    sure = SURE_MANUAL if ask.manual else SURE
    line, agreeing = most_voted(votes, sure, witnesses=1 if head else 2)
    if agreeing and ask.scope != "line" and _may_go_on(cursor, line):
        total = sum(vote.weight for vote in votes)
        line += following_lines(agreeing, cursor, sure * total, ask.max_lines - 1)
    return line if len("".join(line.split())) >= LEAST else ""


def _may_go_on(cursor: Cursor, line: str) -> bool:
    """Return whether further lines may follow: no text follows on the line, and the line grows or is the last."""
    is_last = not cursor.below or not cursor.below[0].strip()
    return not cursor.rest.strip() and (bool(line) or is_last)


def _votes(cursor: Cursor, head: str, above: Source, below: Source, beside: Source | None) -> Iterator[Vote]:
    """Yield the votes whose text fits before the text after the cursor."""
    opened = opened_by(head)
    rest, next_line = cursor.rest.strip(), below.text.lstrip("\n").partition("\n")[0]
    for vote in _found(cursor, head, above, below, beside):
        text = fitting(vote.text, rest)
        repeats = next_line and (head + (text or "")).rstrip() == next_line
        if text is not None and not repeats and closes_in_order(opened, text):
            yield vote._replace(text=text.rstrip() if cursor.rest[:1].isspace() else text)


def _found(cursor: Cursor, head: str, above: Source, below: Source, beside: Source | None) -> Iterator[Vote]:
    """Yield the votes of all places that resemble the text before the cursor."""
    bonus = _word_bonus(head)
    for match in matches(above.text[-CONTEXT:] + head, above, below, beside):
        if head or (match.agreed >= LINE_START_TOKENS and begins_alike(match, cursor)):
            yield Vote(match.source.line_rest(match.place), match.agreed + bonus, match)
    if head:
        analogy = Analogy(head)
        for line in (*above.last_lines(), *below.first_lines()):
            if guess := analogy.follow(line):
                yield Vote(guess.text, guess.agreed, None)


def _word_bonus(head: str) -> float:
    """Return the extra weight, in tokens, of the unfinished word before the cursor.

    The first letters of a word predict its rest better than a bracket predicts its content (measured: one answer in
    thirty fewer is wrong).
    """
    started = len(_NO_WORD.split(head)[-1])
    return 1.0 if started >= 3 else -0.5 if started == 1 else 0.0
