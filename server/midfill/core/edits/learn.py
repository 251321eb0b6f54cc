"""Derives rules from the last hunks: their common edit, and how much surrounding text it requires."""

from collections.abc import Sequence

from midfill.core.edits.hunk import Hunk
from midfill.core.edits.rule import ANY, Element, Rule
from midfill.core.edits.spot import Spot, spot
from midfill.core.edits.sure import names
from midfill.core.edits.tokens import common_head, is_word
from midfill.core.edits.unify import unified

Shape = tuple[tuple[Element, ...], tuple[str | int, ...]]
"""The removed tokens, and the inserted text, with holes."""
Context = tuple[tuple[Element, ...], tuple[Element, ...]]
"""The tokens before a place, and those after it."""

BACK = 8
"""Number of earlier hunks that the last one is compared with."""
DEPTHS = (0, 1, 2, 3, 5, 8)
"""Numbers of required tokens on either side, the smallest first."""
MOST_GONE = 60
"""Maximum removed tokens."""


def rules(hunks: Sequence[Hunk]) -> list[list[Rule]]:
    """Return the edits of the last hunk, the most certain first, each as rules that require more and more context."""
    mine = spot(hunks[-1]) if hunks else None
    if mine is None or len(mine.gone) > MOST_GONE:
        return []
    earlier = [theirs for hunk in hunks[-2 : -2 - BACK : -1] if (theirs := spot(hunk)) is not None]
    alone = _levels(mine, [], (mine.gone, (mine.inserted,)))
    shapes = [(theirs, unified(mine, theirs)) for theirs in earlier]
    shape = next((shape for _, shape in shapes if shape is not None), None)
    if shape is None:
        return [alone]
    others = [theirs for theirs, its in shapes if its == shape]
    return (
        [alone] if _is_contradicted(shape, others, mine, earlier) else [_levels(mine, others, shape), alone]
    )


def _is_contradicted(shape: Shape, others: Sequence[Spot], mine: Spot, earlier: Sequence[Spot]) -> bool:
    """Whether the same tokens were replaced by others as often as by these."""
    different = (of.gone == mine.gone != () and of.come != mine.come for of in earlier)
    return len(shape[1]) == 1 and sum(different) >= len(others)


def _levels(mine: Spot, others: Sequence[Spot], shape: Shape) -> list[Rule]:
    left, right = mine.left, mine.right
    for other in others:
        left = left[len(left) - common_head(left[::-1], other.left[::-1]) :]
        right = right[: common_head(right, other.right)]
    if not mine.lines:
        left, right = _line_of(left[::-1])[::-1], _line_of(right)
    contexts: list[Context] = [(left[max(0, len(left) - depth) :], right[:depth]) for depth in DEPTHS]
    contexts += _in_call(mine, others, right)
    rules = [_rule(mine, shape, context, 1 + len(others)) for context in dict.fromkeys(contexts)]
    found = [rule for rule in rules if rule.anchor and rule.is_framed]
    shallow_first = found and not found[0].removes and names(found[0])
    return found if shallow_first else found[::-1]


def _line_of(found: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tokens up to the first line end."""
    return found[: found.index("\n") + 1] if "\n" in found else found


def _rule(mine: Spot, shape: Shape, context: Context, witnesses: int) -> Rule:
    return Rule(
        left=context[0],
        gone=shape[0],
        right=context[1],
        come=shape[1],
        indent=mine.indent,
        lead=mine.removed[:1] in {" ", "\t"},
        tail=mine.removed[-1:] in {" ", "\t"},
        deeper=mine.deeper,
        blanks=mine.blanks,
        lines=mine.lines,
        witnesses=witnesses,
    )


def _in_call(mine: Spot, others: Sequence[Spot], right: tuple[str, ...]) -> list[Context]:
    """Return the context of a place among the arguments of a call: its name, and any tokens before the place."""
    callees = {_callee(of.left) for of in (mine, *others)}
    callee = callees.pop() if len(callees) == 1 else ()
    if not callee:
        return []
    near = mine.left[-1:] if all(of.left[-1:] == mine.left[-1:] for of in others) else ()
    if near == (callee[-1],):
        return []
    return [((*callee, ANY, *(near if near and not is_word(near[0]) else ())), right[:1])]


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
