"""Texts to look things up in, and the places in them that end like a given text."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

LINE_LIMIT = 500
"""Characters of a line that is worth reading; longer ones are data or generated."""
NEAR = 30
"""Lines above the cursor that may be the pattern of the one at it; half as many below it."""
ANCHORS = (8, 4, 2, 1)
"""Tokens that a place has in common with the text before the cursor at least, the most first."""
ANCHOR_LIMIT = 100
"""Characters of an anchor, so that a search takes no longer on any text."""
REACH = 48
"""Places that are found in one text with one anchor; with that many in all, no shorter anchor is tried."""

_TOKEN = re.compile(r"\w+|[^\w\s]|\n")


class Source:
    """A text, searched without regard to indentation.

    `lines` are its lines, with or without line ends. Building one costs about 50 ns per line.
    """

    __slots__ = ("lines", "text")

    def __init__(self, lines: Sequence[str] = ()) -> None:
        self.lines = lines
        if max(map(len, lines), default=0) > LINE_LIMIT:
            lines = [line if len(line) <= LINE_LIMIT else "" for line in lines]
        self.text = "\n".join(["", *map(str.strip, lines), ""])
        """The lines without white space at either end, each between two line ends."""

    def line_rest(self, place: int) -> str:
        """Return what stands behind `place` on its line."""
        return self.text[place : self.text.find("\n", place)]

    def row(self, place: int) -> int:
        """Return the index in `lines` of the line that `place` is on."""
        return self.text.count("\n", 0, place) - 1

    def last_lines(self) -> list[str]:
        """Return the last `NEAR` lines, the last first."""
        return self.text.rsplit("\n", NEAR + 1)[-2:0:-1]

    def first_lines(self) -> list[str]:
        """Return half as many first lines."""
        return self.text.split("\n", NEAR // 2 + 1)[1:-1]


class Match(NamedTuple):
    """A place that ends like the text before the cursor."""

    source: Source
    place: int
    """Offset into the source's text, where its continuation begins."""
    agreed: int
    """Whole tokens before it that are also before the cursor; half a word before the cursor counts as one."""


def matches(query: str, above: Source, below: Source, beside: Source | None) -> Iterator[Match]:
    """Yield the places that end like `query`, those that agree longest first, each once."""
    starts = [token.start() for token in _TOKEN.finditer(query)]
    seen: set[tuple[Source, int]] = set()
    for count in (count for count in ANCHORS if count <= len(starts)):
        anchor = query[starts[-count] :][-ANCHOR_LIMIT:]
        if count == 1 and not (len(anchor) > 1 and anchor[-2:].isidentifier()):
            return  # A bracket or a single letter is found everywhere and tells nothing.
        for source in (above, below) if beside is None or count == 1 else (above, below, beside):
            for place in islice(_ends(anchor, source.text, from_end=source is above), REACH):
                if (source, place) not in seen and (agreed := _agreed(query, starts, source.text, place)):
                    seen.add((source, place))
                    yield Match(source, place, agreed)
        if len(seen) >= REACH:
            return


def _ends(anchor: str, text: str, *, from_end: bool) -> Iterator[int]:
    """Yield the offsets behind each `anchor` in `text`, those nearest to the cursor first."""
    at = text.rfind(anchor) if from_end else text.find(anchor)
    while at >= 0:
        yield at + len(anchor)
        at = text.rfind(anchor, 0, at + len(anchor) - 1) if from_end else text.find(anchor, at + 1)


def _agreed(query: str, starts: list[int], text: str, place: int) -> int:
    """Return how many whole tokens end both `query` (they start at `starts`) and `text` up to `place`."""
    low, high = 0, min(place, len(query))
    while low < high:  # The longest common end, by halving: a slice is compared faster than characters.
        middle = (low + high + 1) // 2
        if query.endswith(text[place - middle : place]):
            low = middle
        else:
            high = middle - 1
    first = place - low
    inside_word = text[first - 1 : first + 1].replace("_", "a").isalnum() if 0 < first < place else False
    return len(starts) - bisect_left(starts, len(query) - low + inside_word)
