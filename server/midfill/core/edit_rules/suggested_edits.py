"""Yields the edits at the places where the user's last edit fits next."""

from collections.abc import Collection, Iterator, Sequence

from midfill.core.edit_rules.hunk import DocumentSnapshot, Hunk, SuggestedEdit
from midfill.core.edit_rules.places import contradicts, edits_by_rule, produces, text_kind_of, was_skipped
from midfill.core.edit_rules.rule import Rule
from midfill.core.edit_rules.rule_derivation import MAX_EARLIER, rules_for
from midfill.core.edit_rules.specificity import is_specific, is_specific_elsewhere, max_distance

MIN_HUNKS_PER_REFUSAL = 4
"""Supporting hunks that outweigh one refused suggested edit of a rule."""


def suggested_edits(
    hunks: Sequence[Hunk], snapshots: Sequence[DocumentSnapshot], refused: Collection[SuggestedEdit] = ()
) -> Iterator[SuggestedEdit]:
    """Yield the edits that fit in `snapshots`, the most certain first; the first snapshot is that of the last hunk.

    A rule whose edit the user has refused requires more context.
    """
    unwanted = {(edit.before, edit.after, edit.around) for edit in refused}
    known = offerable_rules(hunks, snapshots[0])
    if not known:
        return
    text_kind = text_kind_of(hunks[-1], snapshots[0])
    for rules_by_context in known:
        for rule, searched in _searches(rules_by_context, hunks, snapshots, refused):
            for snapshot in searched:
                for found in edits_by_rule(rule, snapshot, hunks, text_kind):
                    is_new = (found.before, found.after, found.around) not in unwanted
                    if is_new and _is_near(found, rule, hunks[-1]):
                        yield found


def offerable_rules(hunks: Sequence[Hunk], snapshot: DocumentSnapshot) -> list[list[Rule]]:
    """Return the rules that may be offered: for each edit, the most certain first, one rule for each context."""
    found = (
        [rule for rule in rules_by_context if is_specific(rule) and not was_skipped(rule, hunks, snapshot)]
        for rules_by_context in rules_for(hunks, snapshot.language)
    )
    return [rules_by_context for rules_by_context in found if rules_by_context]


def _searches(
    rules_by_context: Sequence[Rule],
    hunks: Sequence[Hunk],
    snapshots: Sequence[DocumentSnapshot],
    refused: Collection[SuggestedEdit],
) -> Iterator[tuple[Rule, Sequence[DocumentSnapshot]]]:
    """Yield the rule for the first snapshot, and the rule for the others.

    For the first snapshot, only refusals in documents with hunks count.
    """
    edited = {hunk.uri for hunk in hunks}
    near = _first_allowed(
        rules_by_context,
        hunks,
        [edit for edit in refused if edit.uri in edited],
        MIN_HUNKS_PER_REFUSAL,
    )
    if near is not None:
        yield near, snapshots[:1]
    far = _first_allowed(rules_by_context, hunks, refused) if snapshots[1:] else None
    if far is not None and is_specific_elsewhere(far, snapshots[0]):
        yield far, snapshots[1:]


def _first_allowed(
    rules_by_context: Sequence[Rule],
    hunks: Sequence[Hunk],
    refused: Collection[SuggestedEdit],
    hunks_per_refusal: int = 0,
) -> Rule | None:
    """Return the first rule that contradicts no hunk of the user and makes no refused edit.

    If there is none, fewer contradictions than supporting hunks are tolerated. With `hunks_per_refusal`, that many
    supporting hunks outweigh one refused suggested edit.
    """
    for tolerates in (False, True):
        for rule in rules_by_context:
            against = sum(produces(rule, edit) for edit in refused)
            if against and not (hunks_per_refusal and rule.support >= hunks_per_refusal * against):
                continue
            different = sum(contradicts(rule, hunk) for hunk in hunks[-1 - MAX_EARLIER :])
            if not different or (tolerates and different < rule.support - 1):
                return rule
    return None


def _is_near(found: SuggestedEdit, rule: Rule, last: Hunk) -> bool:
    most = max_distance(rule)
    return most is None or (found.uri == last.uri and abs(found.row - last.row) <= most)
