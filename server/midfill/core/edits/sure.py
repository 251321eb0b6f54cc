"""Decides whether a rule is specific enough to be offered.

The limits are those with which `tests/quality/edits` finds four offers in five right on public histories.
"""

from midfill.core.edits.hunk import Page
from midfill.core.edits.rule import Rule
from midfill.core.edits.tokens import is_word

MIN_LONG_NAME = 7
"""Minimum characters of a name that is renamed after one hunk, or in other files after hunks of one file."""
MIN_NAME = 3
"""Minimum characters of a name that is renamed after two or three hunks."""
MAX_DISTANCE = 60
"""Maximum distance in rows from the last hunk, if only this hunk supports the rule."""
MIN_NAMED = 2
"""Minimum fixed tokens of a rule that removes a name."""
MIN_NAMELESS = 6
"""Minimum fixed tokens of a rule that removes no name."""
MIN_IN_CALL = 3
"""Minimum fixed tokens of a rule for the arguments of a call: its name and its brackets."""
MIN_REMOVING = 4
"""Minimum fixed tokens of a rule that only removes."""
MIN_CONTEXT = 3
"""Minimum context tokens while only two hunks support a rule that is not a rename."""
FEW_HUNKS = 3
"""Maximum number of supporting hunks that count as few: the rule then needs more fixed tokens."""
MIN_HUNKS_ELSEWHERE = 5
"""Minimum hunks of one file that support a rename in other files, if the file does not declare the name."""


def is_sure(rule: Rule) -> bool:
    """Whether a rule is offered in the file where it was learnt."""
    if rule.is_rename:
        least = MIN_NAME if rule.support > 1 else MIN_LONG_NAME
        return len(rule.anchor) >= least or rule.support > FEW_HUNKS
    if rule.support < 2 or not _has_context(rule):
        return False
    size = len(rule.fixed)
    if not rule.removed and rule.in_call:
        return size >= (MIN_IN_CALL if rule.support > FEW_HUNKS or _is_argument(rule) else MIN_IN_CALL + 2)
    if not rule.removed and not rule.lines and _is_beside_name(rule):
        return True
    if not rule.removed:
        return size >= (
            MIN_NAMELESS + 2
            if rule.lines
            else MIN_NAMELESS
            if rule.support <= FEW_HUNKS
            else 4
            if rule.support == FEW_HUNKS + 1
            else MIN_IN_CALL
        )
    if rule.only_removes:
        return size >= MIN_REMOVING * (1 + (rule.support <= FEW_HUNKS))
    return size >= (MIN_NAMED if removed_names(rule) else max(MIN_NAMELESS + 2 - rule.support, MIN_IN_CALL))


def is_sure_elsewhere(rule: Rule, page: Page) -> bool:
    """Whether a rule is offered in other files; `page` is the text of the user's own file."""
    if not removed_names(rule):
        return False
    if rule.only_removes:
        return rule.files > 2
    return rule.files > 1 or (rule.is_rename and _is_renamed(rule, page))


def _is_renamed(rule: Rule, page: Page) -> bool:
    """Whether the user has renamed a name in all of `page`, which declares it or contains it often."""
    known = rule.anchor in rule.declared or rule.support >= MIN_HUNKS_ELSEWHERE
    return known and len(rule.anchor) >= MIN_LONG_NAME and next(rule.places(f"\n{page.text}\n"), None) is None


def max_distance(rule: Rule) -> int | None:
    """Return the maximum distance of a proposal from the last hunk in rows; None for any distance."""
    return MAX_DISTANCE if rule.support < 2 else None


def removed_names(rule: Rule) -> list[str]:
    """Return the removed names of more than two characters."""
    return [part for part in rule.removed if isinstance(part, str) and is_word(part) and len(part) > 2]


def _is_argument(rule: Rule) -> bool:
    """Whether a rule adds an argument to a call of a name that is not short."""
    return len(rule.anchor) > MIN_NAME and "," in "".join(map(str, rule.inserted))


def _is_beside_name(rule: Rule) -> bool:
    """Whether a rule inserts text next to a name, such as a module before it or a type argument after it."""
    beside = (*rule.left[-1:], *rule.right[:1])
    longest = max((len(part) for part in beside if isinstance(part, str) and is_word(part)), default=0)
    return longest >= (MIN_NAME if rule.support > FEW_HUNKS else 5)


def _has_context(rule: Rule) -> bool:
    """Whether a rule requires enough context, or needs none because several hunks or names support it."""
    return (
        rule.support > 2
        or len(removed_names(rule)) > 1
        or len(rule.left) + len(rule.right) >= MIN_CONTEXT
        or (not rule.removed and _is_beside_name(rule))
    )
