"""The last edit of a document."""

from typing import NamedTuple

MIN_PASTED_LINE_BREAKS = 2
"""Minimum line breaks of a paste; Enter between braces inserts two as well, but no text."""

AUTOMATIC_PAIRS = frozenset({"()", "[]", "{}", "<>", '""', "''", "``"})
"""The texts of two characters that one key inserts: a bracket or a quote, and its closer."""


class ReplacedLines(NamedTuple):
    """The lines of a document, without line ends, that a change replaced by others."""

    row: int
    before: tuple[str, ...]
    after: tuple[str, ...]


class Span(NamedTuple):
    """The effect of a change on the lines from `row` on."""

    row: int
    removed_line_ends: int
    inserted_line_ends: int
    replaced: ReplacedLines | None
    """The lines before and after the change."""


class Edit(NamedTuple):
    """The last change notification of a document."""

    version: int | None
    inserted: str = ""
    """The inserted text of a single change, or of each of several that are alike; empty if they differ."""
    removed: int = 0
    """Characters that such a change removed."""
    changes: int = 1
    alike: bool = False
    """Several changes insert and remove the same: the user types with several cursors, or renames a symbol."""
    accepted: bool = False
    """The inserted text is a suggestion of the server, or the start of one."""
    spans: tuple[Span, ...] = ()
    """The lines that the changes touched, in order."""

    @property
    def deletes(self) -> bool:
        """Whether the edit only removes text; a replacement usually follows."""
        return self.removed > 0 and not self.inserted

    @property
    def _by_several_cursors(self) -> bool:
        """Whether several changes are the same key, or the same accepted suggestion, at several cursors."""
        is_key = len(self.inserted) <= 1 or self.inserted in AUTOMATIC_PAIRS or self.inserted.isspace()
        return self.alike and (is_key or self.accepted)

    @property
    def no_call_reason(self) -> str:
        """The reason why no completion is wanted after this edit; empty if one is wanted."""
        if self.changes > 1 and not self._by_several_cursors:
            return "several places were edited at once"
        pasted = self.inserted.count("\n") >= MIN_PASTED_LINE_BREAKS and bool(self.inserted.strip())
        if pasted and not self.accepted:
            return "several lines were pasted"
        return ""
