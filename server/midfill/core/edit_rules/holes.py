"""The elements of an edit with holes: its removed tokens, and the pieces of its inserted text."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

UNNUMBERED = -1
"""Stands for the number of a hole that no inserted text repeats; such a hole may be empty."""
LEFT_BASE, RIGHT_BASE = 1000, 2000
"""The number of a hole for a word before or after a place is one of these plus the word's distance in tokens."""

TokenPair = tuple[tuple[str, ...], tuple[str, ...]]
"""Tokens of one change, and the different tokens at the same place of another."""


class WordHole(NamedTuple):
    """A hole for one word near a place, which begins with `head`."""

    number: int = UNNUMBERED
    head: str = ""


class Recased(NamedTuple):
    """The text of a hole, converted to another case (a key of `CASES`)."""

    number: int
    case: str


PatternPart = str | int | WordHole
"""A token, the number of a hole, or a hole for one word."""
InsertedPiece = str | int | Recased
"""A text, the number of a hole whose text is inserted, or that text in another case."""

CASES: Final[Mapping[str, Callable[[str], str]]] = {
    "": lambda text: text,
    "lower": str.lower,
    "upper": str.upper,
    "title": lambda text: text[:1].upper() + text[1:],
    "only title": lambda text: text[:1].upper() + text[1:].lower(),
    "untitle": lambda text: text[:1].lower() + text[1:],
}


def derivation(made: tuple[str, str], source: tuple[str, str]) -> tuple[str, str, str] | None:
    """Return how `made` contains `source` in both changes: the text before it, its case, and the text after it.

    None if a word does not contain its source, or if the changes differ in this.

    >>> derivation(("MethodGet", "MethodPut"), ("GET", "PUT"))
    ('Method', 'only title', '')
    """
    for case, convert in CASES.items():
        one_part, other_part = convert(source[0]), convert(source[1])
        head, found, tail = made[0].partition(one_part)
        if found and one_part != other_part and made[1] == head + other_part + tail:
            return head, case, tail
    return None


def hole_of(piece: InsertedPiece) -> int | None:
    """Return the number of the hole that a piece repeats; None for a text."""
    return piece.number if isinstance(piece, Recased) else piece if isinstance(piece, int) else None
