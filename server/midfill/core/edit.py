"""The last edit of a document."""

from typing import NamedTuple

PASTE_LINES = 2
"""Line breaks that make one change a paste; Enter between braces inserts two, but no text."""

PAIRS = frozenset({"()", "[]", "{}", "<>", '""', "''", "``"})
"""The text that a key inserts besides one character: a bracket or quote with its closer."""


class Replaced(NamedTuple):
    """The lines of a document, without line ends, that a change replaced by others."""

    row: int
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class Span(NamedTuple):
    """The effect of a change on the lines: at `row` it removed `lost` line ends and inserted `gained`."""

    row: int
    lost: int = 0
    gained: int = 0
    replaced: Replaced | None = None
    """The lines themselves."""


class Edit(NamedTuple):
    """The last change notification of a document."""

    version: int | None
    inserted: str = ""
    """The inserted text of a single change, or of each of several that are alike; empty if they differ."""
    removed: int = 0
    """Characters that such a change removed."""
    changes: int = 1
    alike: bool = False
    """Several changes insert and remove the same: the user types with several cursors, or a name was changed."""
    accepted: bool = False
    """The inserted text is a suggestion of the server, or the start of one."""
    spans: tuple[Span, ...] = ()
    """The lines that the changes touched, in order."""

    @property
    def deletes(self) -> bool:
        """Whether the edit only removes text; the user usually types a replacement next."""
        return self.removed > 0 and not self.inserted

    @property
    def _by_several_cursors(self) -> bool:
        """Whether several changes are a key, or a suggestion, at each of several cursors."""
        key = len(self.inserted) <= 1 or self.inserted in PAIRS or self.inserted.isspace()
        return self.alike and (key or self.accepted)

    @property
    def objection(self) -> str:
        """The reason why no completion is wanted after this edit; empty if one is wanted."""
        if self.changes > 1 and not self._by_several_cursors:
            return "several places were edited at once"
        pasted = self.inserted.count("\n") >= PASTE_LINES and bool(self.inserted.strip())
        if pasted and not self.accepted:
            return "several lines were pasted"
        return ""
