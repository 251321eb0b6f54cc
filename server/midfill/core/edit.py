"""What the user's last change of a document was like."""

from typing import NamedTuple

PASTE_LINES = 2
"""Line breaks in one change that make it a paste; an Enter between braces brings two, but no text."""


class Edit(NamedTuple):
    """The last change notification of a document."""

    version: int | None
    inserted: str = ""
    """The text of its only change; empty when there were several."""
    removed: int = 0
    """Characters taken away by its only change."""
    changes: int = 1
    accepted: bool = False
    """The text put in is a suggestion of ours, or the beginning of one."""

    @property
    def deletes(self) -> bool:
        """Whether it only took something away: what comes next is typed again first."""
        return self.removed > 0 and not self.inserted

    @property
    def objection(self) -> str:
        """Why a completion would be in the way right after this change; empty if it would not."""
        if self.changes > 1:
            return "several places were edited at once"
        pasted = self.inserted.count("\n") >= PASTE_LINES and bool(self.inserted.strip())
        if pasted and not self.accepted:
            return "several lines were pasted"
        return ""
