"""From a cursor to the text that is sure to follow."""

from collections.abc import Iterator

from midfill.core.cursor import Cursor
from midfill.core.lookup.analogy import Analogy
from midfill.core.lookup.ballot import Vote, elected
from midfill.core.lookup.block import begins_alike, following_lines
from midfill.core.lookup.fit import closes_in_order, fitting
from midfill.core.lookup.source import LINE_LIMIT, Source, matches
from midfill.core.model import Ask

SURE = 0.65
"""The share of the vote that each shown piece needs (right four times of five at this: tests/bench/local.py)."""
SURE_MANUAL = 0.5
"""The same when the user asked, who would rather see a guess than nothing."""
LEAST = 3
"""Characters other than white space that a completion has at least."""
CONTEXT = 400
"""Characters before the cursor that places are compared by."""
LINE_START_TOKENS = 8
"""Tokens that must agree before an empty line is filled, at two places at least: one is right half the time."""


def complete(cursor: Cursor, ask: Ask, beside: Source | None = None) -> str:
    r"""Return the text that is sure to follow at `cursor`, line ends as `\n`; empty when none is.

    `beside` is the text of other files. The answer reaches to the end of the line at most, unless the lines
    before the cursor are an unfinished copy of others.
    """
    above, below = Source(cursor.above), Source(cursor.below)
    head = cursor.head.lstrip()
    if len(head) > LINE_LIMIT:
        return ""
    votes = list(_votes(cursor, head, above, below, beside))
    sure = SURE_MANUAL if ask.manual else SURE
    line, agreeing = elected(votes, sure, witnesses=1 if head else 2)
    if agreeing and ask.scope != "line" and not cursor.rest.strip():
        total = sum(vote.weight for vote in votes)
        line += following_lines(agreeing, cursor, sure * total, ask.max_lines - 1)
    return line if len("".join(line.split())) >= LEAST else ""


def _votes(cursor: Cursor, head: str, above: Source, below: Source, beside: Source | None) -> Iterator[Vote]:
    """Yield what follows each place that is like the one at the cursor, as far as it fits in there."""
    rest, next_line = cursor.rest.strip(), below.text.lstrip("\n").partition("\n")[0]
    for vote in _found(cursor, head, above, below, beside):
        text = fitting(vote.text, rest)
        repeats = next_line and (head + (text or "")).rstrip() == next_line
        if text is not None and not repeats and closes_in_order(head, text):
            yield vote._replace(text=text)


def _found(cursor: Cursor, head: str, above: Source, below: Source, beside: Source | None) -> Iterator[Vote]:
    """Yield what follows each place that is like the one at the cursor."""
    for match in matches(above.text[-CONTEXT:] + head, above, below, beside):
        if head or (match.agreed >= LINE_START_TOKENS and begins_alike(match, cursor)):
            yield Vote(match.source.line_rest(match.place), match.agreed, match)
    if head:
        analogy = Analogy(head)
        for line in (*above.last_lines(), *below.first_lines()):
            if guess := analogy.follow(line):
                yield Vote(guess.text, guess.agreed, None)
