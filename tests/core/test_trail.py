"""The last change of a document."""

import pytest

from midfill.core.trail import Stroke

STROKES = [
    ("a letter", Stroke(1, "x"), ""),
    ("Enter", Stroke(1, "\n    "), ""),
    ("Enter between braces", Stroke(1, "\n    \n"), ""),
    ("a paste of one line", Stroke(1, "value = compute(1)\n"), ""),
    ("a paste of several lines", Stroke(1, "a = 1\nb = 2\n"), "several lines were pasted"),
    ("such a one in place of others", Stroke(1, "a = 1\nb = 2\n", 30), "several lines were pasted"),
    ("an accepted suggestion of several lines", Stroke(1, "a = 1\nb = 2\n", accepted=True), ""),
    ("several cursors", Stroke(1, changes=3), "several places were edited at once"),
    ("a deletion", Stroke(1, removed=1), ""),
    ("a deletion of many lines", Stroke(1, removed=500), ""),
]


@pytest.mark.parametrize(("stroke", "reason"), [row[1:] for row in STROKES], ids=[row[0] for row in STROKES])
def test_what_speaks_against_a_completion(stroke: Stroke, reason: str) -> None:
    """Nothing is offered right after a paste of several lines or an edit with several cursors."""
    assert stroke.objection == reason


@pytest.mark.parametrize(
    ("stroke", "deletes"),
    [(Stroke(1, removed=1), True), (Stroke(1, "x", 1), False), (Stroke(1, "x"), False), (Stroke(1), False)],
)
def test_what_is_a_deletion(stroke: Stroke, deletes: bool) -> None:
    """A change that puts nothing in its place deletes."""
    assert stroke.deletes is deletes
