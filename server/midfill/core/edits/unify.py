"""Merges two changes into one edit with holes."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from midfill.core.edits.holes import LEFT, RIGHT, Element, Pair, Piece, Turned, turned
from midfill.core.edits.spot import Spot
from midfill.core.edits.tokens import is_word, tokens

MOST_HOLES = 3

Part = tuple[int, tuple[Piece, ...]]
"""A number of inserted tokens, and what they are made of."""


def unified(one: Spot, other: Spot) -> tuple[tuple[Element, ...], tuple[Piece, ...]] | None:
    """Return the removed tokens and the inserted text, with holes where the changes differ; None if they do not match.

    The text is that of `one`.
    """
    if one.gone == other.gone and one.come == other.come:
        return one.gone, (one.inserted,)
    found = _gone(one, other)
    if found is None:
        return None
    gone, holes = found
    come = _come(one, other, {**_around(one, other), **holes}) if len(holes) <= MOST_HOLES else None
    return None if come is None else (gone, _texts(one.inserted, come))


def _gone(one: Spot, other: Spot) -> tuple[tuple[Element, ...], dict[Pair, int]] | None:
    """Return the removed tokens with holes, and what the holes stand for."""
    wanted = [(mine, yours) for kind, mine, yours in _aligned(one.come, other.come) if kind == "replace"]
    found: list[Element] = []
    holes: dict[Pair, int] = {}
    for kind, mine, yours in _aligned(one.gone, other.gone):
        if kind == "equal":
            found += mine
        elif not mine or not yours or "\n" in mine or "\n" in yours:
            return None
        else:
            found += [holes.setdefault(pair, len(holes)) for pair in _split((mine, yours), wanted)]
    return tuple(found), holes


def _split(pair: Pair, wanted: Sequence[Pair]) -> list[Pair]:
    """Return a difference as two, its first token and the others, if the inserted text repeats only the latter."""
    mine, yours = pair
    rest = mine[1:], yours[1:]
    return [(mine[:1], yours[:1]), rest] if rest in wanted else [pair]


def _around(one: Spot, other: Spot) -> dict[Pair, int]:
    """Return the words of the line around the place that differ, with their numbers."""
    found: dict[Pair, int] = {}
    sides = (one.right, other.right, RIGHT), (one.left[::-1], other.left[::-1], LEFT)
    for mine, yours, base in sides:
        for distance, (my, your) in enumerate(zip(mine, yours, strict=False)):
            if my == "\n" or not (my == your or (is_word(my) and is_word(your))):
                break
            if my != your:
                found[(my,), (your,)] = base + distance
    return found


def _come(one: Spot, other: Spot, sources: Mapping[Pair, int]) -> list[Part] | None:
    """Return what the inserted tokens are made of; None if a difference has no source."""
    found: list[Part] = []
    for kind, mine, yours in _aligned(one.come, other.come):
        if kind == "equal":
            found += [(1, (token,)) for token in mine]
        elif (mine, yours) in sources:
            found.append((len(mine), (sources[mine, yours],)))
        elif len(mine) == len(yours):
            pieces = [_derived(*pair, sources) for pair in zip(mine, yours, strict=True)]
            found += [(1, piece) for piece in pieces if piece]
            if () in pieces:
                return None
        else:
            return None
    return found


def _derived(mine: str, yours: str, sources: Mapping[Pair, int]) -> tuple[Piece, ...]:
    """Return a word as text around one of the sources, whose case may differ; empty if there is none."""
    if mine == yours:
        return (mine,)
    for (my, your), number in sources.items():
        if len(my) == len(your) == 1 and (found := turned((mine, yours), (my[0], your[0]))) is not None:
            head, how, tail = found
            return head, Turned(number, how) if how else number, tail
    return ()


def _aligned(
    one: Sequence[str], other: Sequence[str]
) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Yield the tokens of two sequences that are equal, and those that differ."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for kind, first, last, begin, end in matcher.get_opcodes():
        yield kind, tuple(one[first:last]), tuple(other[begin:end])


def _texts(inserted: str, come: Sequence[Part]) -> tuple[Piece, ...]:
    """Return the inserted text in pieces, with the holes between them."""
    found, at, end = tokens(inserted), 0, 0
    pieces: list[Piece] = []
    for size, parts in come:
        pieces += [inserted[end : found[at].start], *parts]
        end, at = found[at + size - 1].end, at + size
    merged: list[Piece] = []
    for piece in (*pieces, inserted[end:]):
        last = merged[-1] if merged else None
        if isinstance(piece, str) and isinstance(last, str):
            merged[-1] = last + piece
        elif piece != "":
            merged.append(piece)
    return tuple(merged)
