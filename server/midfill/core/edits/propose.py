"""Finds the places where the user's last edit fits next."""

from collections.abc import Collection, Iterator, Sequence

from midfill.core.edits.hunk import Hunk, Page, Proposal
from midfill.core.edits.learn import MAX_EARLIER, rules
from midfill.core.edits.places import contradicts, makes, proposals_on, was_skipped, zone_of
from midfill.core.edits.rule import Rule
from midfill.core.edits.sure import is_sure, is_sure_elsewhere, max_distance

MIN_CONFIRMING = 4
"""Minimum supporting hunks of a rule for each of its proposals that the user refused."""


def proposals(
    hunks: Sequence[Hunk], pages: Sequence[Page], refused: Collection[Proposal] = ()
) -> Iterator[Proposal]:
    """Yield the edits that fit in `pages`, the most certain first; the first page is that of the last hunk.

    A rule whose proposal the user has refused requires more context.
    """
    unwanted = {(proposal.before, proposal.after, proposal.around) for proposal in refused}
    known = learnt(hunks, pages[0])
    zone = zone_of(hunks[-1], pages[0]) if known else ""
    for variants in known:
        more = [others[0] for others in known if others is not variants]
        for rule, searched in _searches(variants, hunks, pages, refused):
            for page in searched:
                for found in proposals_on(rule, page, hunks, zone, more):
                    is_new = (found.before, found.after, found.around) not in unwanted
                    if is_new and _is_near(found, rule, hunks[-1]):
                        yield found


def learnt(hunks: Sequence[Hunk], page: Page) -> list[list[Rule]]:
    """Return the rules that may be offered: for each edit, the most certain first, one rule for each context."""
    found = (
        [rule for rule in variants if is_sure(rule) and not was_skipped(rule, hunks, page)]
        for variants in rules(hunks, page.language)
    )
    return [variants for variants in found if variants]


def _searches(
    variants: Sequence[Rule], hunks: Sequence[Hunk], pages: Sequence[Page], refused: Collection[Proposal]
) -> Iterator[tuple[Rule, Sequence[Page]]]:
    """Yield the rule for the first page, and the rule for the other pages.

    For the first page, only refusals in documents with hunks count.
    """
    edited = {hunk.uri for hunk in hunks}
    near = _first_allowed(
        variants, hunks, [proposal for proposal in refused if proposal.uri in edited], MIN_CONFIRMING
    )
    if near is not None:
        yield near, pages[:1]
    far = _first_allowed(variants, hunks, refused) if pages[1:] else None
    if far is not None and is_sure_elsewhere(far, pages[0]):
        yield far, pages[1:]


def _first_allowed(
    variants: Sequence[Rule], hunks: Sequence[Hunk], refused: Collection[Proposal], confirmed: int = 0
) -> Rule | None:
    """Return the first rule that contradicts no hunk of the user and makes no refused proposal.

    If there is none, fewer contradictions than supporting hunks are tolerated. With `confirmed`, that many supporting
    hunks outweigh one refused proposal.
    """
    for tolerates in (False, True):
        for rule in variants:
            against = sum(makes(rule, proposal) for proposal in refused)
            if against and not (confirmed and rule.support >= confirmed * against):
                continue
            different = sum(contradicts(rule, hunk) for hunk in hunks[-1 - MAX_EARLIER :])
            if not different or (tolerates and different < rule.support - 1):
                return rule
    return None


def _is_near(found: Proposal, rule: Rule, last: Hunk) -> bool:
    most = max_distance(rule)
    return most is None or (found.uri == last.uri and abs(found.row - last.row) <= most)
