"""The embedded engine: what stood after text like that before the cursor, wherever it stood before.

Every place that ends like the text before the cursor votes for what follows it there, the more the longer
it agrees backwards. What most of the vote agrees on is shown, and nothing else. There is no model and no
index: the texts are searched as they are, with `str.find`.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from midfill.core.cursor import Cursor
from midfill.core.model import Ask

SURE = 0.7
"""The share of the vote that every shown token needs."""
LEAST = 3
"""Characters that a completion has at least."""
LINE_LIMIT = 500
"""Characters of a line that is worth reading; longer ones are data or generated."""
SOURCE_LIMIT = 1_000_000
"""Characters of one text that are searched."""
REACH = 48
"""Places that vote, per text and length of agreement."""
TRIES = REACH
CONTEXT = 400
"""Characters before the cursor that places are compared by."""
ANCHORS = (8, 4, 2, 1)
"""Tokens before the cursor that a place has in common with it at least, the most first."""
DOUBT = 6.0
"""Votes for "something else": what a single short agreement cannot outvote."""

_TOKEN = re.compile(r"\w+|[^\w\s]|\n")
_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
_WORD_END = re.compile(r"\w+\Z")


class Source:
    """A text to look things up in, its lines without their indentation."""

    __slots__ = ("lines", "text")

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        kept = lines
        if max(map(len, lines), default=0) > LINE_LIMIT:
            kept = [line if len(line) <= LINE_LIMIT else "" for line in lines]
        self.text = "\n" + "\n".join(map(str.strip, kept)) + "\n"


class Vote(NamedTuple):
    """What one place says follows here."""

    pieces: list[str]
    weight: float
    source: Source
    place: int
    agreed: int


def complete(cursor: Cursor, ask: Ask, beside: Source | None = None, *, sure: float = SURE) -> str:
    """Return the text that is sure to follow at `cursor`, empty when none is."""
    head = cursor.head.lstrip()[-CONTEXT:]
    if not head:
        return ""
    above, below = Source(cursor.above), Source(cursor.below)
    query = Query(above.text[-CONTEXT:] + head)
    rest = cursor.rest.strip()
    following = below.text[1 : below.text.index("\n", 1)] if cursor.below else ""
    votes = []
    for source, place, agreed in query.places(above, below, beside):
        text = fitting(source.text[place : source.text.index("\n", place)], rest)
        if text is None or (head + text).rstrip() == following:
            continue
        weight = agreed**2 * (0.7 if source is beside else 1)
        votes.append(Vote(_PIECE.findall(text), weight, source, place, agreed))
    shown, _ = outcome(votes, sure)
    return shown if len(shown.strip()) >= LEAST else ""


class Query:
    """The text before the cursor, as places are compared with it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [m.start() for m in _TOKEN.finditer(text)]

    def places(
        self, above: Source, below: Source, beside: Source | None
    ) -> Iterator[tuple[Source, int, int]]:
        """Yield the places that end like the text before the cursor, and how many tokens agree."""
        seen: set[tuple[int, int]] = set()
        for count in ANCHORS:
            if count > len(self.starts):
                continue
            anchor = self.text[self.starts[-count] :]
            if count == 1 and not (len(anchor) > 1 and anchor[0].isalnum()):
                continue
            for source in (above, below, beside if count > 1 else None):
                if source is None:
                    continue
                for place in found(source.text, anchor, source is above):
                    key = (id(source), place)
                    if key not in seen and (agreed := self.agreed(source.text, place)):
                        seen.add(key)
                        yield source, place, agreed
            if len(seen) >= REACH:
                return

    def agreed(self, text: str, place: int) -> int:
        """Return how many whole tokens before `place` are those before the cursor."""
        low, high = 0, min(place, len(self.text))
        while low < high:
            middle = (low + high + 1) // 2
            if self.text.endswith(text[place - middle : place]):
                low = middle
            else:
                high = middle - 1
        start = len(self.text) - low
        index = bisect_left(self.starts, start)
        if index < len(self.starts) and self.starts[index] == start and low < place and low < len(self.text):
            before, first = text[place - low - 1], text[place - low]
            if is_word(before) and is_word(first):
                index += 1
        return len(self.starts) - index


def is_word(char: str) -> bool:
    """Return whether a character may stand in a name."""
    return char.isalnum() or char == "_"


def found(text: str, anchor: str, backwards: bool) -> Iterator[int]:
    """Yield the places right behind each `anchor` in `text`."""
    count = 0
    if backwards:
        at = text.rfind(anchor)
        while at >= 0 and count < TRIES:
            yield at + len(anchor)
            at = text.rfind(anchor, 0, at + len(anchor) - 1)
            count += 1
    else:
        at = text.find(anchor)
        while at >= 0 and count < TRIES:
            yield at + len(anchor)
            at = text.find(anchor, at + 1)
            count += 1


def fitting(text: str, rest: str) -> str | None:
    """Return what of `text` can stand before `rest`, or None if it cannot."""
    if not rest:
        return text
    depth = 0
    for piece in _PIECE.finditer(text):
        at = piece.start()
        if depth == 0 and text.startswith(rest, at):
            return text[:at]
        if piece[0] in "([{":
            depth += 1
        elif piece[0] in ")]}":
            depth -= 1
            if depth < 0:
                return text[:at] if rest.startswith(piece[0]) else None
    return None


def outcome(votes: list[Vote], sure: float) -> tuple[str, list[Vote]]:
    """Return what the votes agree on, and the votes that agree to the end of the line."""
    total = sum(v.weight for v in votes) + DOUBT
    chosen: list[str] = []
    while True:
        tally: dict[str | None, float] = defaultdict(float)
        for v in votes:
            tally[v.pieces[len(chosen)] if len(chosen) < len(v.pieces) else None] += v.weight
        if not tally:
            return "", []
        best = max(tally, key=lambda k: tally[k])
        if tally[best] / total < sure:
            return "".join(chosen).rstrip(), []
        votes = [v for v in votes if (v.pieces[len(chosen)] if len(chosen) < len(v.pieces) else None) == best]
        if best is None:
            return "".join(chosen), votes
        chosen.append(best)
