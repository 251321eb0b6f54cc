"""Decides whether a rule is specific enough to be offered.

The limits are those with which `tests/quality/edits` finds four offers in five right on public histories.
"""

from midfill.core.edits.rule import Rule
from midfill.core.edits.tokens import is_word

SURE_NAME = 7
"""Minimum characters of a name that is renamed elsewhere after one place."""
SHORT_NAME = 3
"""The same after two or three places."""
NEAR = 60
"""Maximum distance in rows."""
LEAST = 2
"""Minimum fixed tokens of a rule, one of them a removed name."""
NAMELESS = 6
"""Minimum fixed tokens of a rule without a removed name, or that only adds."""
IN_CALL = 3
"""Minimum fixed tokens of a rule that adds an argument to a call: its name, and its brackets."""
REMOVING = 4
"""Minimum fixed tokens of a rule that only removes."""
AROUND = 3
"""Minimum context tokens while only two hunks support a rule that is not a rename."""
FEW = 3
"""Number of hunks up to which a rule that only removes needs twice the tokens."""
ELSEWHERE = 5
"""Minimum hunks for a rule that is offered in other files."""


def is_sure(rule: Rule) -> bool:
    """Whether a rule is offered in the file where it was learnt."""
    if rule.is_rename:
        least = SHORT_NAME if rule.witnesses > 1 else SURE_NAME
        return len(rule.anchor) >= least or rule.witnesses > FEW
    if rule.witnesses < 2 or not _is_framed(rule):
        return False
    size = len(rule.fixed)
    if not rule.gone and rule.in_call:
        return size >= IN_CALL
    if not rule.gone:
        return size >= (NAMELESS if rule.lines or rule.witnesses <= FEW else LEAST)
    if rule.removes:
        return size >= REMOVING * (1 + (rule.witnesses <= FEW))
    return size >= (LEAST if names(rule) else NAMELESS)


def is_sure_elsewhere(rule: Rule) -> bool:
    """Whether a rule is offered in other files."""
    return rule.witnesses >= ELSEWHERE and bool(names(rule))


def reach(rule: Rule) -> int | None:
    """Return the rows around the last hunk within which a rule is offered; None for everywhere."""
    return NEAR if rule.witnesses < 2 else None


def names(rule: Rule) -> list[str]:
    """Return the removed names."""
    return [part for part in rule.gone if isinstance(part, str) and is_word(part) and len(part) > 2]


def _is_framed(rule: Rule) -> bool:
    return rule.witnesses > 2 or len(names(rule)) > 1 or len(rule.left) + len(rule.right) >= AROUND
