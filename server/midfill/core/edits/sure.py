"""Decides whether a rule is specific enough to be offered.

The limits are those with which `tests/quality/edits` finds four offers in five right on public histories.
"""

from midfill.core.edits.hunk import Page
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
MANY = 8
"""Minimum fixed tokens of a rule that two hunks suffice for in other files."""
LONG_NAME = 8
"""Minimum characters of a name that is renamed in other files after three places."""


def is_sure(rule: Rule) -> bool:
    """Whether a rule is offered in the file where it was learnt."""
    if rule.is_rename:
        least = SHORT_NAME if rule.witnesses > 1 else SURE_NAME
        return len(rule.anchor) >= least or rule.witnesses > FEW
    if rule.witnesses < 2 or not _is_framed(rule):
        return False
    size = len(rule.fixed)
    if not rule.gone and rule.in_call:
        return size >= (IN_CALL if rule.witnesses > FEW or _is_argument(rule) else IN_CALL + 2)
    if not rule.gone and not rule.lines and _qualifies(rule):
        return True
    if not rule.gone:
        return size >= (
            NAMELESS + 2
            if rule.lines
            else NAMELESS
            if rule.witnesses <= FEW
            else 4
            if rule.witnesses == FEW + 1
            else IN_CALL
        )
    if rule.removes:
        return size >= REMOVING * (1 + (rule.witnesses <= FEW))
    return size >= (LEAST if names(rule) else max(NAMELESS + 2 - rule.witnesses, IN_CALL))


def is_sure_elsewhere(rule: Rule, page: Page) -> bool:
    """Whether a rule is offered in other files; `page` is the user's."""
    if not names(rule):
        return False
    if rule.removes:
        return rule.files > 2
    return rule.files > 1 or (rule.is_rename and _is_renamed(rule, page))


def _is_renamed(rule: Rule, page: Page) -> bool:
    """Whether a name that the user's file declares, or has often, has been renamed in all of it."""
    known = rule.anchor in rule.declared or rule.witnesses >= ELSEWHERE
    return known and len(rule.anchor) >= SURE_NAME and next(rule.places(f"\n{page.text}\n"), None) is None


def reach(rule: Rule) -> int | None:
    """Return the rows around the last hunk within which a rule is offered; None for everywhere."""
    return NEAR if rule.witnesses < 2 else None


def names(rule: Rule) -> list[str]:
    """Return the removed names."""
    return [part for part in rule.gone if isinstance(part, str) and is_word(part) and len(part) > 2]


def _is_argument(rule: Rule) -> bool:
    """Whether a rule adds an argument to a call of a name that is not short."""
    return len(rule.anchor) > SHORT_NAME and "," in "".join(map(str, rule.come))


def _qualifies(rule: Rule) -> bool:
    """Whether a rule inserts next to a name, as a module before it or a type's argument behind it."""
    beside = (*rule.left[-1:], *rule.right[:1])
    longest = max((len(part) for part in beside if isinstance(part, str) and is_word(part)), default=0)
    return longest >= (SHORT_NAME if rule.witnesses > FEW else 5)


def _is_framed(rule: Rule) -> bool:
    return (
        rule.witnesses > 2
        or len(names(rule)) > 1
        or len(rule.left) + len(rule.right) >= AROUND
        or (not rule.gone and _qualifies(rule))
    )
