"""The text that a rule requires around a place: the common text around the user's own edits."""

from collections.abc import Iterator, Sequence

from midfill.core.edit_rules.edit_tokens import common_prefix_length, is_word
from midfill.core.edit_rules.holes import (
    LEFT_BASE,
    RIGHT_BASE,
    UNNUMBERED,
    InsertedPiece,
    PatternPart,
    WordHole,
    hole_of,
)
from midfill.core.edit_rules.hunk_change import HunkChange

RequiredTokens = tuple[tuple[PatternPart, ...], tuple[PatternPart, ...]]
"""The context that a rule requires: the tokens before a place, and those after it."""

REQUIRED_TOKEN_COUNTS = (0, 1, 2, 3, 5, 8)
"""Possible numbers of required tokens before and after a place."""


def possible_required_tokens(
    newest: HunkChange, others: Sequence[HunkChange], inserted: Sequence[InsertedPiece]
) -> list[RequiredTokens]:
    """Return the contexts that a rule may require, the least text first.

    First come the tokens that are equal at all places, then those with holes for words that differ. If the inserted
    text repeats words near the place, each context contains them.
    """
    repeated = {
        number for piece in inserted if (number := hole_of(piece)) is not None and number >= LEFT_BASE
    }
    found: list[RequiredTokens] = []
    if not repeated:
        found += _by_size(_common_context(newest, others))
    if others:
        wide = _with_holes(newest, others, repeated)
        found += [context for context in _by_size(wide) if repeated <= _repeated_in(context)]
    if not repeated:
        found += _call_contexts(newest, others)
    return list(dict.fromkeys(found))


def _by_size(context: RequiredTokens) -> Iterator[RequiredTokens]:
    left, right = context
    for depth in REQUIRED_TOKEN_COUNTS:
        yield left[max(0, len(left) - depth) :], right[:depth]


def _common_context(
    newest: HunkChange, others: Sequence[HunkChange]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tokens that all places have in common."""
    left, right = newest.left, newest.right
    for other in others:
        left = left[len(left) - common_prefix_length(left[::-1], other.left[::-1]) :]
        right = right[: common_prefix_length(right, other.right)]
    return (
        (left, right) if newest.indent_like else (_up_to_line_end(left[::-1])[::-1], _up_to_line_end(right))
    )


def _up_to_line_end(found: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tokens up to the first line end, including it."""
    return found[: found.index("\n") + 1] if "\n" in found else found


def _with_holes(newest: HunkChange, others: Sequence[HunkChange], repeated: set[int]) -> RequiredTokens:
    """Return the tokens of the line that all places have in common, with holes for words that differ."""
    left = _side_with_holes(newest.left[::-1], [change.left[::-1] for change in others], LEFT_BASE, repeated)
    return left[::-1], _side_with_holes(
        newest.right, [change.right for change in others], RIGHT_BASE, repeated
    )


def _side_with_holes(
    newest: Sequence[str], others: Sequence[Sequence[str]], base: int, repeated: set[int]
) -> tuple[PatternPart, ...]:
    found: list[PatternPart] = []
    for distance, newest_item in enumerate(newest):
        other_items = [other[distance] if distance < len(other) else "\n" for other in others]
        if base + distance in repeated:
            found.append(WordHole(base + distance))
        elif all(item == newest_item for item in other_items):
            found.append(newest_item)
        elif is_word(newest_item) and all(is_word(item) for item in other_items):
            found.append(_hole(newest_item, other_items))
        else:
            break
        if newest_item == "\n":
            break
    return tuple(found)


def _hole(newest: str, others: Sequence[str]) -> WordHole:
    """Return a hole for words that differ, with their common start if it ends a part of a name."""
    head = newest
    for other in others:
        head = head[: common_prefix_length(head, other)]
    return WordHole(head=head[: head.rfind("_") + 1])


def _repeated_in(context: RequiredTokens) -> set[int]:
    return {part.number for part in (*context[0], *context[1]) if isinstance(part, WordHole)}


def _call_contexts(newest: HunkChange, others: Sequence[HunkChange]) -> list[RequiredTokens]:
    """Return the context of a place anywhere among the arguments of a call: the name of the call and a gap."""
    callees = {_callee(change.left) for change in (newest, *others)}
    callee = callees.pop() if len(callees) == 1 else ()
    if not callee:
        return []
    near = newest.left[-1:] if all(change.left[-1:] == newest.left[-1:] for change in others) else ()
    if near == callee[1:]:
        return []
    _, right = _common_context(newest, others)
    return [((*callee, UNNUMBERED, *(near if near and not is_word(near[0]) else ())), right[:1])]


def _callee(left: Sequence[str]) -> tuple[str, ...]:
    """Return the name and the bracket of the call around a place; empty if there is none on its line."""
    depth = 0
    for at in range(len(left) - 1, 0, -1):
        if left[at] in ")]}":
            depth += 1
        elif left[at] in "([{":
            depth -= 1
        elif left[at] == "\n":
            return ()
        if depth < 0:
            return (left[at - 1], left[at]) if is_word(left[at - 1]) else ()
    return ()
