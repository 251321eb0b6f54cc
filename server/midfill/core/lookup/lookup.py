"""From a cursor to the text that is sure to follow."""

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
"""The share of the vote that each shown piece needs; six answers of seven are right (tests/bench)."""
SURE_MANUAL = 0.5
"""The same when the user asked, who would rather see a guess than nothing."""
LEAST = 3
"""Characters other than white space that a completion has at least."""
CONTEXT = 400
"""Characters before the cursor that places are compared by."""
LINE_START_TOKENS = 8
"""Tokens that must agree before an empty line is filled, at two places at least: one is a coin toss."""

_NO_WORD = re.compile(r"\W")


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
    line, agreeing = most_voted(votes, sure, witnesses=1 if head else 2)
    if agreeing and ask.scope != "line" and _may_go_on(cursor, line):
        total = sum(vote.weight for vote in votes)
        line += following_lines(agreeing, cursor, sure * total, ask.max_lines - 1)
    return line if len("".join(line.split())) >= LEAST else ""


def _may_go_on(cursor: Cursor, line: str) -> bool:
    """Return whether further lines may follow: behind an unfinished line, or where there is room."""
    is_last = not cursor.below or not cursor.below[0].strip()
    return not cursor.rest.strip() and (bool(line) or is_last)


def _votes(cursor: Cursor, head: str, above: Source, below: Source, beside: Source | None) -> Iterator[Vote]:
    """Yield what follows each place that is like the one at the cursor, as far as it fits in there."""
    opened = opened_by(head)
    rest, next_line = cursor.rest.strip(), below.text.lstrip("\n").partition("\n")[0]
    for vote in _found(cursor, head, above, below, beside):
        text = fitting(vote.text, rest)
        repeats = next_line and (head + (text or "")).rstrip() == next_line
        if text is not None and not repeats and closes_in_order(opened, text):
            yield vote._replace(text=text.rstrip() if cursor.rest[:1].isspace() else text)


def _found(cursor: Cursor, head: str, above: Source, below: Source, beside: Source | None) -> Iterator[Vote]:
    """Yield what follows each place that is like the one at the cursor."""
    told = _told_by_word(head)
    for match in matches(above.text[-CONTEXT:] + head, above, below, beside):
        if head or (match.agreed >= LINE_START_TOKENS and begins_alike(match, cursor)):
            yield Vote(match.source.line_rest(match.place), match.agreed + told, match)
    if head:
        analogy = Analogy(head)
        for line in (*above.last_lines(), *below.first_lines()):
            if guess := analogy.follow(line):
                yield Vote(guess.text, guess.agreed, None)


def _told_by_word(head: str) -> float:
    """Return how many tokens more than one the word before the cursor is worth.

    The first letters of a word tell more about the rest of it than a bracket does about what is in it
    (measured: one answer in thirty fewer is wrong).
    """
    started = len(_NO_WORD.split(head)[-1])
    return 1.0 if started >= 3 else -0.5 if started == 1 else 0.0
