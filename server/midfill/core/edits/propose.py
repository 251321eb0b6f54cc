"""Finds the places where the user's last edit fits next."""

from collections.abc import Collection, Iterator, Sequence

from midfill.core.edits.hunk import Hunk, Page, Proposal
from midfill.core.edits.learn import BACK, rules
from midfill.core.edits.places import differs, made, on_page, passed, zone_of
from midfill.core.edits.rule import Rule
from midfill.core.edits.sure import is_sure, is_sure_elsewhere, reach

CONFIRMED = 4
"""Hunks that support a rule for each refused proposal of it."""


def proposals(
    hunks: Sequence[Hunk], pages: Sequence[Page], refused: Collection[Proposal] = ()
) -> Iterator[Proposal]:
    """Yield the edits that fit in `pages`, the most certain first; the first page is that of the last hunk.

    A rule whose proposal the user has refused requires more context.
    """
    unwanted = {(of.before, of.after, of.around) for of in refused}
    known = learnt(hunks, pages[0])
    zone = zone_of(hunks[-1], pages[0]) if known else ""
    for levels in known:
        more = [of[0] for of in known if of is not levels]
        for rule, searched in _searches(levels, hunks, pages, refused):
            for page in searched:
                for found in on_page(rule, page, hunks, zone, more):
                    is_new = (found.before, found.after, found.around) not in unwanted
                    if is_new and _is_near(found, rule, hunks[-1]):
                        yield found


def learnt(hunks: Sequence[Hunk], page: Page) -> list[list[Rule]]:
    """Return the rules of the last hunks, the most certain first, each with increasing context."""
    found = (
        [rule for rule in levels if is_sure(rule) and not passed(rule, hunks, page)]
        for levels in rules(hunks, page.language)
    )
    return [levels for levels in found if levels]


def _searches(
    levels: Sequence[Rule], hunks: Sequence[Hunk], pages: Sequence[Page], refused: Collection[Proposal]
) -> Iterator[tuple[Rule, Sequence[Page]]]:
    """Yield the rule for the user's own page, and the one for the others.

    For the former only those refusals count that were given in a document that the user edits.
    """
    edited = {hunk.uri for hunk in hunks}
    near = _wanted(levels, hunks, [of for of in refused if of.uri in edited], CONFIRMED)
    if near is not None:
        yield near, pages[:1]
    far = _wanted(levels, hunks, refused) if pages[1:] else None
    if far is not None and is_sure_elsewhere(far, pages[0]):
        yield far, pages[1:]


def _wanted(
    levels: Sequence[Rule], hunks: Sequence[Hunk], refused: Collection[Proposal], confirmed: int = 0
) -> Rule | None:
    """Return the first rule that agrees with the user's hunks, and that makes no refused proposal.

    With `confirmed`, that many hunks outweigh a refused proposal.
    """
    for tolerates in (False, True):
        for rule in levels:
            against = sum(made(rule, of) for of in refused)
            if against and not (confirmed and rule.witnesses >= confirmed * against):
                continue
            different = sum(differs(rule, of) for of in hunks[-1 - BACK :])
            if not different or (tolerates and different < rule.witnesses - 1):
                return rule
    return None


def _is_near(found: Proposal, rule: Rule, last: Hunk) -> bool:
    most = reach(rule)
    return most is None or (found.uri == last.uri and abs(found.row - last.row) <= most)
