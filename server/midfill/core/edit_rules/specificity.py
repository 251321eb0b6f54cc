"""Decides whether a rule is specific enough to be offered: by its fixed tokens, its support and its names.

A *fixed* token is one that a place must have. The *support* is the number of the user's hunks with this edit. The
limits are those with which `tests/quality/edits` measures 80 % of the offers as right on public histories.
"""

from midfill.core.edit_rules.edit_tokens import is_word
from midfill.core.edit_rules.hunk import DocumentSnapshot
from midfill.core.edit_rules.rule import Rule

MIN_LONG_NAME_LENGTH = 7
"""Minimum characters of a name that is renamed after one hunk, or in other files after hunks of one file."""
MIN_NAME_LENGTH = 3
"""Minimum characters of a name that is renamed after two or three hunks."""
MAX_DISTANCE_ROWS = 60
"""Maximum distance in rows from the last hunk, if only this hunk supports the rule."""
MIN_TOKENS_NAMED = 2
"""Minimum fixed tokens of a rule that removes a name."""
MIN_TOKENS_BY_SUPPORT = {2: 6, 3: 6, 4: 4}
"""Minimum fixed tokens of a rule that only inserts text in a line, by the number of supporting hunks.

With more of them it is `MIN_TOKENS_IN_CALL`.
"""
MIN_TOKENS_OF_LINES = 8
"""Minimum fixed tokens of a rule that inserts whole lines.

A rule that replaces text without a name needs as many, minus the number of supporting hunks.
"""
MIN_TOKENS_IN_CALL = 3
"""Minimum fixed tokens of a rule for the arguments of a call: its name and its brackets."""
MIN_TOKENS_REMOVING = 4
"""Minimum fixed tokens of a rule that only removes."""
MIN_REQUIRED_TOKENS = 3
"""Minimum tokens around the change while only two hunks support a rule that is not a rename."""
FEW_HUNKS = 3
"""Maximum number of supporting hunks that count as few: the rule then needs more fixed tokens."""
MIN_ADJACENT_NAME_LENGTH = 5
"""Minimum characters of a name next to inserted text while few hunks support the rule; later `MIN_NAME_LENGTH`."""
MIN_HUNKS_ELSEWHERE = 5
"""Minimum hunks of one file that support a rename in other files, if the file does not declare the name."""


def is_specific(rule: Rule) -> bool:
    """Whether a rule is offered in the file where it was learnt."""
    if rule.is_rename:
        least = MIN_NAME_LENGTH if rule.support > 1 else MIN_LONG_NAME_LENGTH
        return len(rule.search_token) >= least or rule.support > FEW_HUNKS
    enough = rule.support > 1 and _has_context(rule)
    return enough and len(rule.fixed_tokens) >= min_fixed_tokens(rule)


def min_fixed_tokens(rule: Rule) -> int:
    """Return the minimum number of fixed tokens of a rule that is not a rename."""
    few = rule.support <= FEW_HUNKS
    if not rule.removed and rule.in_call:
        return MIN_TOKENS_IN_CALL + 2 if few and not _is_argument(rule) else MIN_TOKENS_IN_CALL
    if not rule.removed and rule.inserts_lines:
        return MIN_TOKENS_OF_LINES
    if not rule.removed:
        return 1 if _is_beside_name(rule) else MIN_TOKENS_BY_SUPPORT.get(rule.support, MIN_TOKENS_IN_CALL)
    if rule.only_removes:
        return MIN_TOKENS_REMOVING * (2 if few else 1)
    if removed_names(rule):
        return MIN_TOKENS_NAMED
    return max(MIN_TOKENS_OF_LINES - rule.support, MIN_TOKENS_IN_CALL)


def is_specific_elsewhere(rule: Rule, snapshot: DocumentSnapshot) -> bool:
    """Whether a rule is offered in other files; `snapshot` is the text of the user's own file."""
    if not removed_names(rule):
        return False
    if rule.only_removes:
        return rule.files > 2
    return rule.files > 1 or (rule.is_rename and _is_renamed(rule, snapshot))


def _is_renamed(rule: Rule, snapshot: DocumentSnapshot) -> bool:
    """Whether the user has renamed a name in all of `snapshot`, which declares it or contains it often."""
    known = rule.search_token in rule.declared or rule.support >= MIN_HUNKS_ELSEWHERE
    return (
        known
        and len(rule.search_token) >= MIN_LONG_NAME_LENGTH
        and next(rule.places(f"\n{snapshot.text}\n"), None) is None
    )


def max_distance(rule: Rule) -> int | None:
    """Return the maximum distance of a suggested edit from the last hunk in rows; None for any distance."""
    return MAX_DISTANCE_ROWS if rule.support < 2 else None


def removed_names(rule: Rule) -> list[str]:
    """Return the removed names of more than two characters."""
    return [part for part in rule.removed if isinstance(part, str) and is_word(part) and len(part) > 2]


def _is_argument(rule: Rule) -> bool:
    """Whether a rule adds an argument to a call of a name that is not short."""
    return len(rule.search_token) > MIN_NAME_LENGTH and any("," in str(piece) for piece in rule.inserted)


def _is_beside_name(rule: Rule) -> bool:
    """Whether a rule inserts text next to a name, such as a module before it or a type argument after it."""
    beside = (*rule.left[-1:], *rule.right[:1])
    least = MIN_NAME_LENGTH if rule.support > FEW_HUNKS else MIN_ADJACENT_NAME_LENGTH
    return any(isinstance(part, str) and is_word(part) and len(part) >= least for part in beside)


def _has_context(rule: Rule) -> bool:
    """Whether a rule requires enough context, or needs none because several hunks or names support it."""
    return (
        rule.support > 2
        or len(removed_names(rule)) > 1
        or len(rule.left) + len(rule.right) >= MIN_REQUIRED_TOKENS
        or not rule.removed
    )
