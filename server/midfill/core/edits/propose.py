"""Finds the places where the user's last edit fits next."""

from collections.abc import Collection, Iterator, Sequence

from midfill.core.edits.hunk import Hunk, Proposal, Snapshot
from midfill.core.edits.learn import MAX_EARLIER, rules_for
from midfill.core.edits.places import contradicts, produces, proposals_on, text_kind_of, was_skipped
from midfill.core.edits.rule import Rule
from midfill.core.edits.specificity import is_specific, is_specific_elsewhere, max_distance

MIN_HUNKS_PER_REFUSAL = 4
"""Supporting hunks that outweigh one refused proposal of a rule."""


def proposals(
    hunks: Sequence[Hunk], snapshots: Sequence[Snapshot], refused: Collection[Proposal] = ()
) -> Iterator[Proposal]:
    """Yield the edits that fit in `snapshots`, the most certain first; the first snapshot is that of the last hunk.

    A rule whose proposal the user has refused requires more context.
    """
    unwanted = {(proposal.before, proposal.after, proposal.around) for proposal in refused}
    known = offerable_rules(hunks, snapshots[0])
    text_kind = text_kind_of(hunks[-1], snapshots[0]) if known else ""
    for variants in known:
        for rule, searched in _searches(variants, hunks, snapshots, refused):
            for snapshot in searched:
                for found in proposals_on(rule, snapshot, hunks, text_kind):
                    is_new = (found.before, found.after, found.around) not in unwanted
                    if is_new and _is_near(found, rule, hunks[-1]):
                        yield found


def offerable_rules(hunks: Sequence[Hunk], snapshot: Snapshot) -> list[list[Rule]]:
    """Return the rules that may be offered: for each edit, the most certain first, one rule for each context."""
    found = (
        [rule for rule in variants if is_specific(rule) and not was_skipped(rule, hunks, snapshot)]
        for variants in rules_for(hunks, snapshot.language)
    )
    return [variants for variants in found if variants]


def _searches(
    variants: Sequence[Rule],
    hunks: Sequence[Hunk],
    snapshots: Sequence[Snapshot],
    refused: Collection[Proposal],
) -> Iterator[tuple[Rule, Sequence[Snapshot]]]:
    """Yield the rule for the first snapshot, and the rule for the others.

    For the first snapshot, only refusals in documents with hunks count.
    """
    edited = {hunk.uri for hunk in hunks}
    near = _first_allowed(
        variants, hunks, [proposal for proposal in refused if proposal.uri in edited], MIN_HUNKS_PER_REFUSAL
    )
    if near is not None:
        yield near, snapshots[:1]
    far = _first_allowed(variants, hunks, refused) if snapshots[1:] else None
    if far is not None and is_specific_elsewhere(far, snapshots[0]):
        yield far, snapshots[1:]


def _first_allowed(
    variants: Sequence[Rule], hunks: Sequence[Hunk], refused: Collection[Proposal], hunks_per_refusal: int = 0
) -> Rule | None:
    """Return the first rule that contradicts no hunk of the user and makes no refused proposal.

    If there is none, fewer contradictions than supporting hunks are tolerated. With `hunks_per_refusal`, that many
    supporting hunks outweigh one refused proposal.
    """
    for tolerates in (False, True):
        for rule in variants:
            against = sum(produces(rule, proposal) for proposal in refused)
            if against and not (hunks_per_refusal and rule.support >= hunks_per_refusal * against):
                continue
            different = sum(contradicts(rule, hunk) for hunk in hunks[-1 - MAX_EARLIER :])
            if not different or (tolerates and different < rule.support - 1):
                return rule
    return None


def _is_near(found: Proposal, rule: Rule, last: Hunk) -> bool:
    most = max_distance(rule)
    return most is None or (found.uri == last.uri and abs(found.row - last.row) <= most)
