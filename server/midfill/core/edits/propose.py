"""Finds the places where the user's last edit fits next."""

from collections.abc import Collection, Iterator, Sequence

from midfill.core.edits.hunk import Hunk, Page, Proposal
from midfill.core.edits.learn import rules
from midfill.core.edits.places import made, on_page, passed
from midfill.core.edits.rule import Rule
from midfill.core.edits.sure import is_sure, is_sure_elsewhere, reach


def proposals(
    hunks: Sequence[Hunk], pages: Sequence[Page], refused: Collection[Proposal] = ()
) -> Iterator[Proposal]:
    """Yield the edits that fit in `pages`, the most certain first; the first page is that of the last hunk.

    A rule whose proposal the user has refused requires more context.
    """
    unwanted = {(of.before, of.after) for of in refused}
    known = learnt(hunks, pages[0])
    for levels in known:
        rule = next((rule for rule in levels if not any(made(rule, of) for of in refused)), None)
        for page in pages if rule else ():
            if rule and (page is pages[0] or is_sure_elsewhere(rule)):
                more = [of[0] for of in known if of is not levels]
                for found in on_page(rule, page, hunks, more):
                    if (found.before, found.after) not in unwanted and _is_near(found, rule, hunks[-1]):
                        yield found


def learnt(hunks: Sequence[Hunk], page: Page) -> list[list[Rule]]:
    """Return the rules of the last hunks, the most certain first, each with increasing context."""
    found = (
        [rule for rule in levels if is_sure(rule) and not passed(rule, hunks, page)]
        for levels in rules(hunks)
    )
    return [levels for levels in found if levels]


def _is_near(found: Proposal, rule: Rule, last: Hunk) -> bool:
    most = reach(rule)
    return most is None or (found.uri == last.uri and abs(found.row - last.row) <= most)
