"""The last edits of the workspace as hunks, across documents, merged while a line is typed."""

from collections.abc import Callable
from dataclasses import dataclass

from midfill.core.edit import Replaced
from midfill.core.edits.hunk import Hunk

MAX_HUNKS = 32
"""Maximum number of hunks."""
MAX_LINES = 40
"""Maximum lines of a hunk before and after; a larger one is a paste or a move, and is not an example for an edit."""

LineOf = Callable[[str, int], str]
"""Returns the line of a document at a row; empty if there is none."""


@dataclass(eq=False)
class _Piece:
    """A hunk that later changes may move or extend."""

    uri: str
    row: int
    before: list[str]
    after: list[str]

    @property
    def end(self) -> int:
        return self.row + len(self.after)


class History:
    """Records each change of a document, and returns the resulting edits; recording a change costs microseconds."""

    def __init__(self) -> None:
        self._pieces: list[_Piece] = []

    def edited(self, uri: str, replaced: Replaced) -> None:
        """Record a change; one that touches the lines of an earlier one extends its hunk."""
        change = _trimmed(_Piece(uri, replaced.row, list(replaced.before), list(replaced.after)))
        until, shift = change.row + len(change.before), len(change.after) - len(change.before)
        touched = [other for other in self._pieces if other.uri == uri and _touch(other, change)]
        kept = [other for other in self._pieces if other not in touched]
        for other in kept:
            if other.uri == uri and other.row >= until:
                other.row += shift
        # A change over several earlier ones starts a new hunk.
        piece = _merged(touched[0], change) if len(touched) == 1 else change
        self._pieces = [*kept, piece][-MAX_HUNKS:]

    def hunks(self, line: LineOf) -> list[Hunk]:
        """Return the edits that were not undone, the newest last."""
        found = (_trimmed(piece) for piece in self._pieces)
        return [_hunk(piece, line) for piece in found if _is_edit(piece)]

    def forget(self, uri: str) -> None:
        """Drop the edits of a document whose whole text was replaced."""
        self._pieces = [piece for piece in self._pieces if piece.uri != uri]


def _touch(piece: _Piece, change: _Piece) -> bool:
    """Whether a change replaces lines of a piece, or is adjacent to it."""
    until = change.row + len(change.before)
    if not change.before:
        return piece.row <= change.row <= piece.end
    if not piece.after:
        return change.row < piece.row < until
    return change.row < piece.end and piece.row < until


def _merged(piece: _Piece, change: _Piece) -> _Piece:
    """Return the merged piece: `change` replaces lines that `piece` inserted."""
    over = max(0, piece.row - change.row)
    under = max(0, change.row + len(change.before) - piece.end)
    head, tail = change.before[:over], change.before[len(change.before) - under :]
    row = min(piece.row, change.row)
    after = [*head, *piece.after, *tail]
    first = change.row - row
    after[first : first + len(change.before)] = change.after
    return _Piece(piece.uri, row, [*head, *piece.before, *tail], after)


def _trimmed(piece: _Piece) -> _Piece:
    """Return the piece without unchanged lines at its ends."""
    before, after, row = piece.before, piece.after, piece.row
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    before, after = before[head:], after[head:]
    tail = 0
    while tail < min(len(before), len(after)) and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return _Piece(piece.uri, row + head, before[: len(before) - tail], after[: len(after) - tail])


def _is_edit(piece: _Piece) -> bool:
    return piece.before != piece.after and max(len(piece.before), len(piece.after)) <= MAX_LINES


def _hunk(piece: _Piece, line: LineOf) -> Hunk:
    above = line(piece.uri, piece.row - 1) if piece.row else ""
    below = line(piece.uri, piece.end)
    return Hunk(piece.uri, piece.row, tuple(piece.before), tuple(piece.after), above, below)
