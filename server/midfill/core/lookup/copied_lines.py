"""Whole lines: the continuation of an unfinished copy of other lines."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from midfill.core.cursor import Cursor
from midfill.core.lookup.matches import Match
from midfill.core.lookup.votes import Vote

MIN_COPY_LENGTH = 8
"""Minimum match length of a place in tokens to copy the lines below it."""
MIN_COPIES = 2
"""Minimum places that agree on each copied line (measured: 85 of 221 lines from one place were right, and 13 of 14 from
two agreeing places)."""


class _Line(NamedTuple):
    indent: str
    """Indentation relative to the line at which the copy began."""
    text: str


def following_lines(votes: Sequence[Vote], cursor: Cursor, min_weight: float, max_lines: int) -> str:
    """Return the lines after the cursor's line on which the places of `votes` agree, each after a line end.

    Each line needs `MIN_COPIES` places with a total weight of `min_weight`. The lines end before an empty line, before
    a line indented less than the cursor's, and before the line below the cursor.
    """
    copies = [
        (vote.weight, list(_lines_below(vote.match, max_lines)))
        for vote in votes
        if vote.match and vote.match_length >= MIN_COPY_LENGTH
    ]
    below = next((line.strip() for line in cursor.below if line.strip()), None)
    indent = _indent(cursor.head)
    lines = takewhile(lambda line: line.text != below, _agreed_lines(copies, min_weight))
    return "".join(f"\n{indent}{line.indent}{line.text}" for line in lines)


def has_same_indent_step(match: Match, cursor: Cursor) -> bool:
    """Return whether the match's line and the cursor's line have the same indentation step from the line above."""
    row = match.source.row(match.offset)
    above, own = match.source.line(row - 1), match.source.line(row)
    if above is None or own is None or not cursor.above:
        return False
    return _indent_step(above, own) == _indent_step(cursor.above[-1], cursor.head)


def _agreed_lines(copies: list[tuple[float, list[_Line]]], min_weight: float) -> Iterator[_Line]:
    """Yield the next line with the greatest weight, while enough copies agree on it."""
    while True:
        weights: dict[_Line, float] = defaultdict(float)
        copies = [(weight, lines) for weight, lines in copies if lines]
        for weight, lines in copies:
            weights[lines[0]] += weight
        best = max(weights, key=weights.__getitem__, default=None)
        copies = [(weight, lines[1:]) for weight, lines in copies if lines[0] == best]
        if best is None or weights[best] < min_weight or len(copies) < MIN_COPIES:
            return
        yield best


def _lines_below(match: Match, max_lines: int) -> Iterator[_Line]:
    """Yield the lines below a match, up to an empty line or a line with less indentation."""
    row = match.source.row(match.offset)
    indent = _indent(match.source.line(row) or "")
    for below in range(row + 1, row + 1 + max(max_lines, 0)):
        line = match.source.line(below)
        if not line or not line.strip() or not line.startswith(indent):
            return
        yield _Line(_indent(line)[len(indent) :], line.strip())


def _indent_step(line: str, next_line: str) -> int:
    """Return by how many characters the second line is indented more than the first."""
    return len(_indent(next_line)) - len(_indent(line))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
