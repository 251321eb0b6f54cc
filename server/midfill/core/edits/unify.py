"""Merges two changes into one edit with holes."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from midfill.core.edits.rule import Element
from midfill.core.edits.spot import Spot
from midfill.core.edits.tokens import tokens

Pair = tuple[tuple[str, ...], tuple[str, ...]]
MOST_HOLES = 3


def unified(one: Spot, other: Spot) -> tuple[tuple[Element, ...], tuple[str | int, ...]] | None:
    """Return the removed tokens and the inserted text, with holes where the changes differ; None if they do not match.

    The text is that of `one`.
    """
    if one.gone == other.gone and one.come == other.come:
        return one.gone, (one.inserted,)
    holes: dict[Pair, int] = {}
    gone = _aligned(one.gone, other.gone, holes, grow=True)
    if gone is None or len(holes) > MOST_HOLES:
        return None
    come = _aligned(one.come, other.come, holes, grow=False)
    return None if come is None else (gone, _texts(one.inserted, come, holes))


def _aligned(
    one: Sequence[str], other: Sequence[str], holes: dict[Pair, int], *, grow: bool
) -> tuple[Element, ...] | None:
    found: list[Element] = []
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for kind, first, last, begin, end in matcher.get_opcodes():
        mine, yours = tuple(one[first:last]), tuple(other[begin:end])
        if kind == "equal":
            found += mine
        elif not mine or not yours or "\n" in mine or "\n" in yours:
            return None
        elif grow:
            found.append(holes.setdefault((mine, yours), len(holes)))
        elif (mine, yours) in holes:
            found.append(holes[mine, yours])
        else:
            return None
    return tuple(found)


def _texts(inserted: str, come: Sequence[Element], holes: dict[Pair, int]) -> tuple[str | int, ...]:
    """Return the inserted text in pieces, with the holes between them."""
    values = {number: pair[0] for pair, number in holes.items()}
    found, at, end = tokens(inserted), 0, 0
    pieces: list[str | int] = []
    for part in come:
        size = len(values[part]) if isinstance(part, int) else 1
        start = found[at].start
        if isinstance(part, int):
            pieces += [inserted[end:start], part]
            end = found[at + size - 1].end
        at += size
    return tuple(piece for piece in (*pieces, inserted[end:]) if piece != "")
