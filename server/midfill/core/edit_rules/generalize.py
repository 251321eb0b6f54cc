"""Generalizes two changes to one edit with holes where they differ (their anti-unification)."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from midfill.core.edit_rules.edit_tokens import is_word, tokens
from midfill.core.edit_rules.holes import (
    LEFT_BASE,
    RIGHT_BASE,
    InsertedPiece,
    PatternPart,
    Recased,
    TokenPair,
    derivation,
)
from midfill.core.edit_rules.hunk_change import HunkChange

MAX_HOLES = 3
"""Maximum number of different holes in the removed tokens."""

InsertedPart = tuple[int, tuple[InsertedPiece, ...]]
"""A number of inserted tokens, and the pieces that generate their text."""


def common_edit(
    one: HunkChange, other: HunkChange
) -> tuple[tuple[PatternPart, ...], tuple[InsertedPiece, ...]] | None:
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


def _removed(
    one: HunkChange, other: HunkChange
) -> tuple[tuple[PatternPart, ...], dict[TokenPair, int]] | None:
    """Return the removed tokens with holes, and the number of the hole for each difference."""
    wanted = [
        (one_part, other_part)
        for kind, one_part, other_part in _aligned(one.inserted_tokens, other.inserted_tokens)
        if kind == "replace"
    ]
    found: list[PatternPart] = []
    holes: dict[TokenPair, int] = {}
    for kind, one_part, other_part in _aligned(one.removed_tokens, other.removed_tokens):
        if kind == "equal":
            found += one_part
        elif not one_part or not other_part or "\n" in one_part or "\n" in other_part:
            return None
        else:
            found += [holes.setdefault(pair, len(holes)) for pair in _split((one_part, other_part), wanted)]
    return tuple(found), holes


def _split(pair: TokenPair, wanted: Sequence[TokenPair]) -> list[TokenPair]:
    """Split a difference after its first token if the inserted text repeats only the tokens after it."""
    one_part, other_part = pair
    rest = one_part[1:], other_part[1:]
    return [(one_part[:1], other_part[:1]), rest] if rest in wanted else [pair]


def _around(one: HunkChange, other: HunkChange) -> dict[TokenPair, int]:
    """Return the words of the line that differ around the place, with their numbers (see `LEFT_BASE`)."""
    found: dict[TokenPair, int] = {}
    sides = (one.right, other.right, RIGHT_BASE), (one.left[::-1], other.left[::-1], LEFT_BASE)
    for one_part, other_part, base in sides:
        for distance, (one_item, other_item) in enumerate(zip(one_part, other_part, strict=False)):
            if one_item == "\n" or not (
                one_item == other_item or (is_word(one_item) and is_word(other_item))
            ):
                break
            if one_item != other_item:
                found[(one_item,), (other_item,)] = base + distance
    return found


def _inserted(
    one: HunkChange, other: HunkChange, sources: Mapping[TokenPair, int]
) -> list[InsertedPart] | None:
    """Return the pieces of the inserted tokens; None if no removed or nearby word is the source of a difference."""
    found: list[InsertedPart] = []
    for _, one_part, other_part in _aligned(one.inserted_tokens, other.inserted_tokens):
        if (one_part, other_part) in sources:
            found.append((len(one_part), (sources[one_part, other_part],)))
        elif len(one_part) == len(other_part):
            pieces = [_derived(*pair, sources) for pair in zip(one_part, other_part, strict=True)]
            found += [(1, piece) for piece in pieces if piece]
            if () in pieces:
                return None
        else:
            return None
    return found


def _derived(one_part: str, other_part: str, sources: Mapping[TokenPair, int]) -> tuple[InsertedPiece, ...]:
    """Return the pieces of equal tokens, or of a word that contains a source in any case; empty if it has none."""
    if one_part == other_part:
        return (one_part,)
    for (one_item, other_item), number in sources.items():
        if (
            len(one_item) == len(other_item) == 1
            and (found := derivation((one_part, other_part), (one_item[0], other_item[0]))) is not None
        ):
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


def _texts(inserted: str, parts: Sequence[InsertedPart]) -> tuple[InsertedPiece, ...]:
    """Return the inserted text in pieces, with the holes between them."""
    found, at, end = tokens(inserted), 0, 0
    pieces: list[InsertedPiece] = []
    for size, made_of in parts:
        pieces += [inserted[end : found[at].start], *made_of]
        end, at = found[at + size - 1].end, at + size
    merged: list[InsertedPiece] = []
    for piece in (*pieces, inserted[end:]):
        last = merged[-1] if merged else None
        if isinstance(piece, str) and isinstance(last, str):
            merged[-1] = last + piece
        elif piece != "":
            merged.append(piece)
    return tuple(merged)
