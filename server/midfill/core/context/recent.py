"""The places of the latest edits and visits, in every document."""

from collections.abc import Callable
from dataclasses import dataclass

from midfill.core.context.far_lines import DOCUMENT
from midfill.core.context.snippet import Snippet
from midfill.core.edit import Span

MARGIN = 3
"""Lines shown around an edit; edits no further apart than this are one place."""
MAX_PLACES = 32
"""Maximum number of places."""
MAX_LINES = 40
"""Maximum lines of a place; of a longer one the end is shown, where the user was last."""

Lines = Callable[[str, int, int], "str | None"]
"""Returns the lines of a document (by URI) between two rows; None if it is not open."""


@dataclass
class RecentRegion:
    """Lines that were edited or visited."""

    uri: str
    first: int
    last: int
    visit: bool = False
    text: str | None = None
    """The text of the place when its document was closed."""

    def moved(self, span: Span) -> None:
        """Move with an edit of the same document."""
        shift = span.gained - span.lost
        if span.row + span.lost < self.first:
            self.first += shift
            self.last += shift
        elif span.row <= self.last:
            self.first = min(self.first, span.row)
            self.last = max(self.first, self.last + shift)

    def touches(self, row: int, until: int) -> bool:
        """Whether these rows are in the place or close to it."""
        return self.first - MARGIN <= until and row <= self.last + MARGIN


class RecentRegions:
    """The latest places, the newest last; recording an edit costs a few microseconds."""

    def __init__(self) -> None:
        self._regions: list[RecentRegion] = []

    def edited(self, uri: str, span: Span) -> None:
        """Record an edit; an edit close to the last one extends its place."""
        region = self._regions[-1] if self._regions else None
        for other in self._regions:
            if other.uri == uri and other.text is None:
                other.moved(span)
        until = span.row + span.gained
        if region is not None and region.uri == uri and not region.visit and region.touches(span.row, until):
            region.first, region.last = min(region.first, span.row), max(region.last, until)
            return
        self._add(RecentRegion(uri, span.row, until))

    def visited(self, uri: str, row: int) -> None:
        """Record a visit; a visit of an edited place adds nothing."""
        last = self._regions[-1] if self._regions else None
        if last is not None and last.uri == uri and last.visit:
            self._regions.pop()
        if not any(region.uri == uri and region.touches(row, row) for region in self._regions):
            self._add(RecentRegion(uri, row, row, visit=True))

    def closed(self, uri: str, lines: Lines) -> None:
        """Keep the text of the edited places of a document that was closed; drop its visits."""
        self._regions = [region for region in self._regions if region.uri != uri or not region.visit]
        for region in self._regions:
            if region.uri == uri and region.text is None:
                region.text = _text(region, lines)

    def snippets(self, uri: str, lines: Lines, name: Callable[[str], str]) -> list[Snippet]:
        """Return the places, the newest first, without overlaps; those in the document of `uri` have its own source.

        `name` returns the path to show for a URI; empty excludes the document.
        """
        found: list[Snippet] = []
        for age, region in enumerate(reversed(self._regions)):
            path, source = name(region.uri), DOCUMENT if region.uri == uri else "recent"
            text = (region.text if region.text is not None else _text(region, lines)) if path else ""
            if text and text.strip():
                line = max(0, max(region.first, region.last - MAX_LINES) - MARGIN)
                found.append(Snippet(path, line, text, source, (0.5 if region.visit else 1.0) / (1 + age)))
        return found

    def _add(self, region: RecentRegion) -> None:
        known = [other for other in self._regions if other.uri == region.uri and other.text is None]
        for other in known:
            if other.touches(region.first, region.last):
                region.first, region.last = min(region.first, other.first), max(region.last, other.last)
                self._regions.remove(other)
        self._regions.append(region)
        del self._regions[:-MAX_PLACES]


def _text(region: RecentRegion, lines: Lines) -> str | None:
    first = max(region.first, region.last - MAX_LINES)
    return lines(region.uri, max(0, first - MARGIN), region.last + MARGIN + 1)
