"""Generalizes two changes to one edit with holes where they differ (their anti-unification)."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from midfill.core.edits.edit_tokens import is_word, tokens
from midfill.core.edits.holes import LEFT_BASE, RIGHT_BASE, Element, Piece, Recased, TokenPair, derivation
from midfill.core.edits.hunk_change import HunkChange

MAX_HOLES = 3
"""Maximum number of different holes in the removed tokens."""

InsertedPart = tuple[int, tuple[Piece, ...]]
"""A number of inserted tokens, and the pieces that generate their text."""


def common_edit(one: HunkChange, other: HunkChange) -> tuple[tuple[Element, ...], tuple[Piece, ...]] | None:
    """Return the removed tokens and the inserted text, with holes where the changes differ; None if they do not match.

    Where they agree, the inserted text has the blanks of `one`.
    """
    if one.removed_tokens == other.removed_tokens and one.inserted_tokens == other.inserted_tokens:
        return one.removed_tokens, (one.inserted,)
    found = _removed(one, other)
    if found is None:
        return None
    removed, holes = found
    parts = _inserted(one, other, {**_around(one, other), **holes}) if len(holes) <= MAX_HOLES else None
    return None if parts is None else (removed, _texts(one.inserted, parts))


def _removed(one: HunkChange, other: HunkChange) -> tuple[tuple[Element, ...], dict[TokenPair, int]] | None:
    """Return the removed tokens with holes, and the number of the hole for each difference."""
    wanted = [
        (mine, yours)
        for kind, mine, yours in _aligned(one.inserted_tokens, other.inserted_tokens)
        if kind == "replace"
    ]
    found: list[Element] = []
    holes: dict[TokenPair, int] = {}
    for kind, mine, yours in _aligned(one.removed_tokens, other.removed_tokens):
        if kind == "equal":
            found += mine
        elif not mine or not yours or "\n" in mine or "\n" in yours:
            return None
        else:
            found += [holes.setdefault(pair, len(holes)) for pair in _split((mine, yours), wanted)]
    return tuple(found), holes


def _split(pair: TokenPair, wanted: Sequence[TokenPair]) -> list[TokenPair]:
    """Split a difference after its first token if the inserted text repeats only the tokens after it."""
    mine, yours = pair
    rest = mine[1:], yours[1:]
    return [(mine[:1], yours[:1]), rest] if rest in wanted else [pair]


def _around(one: HunkChange, other: HunkChange) -> dict[TokenPair, int]:
    """Return the words of the line that differ around the place, with their numbers (see `LEFT_BASE`)."""
    found: dict[TokenPair, int] = {}
    sides = (one.right, other.right, RIGHT_BASE), (one.left[::-1], other.left[::-1], LEFT_BASE)
    for mine, yours, base in sides:
        for distance, (my, your) in enumerate(zip(mine, yours, strict=False)):
            if my == "\n" or not (my == your or (is_word(my) and is_word(your))):
                break
            if my != your:
                found[(my,), (your,)] = base + distance
    return found


def _inserted(
    one: HunkChange, other: HunkChange, sources: Mapping[TokenPair, int]
) -> list[InsertedPart] | None:
    """Return the pieces of the inserted tokens; None if no removed or nearby word is the source of a difference."""
    found: list[InsertedPart] = []
    for kind, mine, yours in _aligned(one.inserted_tokens, other.inserted_tokens):
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


def _derived(mine: str, yours: str, sources: Mapping[TokenPair, int]) -> tuple[Piece, ...]:
    """Return the pieces of a word that contains one of the sources, in any case; empty if it contains none."""
    if mine == yours:
        return (mine,)
    for (my, your), number in sources.items():
        if len(my) == len(your) == 1 and (found := derivation((mine, yours), (my[0], your[0]))) is not None:
            head, case, tail = found
            return head, Recased(number, case) if case else number, tail
    return ()


def _aligned(
    one: Sequence[str], other: Sequence[str]
) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Yield the aligned parts of two sequences, and whether they are equal (an opcode of `difflib`)."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for kind, first, last, begin, end in matcher.get_opcodes():
        yield kind, tuple(one[first:last]), tuple(other[begin:end])


def _texts(inserted: str, parts: Sequence[InsertedPart]) -> tuple[Piece, ...]:
    """Return the inserted text in pieces, with the holes between them."""
    found, at, end = tokens(inserted), 0, 0
    pieces: list[Piece] = []
    for size, made_of in parts:
        pieces += [inserted[end : found[at].start], *made_of]
        end, at = found[at + size - 1].end, at + size
    merged: list[Piece] = []
    for piece in (*pieces, inserted[end:]):
        last = merged[-1] if merged else None
        if isinstance(piece, str) and isinstance(last, str):
            merged[-1] = last + piece
        elif piece != "":
            merged.append(piece)
    return tuple(merged)
