"""The edit that is offered, of those in a model's answer."""

from collections.abc import Sequence

from midfill.core.edit_rules.hunk import Hunk, SuggestedEdit
from midfill.core.rewrite.edit_checks import rejection_reason
from midfill.core.rewrite.formats.format import Rewritten
from midfill.core.rewrite.rewrite_diff import edits_in
from midfill.core.rewrite.rewrite_region import EditableRegion


def nearest_edit(
    region: EditableRegion,
    found: Rewritten,
    row: int,
    hunks: Sequence[Hunk],
    refused: Sequence[SuggestedEdit],
    *,
    final: bool,
) -> SuggestedEdit | None:
    """Return the edit nearest to the cursor's `row`, below it first; None if there is none yet, or none at all.

    An answer that is not `final` has none until an edit at or below the cursor is known.
    """
    known = {(edit.before, edit.after) for edit in refused if edit.uri == region.cursor.uri}
    listed = [edit for edit in edits_in(region, found) if (edit.before, edit.after) not in known]
    if not (final or found.whole) and not any(edit.row + len(edit.before) >= row for edit in listed):
        return None
    ordered = sorted(listed, key=lambda edit: (_distance(edit, row), -edit.row))
    return next((edit for edit in ordered if not rejection_reason(edit, region, hunks)), None)


def _distance(edit: SuggestedEdit, row: int) -> int:
    """Return the rows between a row and an edit; 0 or less if the edit contains the row."""
    last = edit.row + max(0, len(edit.before) - 1)
    return max(edit.row - row, row - last)
