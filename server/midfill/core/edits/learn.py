"""Derives rules from the last hunks: their common edits, and how much surrounding text each requires."""

from collections.abc import Sequence

from midfill.core.edits.context import Context, contexts
from midfill.core.edits.holes import Element, Piece
from midfill.core.edits.hunk import Hunk
from midfill.core.edits.rule import Rule
from midfill.core.edits.spot import Spot, spot
from midfill.core.edits.sure import names
from midfill.core.edits.unify import unified

Shape = tuple[tuple[Element, ...], tuple[Piece, ...]]
"""The removed tokens, and the inserted text, with holes."""

BACK = 8
"""Number of earlier hunks that the last one is compared with."""
NEWEST = 2
"""Number of earlier hunks that may have more in common than all that are like the last one."""
MOST_GONE = 60
"""Maximum removed tokens."""
BLOCK = 8
"""Minimum removed tokens that are found again without text around them."""
PROVEN = 4
"""Number of hunks from which on a rule is tried with little text around it first."""


def rules(hunks: Sequence[Hunk], language: str = "") -> list[list[Rule]]:
    """Return the edits of the last hunk, the most certain first, each as rules with different context."""
    mine = spot(hunks[-1], language) if hunks else None
    if mine is None or len(mine.gone) > MOST_GONE:
        return []
    earlier = [theirs for hunk in hunks[-2 : -2 - BACK : -1] if (theirs := spot(hunk, language)) is not None]
    shapes = [(theirs, unified(mine, theirs)) for theirs in earlier]
    shared = dict.fromkeys(shape for _, shape in shapes if shape is not None)
    found: list[list[Rule]] = []
    for shape in shared:
        others = [theirs for theirs, its in shapes if its == shape]
        found += [
            _levels(mine, some, shape) for some in (others, others[:NEWEST])[: 1 + (len(others) > NEWEST)]
        ]
    return [*found, _levels(mine, [], (mine.gone, (mine.inserted,)))]


def _levels(mine: Spot, others: Sequence[Spot], shape: Shape) -> list[Rule]:
    rules = [_rule(mine, others, shape, context) for context in contexts(mine, others, shape[1])]
    found = [rule for rule in rules if rule.anchor and rule.is_framed]
    if not found or (found[0].removes and len(found[0].gone) < BLOCK):
        return found[::-1]
    return found if names(found[0]) or found[0].witnesses >= PROVEN else found[::-1]


def _rule(mine: Spot, others: Sequence[Spot], shape: Shape, context: Context) -> Rule:
    every = (mine, *others)
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
        repeats=any(of.repeats for of in every),
        witnesses=len(every),
        files=len({of.uri for of in every}),
        declared=frozenset().union(*(of.declared for of in every)),
    )
