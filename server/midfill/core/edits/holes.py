"""The parts of an edit with holes: what a hole stands for, and what is made of it."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

ANY = -1
"""A hole without a reference; it may be empty."""
LEFT, RIGHT = 1000, 2000
"""The first numbers of the words before a place and after it; their distance in tokens is added."""

Pair = tuple[tuple[str, ...], tuple[str, ...]]
"""The tokens of two changes that differ."""


class Word(NamedTuple):
    """A hole for one word near a place, which begins with `head`."""

    number: int = ANY
    head: str = ""


class Turned(NamedTuple):
    """The text of a hole in another case, a key of `CASES`."""

    number: int
    how: str


Element = str | int | Word
"""A token, the number of a hole, or a hole for one word."""
Piece = str | int | Turned
"""A text, the number of the hole whose text it is, or that text in another case."""

CASES: Final[Mapping[str, Callable[[str], str]]] = {
    "": lambda text: text,
    "lower": str.lower,
    "upper": str.upper,
    "title": lambda text: text[:1].upper() + text[1:],
    "only title": lambda text: text[:1].upper() + text[1:].lower(),
    "untitle": lambda text: text[:1].lower() + text[1:],
}


def turned(come: tuple[str, str], source: tuple[str, str]) -> tuple[str, str, str] | None:
    """Return how two words are made of two others: the text before, the case, and the text after; None if they are not.

    >>> turned(("MethodGet", "MethodPut"), ("GET", "PUT"))
    ('Method', 'only title', '')
    """
    for how, turn in CASES.items():
        mine, yours = turn(source[0]), turn(source[1])
        head, found, tail = come[0].partition(mine)
        if found and mine != yours and come[1] == head + yours + tail:
            return head, how, tail
    return None


def number_of(piece: Piece) -> int | None:
    """Return the number of a piece's hole; None for a text."""
    return piece.number if isinstance(piece, Turned) else piece if isinstance(piece, int) else None
