"""Searchable texts, and the places in them that end like a given text."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

LINE_LIMIT = 500
"""Maximum characters of a line that is searched; longer lines are data or generated."""
NEAR = 30
"""Lines above the cursor that can be the pattern of its line; below the cursor, half as many."""
ANCHORS = (8, 4, 2, 1)
"""Token counts of the anchors that are searched for, in order of search."""
ANCHOR_LIMIT = 100
"""Maximum characters of an anchor, which bounds the time of a search."""
REACH = 48
"""Maximum places per text and anchor; with as many places in total, no shorter anchor is tried."""

_TOKEN = re.compile(r"\w+|[^\w\s]|\n")


class Source:
    """A text, searched without regard to indentation.

    `lines` are its lines, with or without line ends. A source takes about 50 ns per line to build.
    """

    __slots__ = ("lines", "text")

    def __init__(self, lines: Sequence[str] = ()) -> None:
        self.lines = lines
        if max(map(len, lines), default=0) > LINE_LIMIT:
            lines = [line if len(line) <= LINE_LIMIT else "" for line in lines]
        self.text = "\n".join(["", *map(str.strip, lines), ""])
        """The lines without white space at both ends, each between two line ends."""

    def line_rest(self, place: int) -> str:
        """Return the text after `place` on its line."""
        return self.text[place : self.text.find("\n", place)]

    def row(self, place: int) -> int:
        """Return the index in `lines` of the line of `place`."""
        return self.text.count("\n", 0, place) - 1

    def last_lines(self) -> list[str]:
        """Return the last `NEAR` lines, the last first."""
        return self.text.rsplit("\n", NEAR + 1)[-2:0:-1]

    def first_lines(self) -> list[str]:
        """Return the first `NEAR // 2` lines."""
        return self.text.split("\n", NEAR // 2 + 1)[1:-1]


class Match(NamedTuple):
    """A place that ends like the text before the cursor."""

    source: Source
    place: int
    """Offset of the continuation in the source's text."""
    agreed: int
    """Common whole tokens before the place and the cursor; an unfinished word before the cursor counts as one."""


def matches(query: str, above: Source, below: Source, beside: Source | None) -> Iterator[Match]:
    """Yield each place that ends like `query` once, from longer to shorter anchors."""
    starts = [token.start() for token in _TOKEN.finditer(query)]
    seen: set[tuple[Source, int]] = set()
    for count in (count for count in ANCHORS if count <= len(starts)):
        anchor = query[starts[-count] :][-ANCHOR_LIMIT:]
        if count == 1 and not (len(anchor) > 1 and anchor[-2:].isidentifier()):
            return  # A bracket or a single letter occurs everywhere and predicts nothing.
        for source in (above, below) if beside is None or count == 1 else (above, below, beside):
            for place in islice(_ends(anchor, source.text, from_end=source is above), REACH):
                if (source, place) not in seen and (agreed := _agreed(query, starts, source.text, place)):
                    seen.add((source, place))
                    yield Match(source, place, agreed)
        if len(seen) >= REACH:
            return


def _ends(anchor: str, text: str, *, from_end: bool) -> Iterator[int]:
    """Yield the offset after each `anchor` in `text`, from the end or from the start."""
    at = text.rfind(anchor) if from_end else text.find(anchor)
    while at >= 0:
        yield at + len(anchor)
        at = text.rfind(anchor, 0, at + len(anchor) - 1) if from_end else text.find(anchor, at + 1)


def _agreed(query: str, starts: list[int], text: str, place: int) -> int:
    """Return the number of whole tokens at the end of both `query` (token offsets `starts`) and `text[:place]`."""
    low, high = 0, min(place, len(query))
    while low < high:  # Bisect the longest common end: comparing slices is faster than characters.
        middle = (low + high + 1) // 2
        if query.endswith(text[place - middle : place]):
            low = middle
        else:
            high = middle - 1
    first = place - low
    inside_word = text[first - 1 : first + 1].replace("_", "a").isalnum() if 0 < first < place else False
    return len(starts) - bisect_left(starts, len(query) - low + inside_word)
