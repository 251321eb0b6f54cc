"""The edit that is offered, of those in a model's answer."""

from collections.abc import Sequence

from midfill.core.edits.hunk import Hunk, Proposal
from midfill.core.rewrite.compare import edits_in
from midfill.core.rewrite.formats.format import Rewritten
from midfill.core.rewrite.judge import objection
from midfill.core.rewrite.region import Region


def chosen(
    region: Region,
    found: Rewritten,
    row: int,
    hunks: Sequence[Hunk],
    refused: Sequence[Proposal],
    *,
    final: bool,
) -> Proposal | None:
    """Return the edit nearest to the cursor's `row`, below it first; None if there is none yet, or none at all.

    An answer that is not `final` has none until an edit at or below the cursor is known.
    """
    known = {(of.before, of.after) for of in refused if of.uri == region.cursor.uri}
    listed = [of for of in edits_in(region, found) if (of.before, of.after) not in known]
    if not (final or found.whole) and not any(of.row + len(of.before) >= row for of in listed):
        return None
    ordered = sorted(listed, key=lambda of: (_distance(of, row), of.row < row))
    return next((of for of in ordered if not objection(of, region, hunks)), None)


def _distance(of: Proposal, row: int) -> int:
    last = of.row + max(0, len(of.before) - 1)
    return max(of.row - row, row - last, 0)
