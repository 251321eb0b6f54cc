"""The region around the cursor that a model rewrites, and the latest edits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from midfill.core.control_tokens import neutralized
from midfill.core.credentials import without_credentials, without_private_keys
from midfill.core.cursor import Cursor
from midfill.core.edit_rules.hunk import Hunk

MAX_REGION_CHARACTERS = 6_000
"""Maximum characters of a region: about 1,500 tokens, of which the model writes all."""
LINES_ABOVE, LINES_BELOW = 100, 50
"""Maximum lines above and below the region in the prompt."""
MAX_SIDE_CHARACTERS = 8_000
"""Maximum characters of the lines on either side of the region."""
MAX_EDITS = 6
"""Maximum number of edits in the prompt (the same as Zed's)."""
MAX_EDIT_CHARACTERS = 2_000
"""Maximum characters of an edit in the prompt."""


@dataclass(frozen=True)
class RecentChange:
    """An edit as the model reads it: without keys and control tokens."""

    path: str
    row: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    above: str
    below: str


@dataclass(frozen=True)
class EditableRegion:
    """Consecutive lines of a document, which a model rewrites.

    `above`, `lines`, `below` and `changes` are the texts for the model: keys and control tokens are masked.
    """

    cursor: Cursor
    path: str
    row: int
    """The first row."""
    document_lines: tuple[str, ...]
    """The lines as they are in the document, without line ends."""
    lines_below_cursor: int
    """Number of lines below the cursor that were in the region at first."""
    lines: tuple[str, ...]
    """The same lines as the model reads them."""
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    changes: tuple[RecentChange, ...] = ()
    """The latest edits, the newest last."""

    @property
    def cursor_line(self) -> int:
        """The index of the cursor's line in the region."""
        return self.cursor.row - self.row

    @property
    def end(self) -> int:
        """The row after the last one."""
        return self.row + len(self.document_lines)

    def is_masked(self, at: int) -> bool:
        """Whether a key in a line is masked."""
        return self.lines[at] != neutralized(self.document_lines[at])

    def marked(self, mark: str) -> list[str]:
        """Return the lines with a mark at the cursor."""
        line = self.lines[self.cursor_line]
        column = len(line) if self.is_masked(self.cursor_line) else len(self.cursor.head)
        return [
            *self.lines[: self.cursor_line],
            line[:column] + mark + line[column:],
            *self.lines[self.cursor_line + 1 :],
        ]

    @cached_property
    def reverted(self) -> tuple[str, ...]:
        """The lines before the newest edit, if that is in the region; otherwise the lines."""
        last = self.changes[-1] if self.changes else None
        if last is None or last.path != self.path:
            return self.lines
        first, until = last.row - self.row, last.row - self.row + len(last.after)
        if first < 0 or self.lines[first:until] != last.after:
            return self.lines
        return (*self.lines[:first], *last.before, *self.lines[until:])


def editable_region_at(
    cursor: Cursor, hunks: Sequence[Hunk], path_of: Callable[[str], str], lines_around: tuple[int, int]
) -> EditableRegion | None:
    """Return the region of `lines_around` lines above and below a cursor; None if its line alone is too long.

    `path_of` returns the path of a document as the model reads it.
    """
    above, below = _without_line_ends(cursor.above), _without_line_ends(cursor.below)
    fitting = _fitting(above, below, cursor.head + cursor.rest, lines_around)
    if fitting is None:
        return None
    up, down = fitting
    whole = (*above, cursor.head + cursor.rest, *below)
    first, until = len(above) - up, len(above) + 1 + down
    keyless = without_private_keys("\n".join(whole)).split("\n")
    start = max(0, first - LINES_ABOVE)
    shown = _for_model(keyless[start : until + LINES_BELOW])
    return EditableRegion(
        cursor=cursor,
        path=path_of(cursor.uri),
        row=cursor.row - up,
        document_lines=whole[first:until],
        lines_below_cursor=down,
        lines=shown[first - start : until - start],
        above=_within_limit(shown[: first - start][::-1])[::-1],
        below=_within_limit(shown[until - start :]),
        changes=tuple(_recent_change(hunk, path_of) for hunk in hunks[-MAX_EDITS:]),
    )


def with_document_lines(region: EditableRegion, document_lines: tuple[str, ...]) -> EditableRegion:
    """Return the region with other lines, after an edit of the rewritten text was applied."""
    return replace(region, document_lines=document_lines, lines=_for_model(document_lines))


def _without_line_ends(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line.rstrip("\r\n") for line in lines)


def _fitting(
    above: Sequence[str], below: Sequence[str], line: str, lines_around: tuple[int, int]
) -> tuple[int, int] | None:
    """Return the lines above and below, without blank ones at the ends; None if not even the cursor's line fits."""
    up, down = min(lines_around[0], len(above)), min(lines_around[1], len(below))
    size = len(line) + sum(map(len, above[len(above) - up :])) + sum(map(len, below[:down]))
    while up + down and (size > MAX_REGION_CHARACTERS):
        if up >= down:
            size -= len(above[len(above) - up])
            up -= 1
        else:
            size -= len(below[down - 1])
            down -= 1
    while up and not above[len(above) - up].strip():
        up -= 1
    while down and not below[down - 1].strip():
        down -= 1
    return (up, down) if size <= MAX_REGION_CHARACTERS else None


def _within_limit(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the first lines, up to the maximum size."""
    left = MAX_SIDE_CHARACTERS
    for count, line in enumerate(lines):
        left -= len(line) + 1
        if left < 0:
            return tuple(lines[:count])
    return tuple(lines)


def _recent_change(hunk: Hunk, path_of: Callable[[str], str]) -> RecentChange:
    return RecentChange(
        path_of(hunk.uri),
        hunk.row,
        _first_lines(hunk.before),
        _first_lines(hunk.after),
        *_for_model((hunk.above, hunk.below)),
    )


def _first_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return lines as the model reads them, the first ones of a long edit."""
    shown, left = _for_model(lines), MAX_EDIT_CHARACTERS
    for count, line in enumerate(shown):
        left -= len(line) + 1
        if left < 0:
            return shown[:count]
    return shown


def _for_model(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(neutralized(without_credentials("\n".join(lines))).split("\n")) if lines else ()
