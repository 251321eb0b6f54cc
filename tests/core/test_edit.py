"""The last change of a document."""

import pytest

from midfill.core.edit import Edit

STROKES = [
    ("a letter", Edit(1, "x"), ""),
    ("Enter", Edit(1, "\n    "), ""),
    ("Enter between braces", Edit(1, "\n    \n"), ""),
    ("a paste of one line", Edit(1, "value = compute(1)\n"), ""),
    ("a paste of several lines", Edit(1, "a = 1\nb = 2\n"), "several lines were pasted"),
    ("such a one in place of others", Edit(1, "a = 1\nb = 2\n", 30), "several lines were pasted"),
    ("an accepted suggestion of several lines", Edit(1, "a = 1\nb = 2\n", accepted=True), ""),
    ("several cursors", Edit(1, changes=3), "several places were edited at once"),
    ("a key at several cursors", Edit(1, "x", changes=3, alike=True), ""),
    ("a bracket at several cursors", Edit(1, "()", changes=3, alike=True), ""),
    ("Enter at several cursors", Edit(1, "\n    ", changes=3, alike=True), ""),
    ("comment marks", Edit(1, "# ", changes=3, alike=True), "several places were edited at once"),
    ("a name in several places", Edit(1, "total", 3, 3, alike=True), "several places were edited at once"),
    ("a suggestion at several cursors", Edit(1, "total()", 0, 3, alike=True, accepted=True), ""),
    ("a deletion", Edit(1, removed=1), ""),
    ("a deletion of many lines", Edit(1, removed=500), ""),
]


@pytest.mark.parametrize(("edit", "reason"), [row[1:] for row in STROKES], ids=[row[0] for row in STROKES])
def test_edits_that_prevent_a_completion(edit: Edit, reason: str) -> None:
    """Nothing is suggested right after a paste of several lines or an edit with several cursors."""
    assert edit.no_call_reason == reason


@pytest.mark.parametrize(
    ("edit", "deletes"),
    [(Edit(1, removed=1), True), (Edit(1, "x", 1), False), (Edit(1, "x"), False), (Edit(1), False)],
)
def test_deletion_has_no_new_text(edit: Edit, deletes: bool) -> None:
    """A change without new text is a deletion."""
    assert edit.deletes is deletes
