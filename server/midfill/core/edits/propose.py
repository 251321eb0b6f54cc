"""Finds the places where the user's last edit fits next."""

from collections.abc import Collection, Iterator, Sequence

from midfill.core.edits.hunk import Hunk, Page, Proposal
from midfill.core.edits.learn import BACK, rules
from midfill.core.edits.places import differs, made, on_page, passed
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
    for levels in known:
        for page in pages:
            far = page is not pages[0]
            against = [of for of in refused if (of.uri != pages[0].uri) == far]
            rule = _unrefused(levels, hunks, against, forgiving=not far)
            if rule and (not far or is_sure_elsewhere(rule, pages[0])):
                more = [of[0] for of in known if of is not levels]
                for found in on_page(rule, page, hunks, more):
                    if (found.before, found.after, found.around) not in unwanted and _is_near(
                        found, rule, hunks[-1]
                    ):
                        yield found


def learnt(hunks: Sequence[Hunk], page: Page) -> list[list[Rule]]:
    """Return the rules of the last hunks, the most certain first, each with increasing context."""
    found = (
        [rule for rule in levels if is_sure(rule) and not passed(rule, hunks, page)]
        for levels in rules(hunks, page.language)
    )
    return [levels for levels in found if levels]


def _is_near(found: Proposal, rule: Rule, last: Hunk) -> bool:
    most = reach(rule)
    return most is None or (found.uri == last.uri and abs(found.row - last.row) <= most)


def _unrefused(
    levels: Sequence[Rule], hunks: Sequence[Hunk], refused: Collection[Proposal], *, forgiving: bool
) -> Rule | None:
    """Return the first rule that makes none of the refused proposals, or that the user has confirmed often enough."""
    known = hunks[-1 - BACK :]
    for tolerance in (0, 1):
        for rule in levels:
            against = sum(made(rule, of) for of in refused)
            other = sum(differs(rule, of) for of in known)
            is_wanted = not against or (forgiving and rule.witnesses >= CONFIRMED * against)
            if is_wanted and (not other or (tolerance and other < rule.witnesses - 1)):
                return rule
    return None
