"""Whole lines: the continuation of an unfinished copy of other lines."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from midfill.core.cursor import Cursor
from midfill.core.lookup.matches import Match
from midfill.core.lookup.votes import Vote

COPY_TOKENS = 8
"""Minimum agreeing tokens to copy lines after the first."""
WITNESSES = 2
"""Places that must agree on each copied line (measured: 85 of 221 lines from one place were right, and 13 of 14 from
two agreeing places)."""


class _Line(NamedTuple):
    indent: str
    """Indentation relative to the line at which the copy began."""
    text: str


def following_lines(votes: Sequence[Vote], cursor: Cursor, needed: float, limit: int) -> str:
    """Return the lines after the cursor's line on which the places of `votes` agree, each after a line end.

    Each line needs `WITNESSES` places and the weight `needed`. There are at most `limit` lines. They end before an
    empty line, before a line indented less than the cursor's, and before the line below the cursor.
    """
    copies = [
        (vote.weight, list(_lines_below(vote.match, limit)))
        for vote in votes
        if vote.match and vote.agreed >= COPY_TOKENS
    ]
    below = next((line.strip() for line in cursor.below if line.strip()), None)
    indent = _indent(cursor.head)
    lines = takewhile(lambda line: line.text != below, _agreed_lines(copies, needed))
    return "".join(f"\n{indent}{line.indent}{line.text}" for line in lines)


def begins_alike(match: Match, cursor: Cursor) -> bool:
    """Return whether the match's line and the cursor's line have the same indentation step from the line above."""
    row = match.source.row(match.place)
    above, own = match.source.line(row - 1), match.source.line(row)
    if above is None or own is None or not cursor.above:
        return False
    return _step(above, own) == _step(cursor.above[-1], cursor.head)


def _agreed_lines(copies: list[tuple[float, list[_Line]]], needed: float) -> Iterator[_Line]:
    """Yield the next line with the greatest weight, while enough copies agree on it."""
    while True:
        counters: dict[_Line, float] = defaultdict(float)
        copies = [(weight, lines) for weight, lines in copies if lines]
        for weight, lines in copies:
            counters[lines[0]] += weight
        best = max(counters, key=counters.__getitem__, default=None)
        copies = [(weight, lines[1:]) for weight, lines in copies if lines[0] == best]
        if best is None or counters[best] < needed or len(copies) < WITNESSES:
            return
        yield best


def _lines_below(match: Match, limit: int) -> Iterator[_Line]:
    """Yield the lines below a match, up to an empty line or a line with less indentation."""
    row = match.source.row(match.place)
    indent = _indent(match.source.line(row) or "")
    for below in range(row + 1, row + 1 + max(limit, 0)):
        line = match.source.line(below)
        if not line or not line.strip() or not line.startswith(indent):
            return
        yield _Line(_indent(line)[len(indent) :], line.strip())


def _step(one: str, next_one: str) -> int:
    return len(_indent(next_one.rstrip("\r\n"))) - len(_indent(one))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
