"""The places of the latest edits and visits, in every document."""

from collections.abc import Callable
from dataclasses import dataclass

from midfill.core.context.chunk import Chunk
from midfill.core.edit import Span

MARGIN = 3
"""Lines shown around an edit; edits no further apart than this are one place."""
MOST = 32
"""Maximum number of places."""
LONGEST = 40
"""Maximum lines of a place; of a longer one the end is shown, where the user was last."""

Lines = Callable[[str, int, int], "str | None"]
"""Returns the lines of a document (by URI) between two rows; None if it is not open."""


@dataclass
class Place:
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


class Recent:
    """The latest places, the newest last; recording an edit costs a few microseconds."""

    def __init__(self) -> None:
        self._places: list[Place] = []

    def edited(self, uri: str, span: Span) -> None:
        """Record an edit; edits in one place share it."""
        place = self._places[-1] if self._places else None
        for other in self._places:
            if other.uri == uri and other.text is None:
                other.moved(span)
        until = span.row + span.gained
        if place is not None and place.uri == uri and not place.visit and place.touches(span.row, until):
            place.first, place.last = min(place.first, span.row), max(place.last, until)
            return
        self._add(Place(uri, span.row, until))

    def visited(self, uri: str, row: int) -> None:
        """Record a visit; a visit of an edited place adds nothing."""
        last = self._places[-1] if self._places else None
        if last is not None and last.uri == uri and last.visit:
            self._places.pop()
        if not any(place.uri == uri and place.touches(row, row) for place in self._places):
            self._add(Place(uri, row, row, visit=True))

    def closed(self, uri: str, lines: Lines) -> None:
        """Keep the text of the edited places of a document that was closed; drop its visits."""
        self._places = [place for place in self._places if place.uri != uri or not place.visit]
        for place in self._places:
            if place.uri == uri and place.text is None:
                place.text = _text(place, lines)

    def chunks(self, uri: str, lines: Lines, name: Callable[[str], str]) -> list[Chunk]:
        """Return the places in documents other than that of `uri`, the newest first, without overlaps.

        `name` returns the path to show for a URI; empty excludes the document.
        """
        found: list[Chunk] = []
        for age, place in enumerate(reversed(self._places)):
            path = name(place.uri) if place.uri != uri else ""
            text = (place.text if place.text is not None else _text(place, lines)) if path else ""
            if text and text.strip():
                line = max(0, max(place.first, place.last - LONGEST) - MARGIN)
                found.append(Chunk(path, line, text, "recent", (0.5 if place.visit else 1.0) / (1 + age)))
        return found

    def _add(self, place: Place) -> None:
        known = [other for other in self._places if other.uri == place.uri and other.text is None]
        for other in known:
            if other.touches(place.first, place.last):
                place.first, place.last = min(place.first, other.first), max(place.last, other.last)
                self._places.remove(other)
        self._places.append(place)
        del self._places[:-MOST]


def _text(place: Place, lines: Lines) -> str | None:
    first = max(place.first, place.last - LONGEST)
    return lines(place.uri, max(0, first - MARGIN), place.last + MARGIN + 1)
