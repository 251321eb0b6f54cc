"""The ranges of lines that were edited or visited last, in every document."""

from collections.abc import Callable
from dataclasses import dataclass

from midfill.core.context.far_lines import DOCUMENT
from midfill.core.context.snippet import Snippet
from midfill.core.edit import Span

MARGIN_LINES = 3
"""Lines shown around a range; edits no further apart than this are in one range."""
MAX_RANGES = 32
"""Maximum number of ranges."""
MAX_RANGE_LINES = 40
"""Maximum lines shown of a range; of a longer one the end is shown, where the user was last."""

LineReader = Callable[[str, int, int], "str | None"]
"""Returns the lines of a document (by URI) between two rows; None if it is not open."""


@dataclass
class RecentRange:
    """Lines that were edited or visited."""

    uri: str
    first: int
    last: int
    is_visit: bool = False
    text: str | None = None
    """The text of the range when its document was closed; None while it is open."""

    def moved(self, span: Span) -> None:
        """Move with an edit of the same document."""
        shift = span.inserted_line_ends - span.removed_line_ends
        if span.row + span.removed_line_ends < self.first:
            self.first += shift
            self.last += shift
        elif span.row <= self.last:
            self.first = min(self.first, span.row)
            self.last = max(self.first, self.last + shift)

    def touches(self, row: int, until: int) -> bool:
        """Whether these rows are in the range or close to it."""
        return self.first - MARGIN_LINES <= until and row <= self.last + MARGIN_LINES


class RecentRanges:
    """The latest ranges, the newest last; recording an edit costs a few microseconds."""

    def __init__(self) -> None:
        self._ranges: list[RecentRange] = []

    def edited(self, uri: str, span: Span) -> None:
        """Record an edit; an edit close to the last one extends its range."""
        recent = self._ranges[-1] if self._ranges else None
        for other in self._ranges:
            if other.uri == uri and other.text is None:
                other.moved(span)
        until = span.row + span.inserted_line_ends
        if (
            recent is not None
            and recent.uri == uri
            and not recent.is_visit
            and recent.touches(span.row, until)
        ):
            recent.first, recent.last = min(recent.first, span.row), max(recent.last, until)
            return
        self._add(RecentRange(uri, span.row, until))

    def visited(self, uri: str, row: int) -> None:
        """Record a visit; a visit of an edited range adds nothing."""
        last = self._ranges[-1] if self._ranges else None
        if last is not None and last.uri == uri and last.is_visit:
            self._ranges.pop()
        if not any(recent.uri == uri and recent.touches(row, row) for recent in self._ranges):
            self._add(RecentRange(uri, row, row, is_visit=True))

    def closed(self, uri: str, lines: LineReader) -> None:
        """Keep the text of the edited ranges of a document that was closed; drop its visits."""
        self._ranges = [recent for recent in self._ranges if recent.uri != uri or not recent.is_visit]
        for recent in self._ranges:
            if recent.uri == uri and recent.text is None:
                recent.text = _text(recent, lines)

    def snippets(self, uri: str, lines: LineReader, name: Callable[[str], str]) -> list[Snippet]:
        """Return the ranges, the newest first, without overlaps; those in the document of `uri` have its own source.

        `name` returns the path to show for a URI; empty excludes the document.
        """
        found: list[Snippet] = []
        for age, recent in enumerate(reversed(self._ranges)):
            path, source = name(recent.uri), DOCUMENT if recent.uri == uri else "recent"
            text = (recent.text if recent.text is not None else _text(recent, lines)) if path else ""
            if text and text.strip():
                line = max(0, max(recent.first, recent.last - MAX_RANGE_LINES) - MARGIN_LINES)
                found.append(Snippet(path, line, text, source, (0.5 if recent.is_visit else 1.0) / (1 + age)))
        return found

    def _add(self, recent: RecentRange) -> None:
        known = [other for other in self._ranges if other.uri == recent.uri and other.text is None]
        for other in known:
            if other.touches(recent.first, recent.last):
                recent.first, recent.last = min(recent.first, other.first), max(recent.last, other.last)
                self._ranges.remove(other)
        self._ranges.append(recent)
        del self._ranges[:-MAX_RANGES]


def _text(recent: RecentRange, lines: LineReader) -> str | None:
    first = max(recent.first, recent.last - MAX_RANGE_LINES)
    return lines(recent.uri, max(0, first - MARGIN_LINES), recent.last + MARGIN_LINES + 1)
