"""The last edit of a document."""

from typing import NamedTuple

PASTE_LINES = 2
"""Line breaks that make one change a paste; Enter between braces inserts two, but no text."""


class Span(NamedTuple):
    """What a change did to the lines of a document: at `row` it took `lost` line ends away and put `gained` in."""

    row: int
    lost: int = 0
    gained: int = 0


class Edit(NamedTuple):
    """The last change notification of a document."""

    version: int | None
    inserted: str = ""
    """The inserted text of a single change; empty if there were several changes."""
    removed: int = 0
    """Characters that a single change removed."""
    changes: int = 1
    accepted: bool = False
    """The inserted text is a suggestion of the server, or the beginning of one."""
    spans: tuple[Span, ...] = ()
    """The lines that the changes touched, in their order."""

    @property
    def deletes(self) -> bool:
        """Whether the edit only removes text; the user usually types a replacement next."""
        return self.removed > 0 and not self.inserted

    @property
    def objection(self) -> str:
        """The reason why no completion is wanted after this edit; empty if one is wanted."""
        if self.changes > 1:
            return "several places were edited at once"
        pasted = self.inserted.count("\n") >= PASTE_LINES and bool(self.inserted.strip())
        if pasted and not self.accepted:
            return "several lines were pasted"
        return ""
