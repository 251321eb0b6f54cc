"""Derives rules from the last hunks: the edits that they have in common, each with different contexts."""

from collections.abc import Sequence

from midfill.core.edit_rules.generalize import common_edit
from midfill.core.edit_rules.holes import InsertedPiece, PatternPart
from midfill.core.edit_rules.hunk import Hunk
from midfill.core.edit_rules.hunk_change import HunkChange, change_of
from midfill.core.edit_rules.required_tokens import RequiredTokens, possible_required_tokens
from midfill.core.edit_rules.rule import Rule
from midfill.core.edit_rules.specificity import removed_names

EditPattern = tuple[tuple[PatternPart, ...], tuple[InsertedPiece, ...]]
"""The removed tokens and the inserted text, with holes."""

MAX_EARLIER = 8
"""Maximum number of earlier hunks that the last one is compared with."""
NEWEST_HUNKS = 2
"""Number of the newest matching hunks that also make a rule without the older ones, as these may differ in context."""
MAX_REMOVED_TOKENS = 60
"""Maximum removed tokens of the last hunk; a longer removal makes no rule."""
MIN_BLOCK_TOKENS = 8
"""Minimum removed tokens of a removal that is tried with the least context first."""
MIN_HUNKS_NAMELESS = 4
"""Minimum hunks that support a rule without a removed name that is tried with the least context first."""


def rules_for(hunks: Sequence[Hunk], language: str) -> list[list[Rule]]:
    """Return the rules for the last hunk, the most certain edit first: for each edit, one rule for each context."""
    newest = change_of(hunks[-1], language) if hunks else None
    if newest is None or len(newest.removed_tokens) > MAX_REMOVED_TOKENS:
        return []
    earlier = [
        change
        for hunk in hunks[-2 : -2 - MAX_EARLIER : -1]
        if (change := change_of(hunk, language)) is not None
    ]
    patterns = [(change, common_edit(newest, change)) for change in earlier]
    shared = dict.fromkeys(pattern for _, pattern in patterns if pattern is not None)
    found: list[list[Rule]] = []
    for pattern in shared:
        others = [change for change, its_pattern in patterns if its_pattern == pattern]
        found.append(_variants(newest, others, pattern))
        if len(others) > NEWEST_HUNKS:
            found.append(_variants(newest, others[:NEWEST_HUNKS], pattern))
    return [*found, _variants(newest, [], (newest.removed_tokens, (newest.inserted,)))]


def _variants(newest: HunkChange, others: Sequence[HunkChange], pattern: EditPattern) -> list[Rule]:
    rules = [
        _rule(newest, others, pattern, context)
        for context in possible_required_tokens(newest, others, pattern[1])
    ]
    found = [rule for rule in rules if rule.search_token and rule.ends_with_tokens]
    if not found or (found[0].only_removes and len(found[0].removed) < MIN_BLOCK_TOKENS):
        return found[::-1]
    return found if removed_names(found[0]) or found[0].support >= MIN_HUNKS_NAMELESS else found[::-1]


def _rule(
    newest: HunkChange, others: Sequence[HunkChange], pattern: EditPattern, context: RequiredTokens
) -> Rule:
    every = (newest, *others)
    return Rule(
        left=context[0],
        removed=pattern[0],
        right=context[1],
        inserted=pattern[1],
        indent=newest.indent,
        removes_whitespace_before=newest.removed[:1] in {" ", "\t"},
        removes_whitespace_after=newest.removed[-1:] in {" ", "\t"},
        added_indent=newest.added_indent,
        whitespace_around=newest.whitespace_around,
        indent_like=newest.indent_like,
        repeats_on_line=any(change.repeats_on_line for change in every),
        support=len(every),
        files=len({change.uri for change in every}),
        declared=frozenset().union(*(change.declared for change in every)),
    )
