"""The last edits of the workspace as hunks, across documents, merged while a line is typed."""

from collections.abc import Callable
from dataclasses import dataclass

from midfill.core.edit import ReplacedLines
from midfill.core.edit_rules.hunk import Hunk

MAX_HUNKS = 32
"""Maximum number of hunks."""
MAX_LINES = 40
"""Maximum lines of a hunk before and after; a larger one is a paste or a move, and is not an example for an edit."""

LineOf = Callable[[str, int], str]
"""Returns the line of a document at a row; empty if there is none."""


@dataclass(eq=False)
class _OpenHunk:
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
        self._open_hunks: list[_OpenHunk] = []

    def edited(self, uri: str, replaced: ReplacedLines) -> None:
        """Record a change; one that touches the lines of an earlier one extends its hunk."""
        change = _trimmed(_OpenHunk(uri, replaced.row, list(replaced.before), list(replaced.after)))
        until, shift = change.row + len(change.before), len(change.after) - len(change.before)
        touched = [other for other in self._open_hunks if other.uri == uri and _touch(other, change)]
        kept = [other for other in self._open_hunks if other not in touched]
        for other in kept:
            if other.uri == uri and other.row >= until:
                other.row += shift
        # A change over several earlier ones starts a new hunk.
        hunk = _merged(touched[0], change) if len(touched) == 1 else change
        self._open_hunks = [*kept, hunk][-MAX_HUNKS:]

    def hunks(self, line: LineOf) -> list[Hunk]:
        """Return the edits that were not undone, the newest last."""
        found = (_trimmed(hunk) for hunk in self._open_hunks)
        return [_hunk(hunk, line) for hunk in found if _is_edit(hunk)]

    def forget(self, uri: str) -> None:
        """Drop the edits of a document whose whole text was replaced."""
        self._open_hunks = [hunk for hunk in self._open_hunks if hunk.uri != uri]


def _touch(hunk: _OpenHunk, change: _OpenHunk) -> bool:
    """Whether a change replaces lines of an earlier hunk, or is adjacent to it."""
    until = change.row + len(change.before)
    if not change.before:
        return hunk.row <= change.row <= hunk.end
    if not hunk.after:
        return change.row < hunk.row < until
    return change.row < hunk.end and hunk.row < until


def _merged(hunk: _OpenHunk, change: _OpenHunk) -> _OpenHunk:
    """Return the merged hunk: `change` replaces lines that `hunk` inserted."""
    over = max(0, hunk.row - change.row)
    under = max(0, change.row + len(change.before) - hunk.end)
    head, tail = change.before[:over], change.before[len(change.before) - under :]
    row = min(hunk.row, change.row)
    after = [*head, *hunk.after, *tail]
    first = change.row - row
    after[first : first + len(change.before)] = change.after
    return _OpenHunk(hunk.uri, row, [*head, *hunk.before, *tail], after)


def _trimmed(hunk: _OpenHunk) -> _OpenHunk:
    """Return the hunk without unchanged lines at its ends."""
    before, after, row = hunk.before, hunk.after, hunk.row
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    before, after = before[head:], after[head:]
    tail = 0
    while tail < min(len(before), len(after)) and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return _OpenHunk(hunk.uri, row + head, before[: len(before) - tail], after[: len(after) - tail])


def _is_edit(hunk: _OpenHunk) -> bool:
    return hunk.before != hunk.after and max(len(hunk.before), len(hunk.after)) <= MAX_LINES


def _hunk(hunk: _OpenHunk, line: LineOf) -> Hunk:
    above, below = line(hunk.uri, hunk.row - 1), line(hunk.uri, hunk.end)
    return Hunk(hunk.uri, hunk.row, tuple(hunk.before), tuple(hunk.after), above, below)
