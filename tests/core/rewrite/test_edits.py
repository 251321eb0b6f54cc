"""The edits of an answer, and the offered one."""

from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.edit_rules import Hunk, SuggestedEdit
from midfill.core.rewrite import Rewritten, nearest_edit, with_document_lines
from midfill.core.rewrite.edit_checks import rejection_reason
from midfill.core.rewrite.rewrite_diff import edits_in
from tests.core.rewrite.regions import URI, hunk, region

Edits = list[tuple[int, str, str]]
KEY = "ghp_" + "a1B2c3D4e5" * 4


def lines_of(edits: Sequence[SuggestedEdit]) -> Edits:
    return [(of.row, "\n".join(of.before), "\n".join(of.after)) for of in edits]


def answer(text: str, *, whole: bool = True, until: int = 0) -> Rewritten:
    lines = tuple(text.split("\n"))
    return Rewritten(0, until, lines, whole)


OLD = "def f(a):\n    x = a\n    y = a\n    return x\n\n\nf(1)\nf(2)"

WHOLE: list[tuple[str, Edits]] = [
    (OLD, []),
    (OLD.replace("f(2)", "f(2, 3)"), [(7, "f(2)", "f(2, 3)")]),
    (
        OLD.replace("x", "z"),
        [(1, "    x = a", "    z = a"), (3, "    return x", "    return z")],
    ),
    (OLD.replace("    y = a\n", ""), [(2, "    y = a", "")]),
    (OLD.replace("    return", "    log(y)\n    return"), [(3, "", "    log(y)")]),
    (OLD.replace("\n\n\n", "\n"), []),
    (OLD.replace("x = a", "x = a   "), []),
    (OLD + "\n", []),
    ("Certainly! I can help you with that code. Tell me more about it.", []),
]


@pytest.mark.parametrize(("new", "edits"), WHOLE)
def test_complete_answer(new: str, edits: Edits) -> None:
    """The edits are minimal sets of lines; blanks make no difference, and an unrelated text has no edits."""
    found = region(f"{OLD}▮")
    assert lines_of(edits_in(found, answer(new, until=len(found.lines)))) == edits


PARTS: list[tuple[str, Edits]] = [
    ("def f(a):", []),
    ("def f(b):", []),
    ("def f(b):\n    x = a", []),
    ("def f(b):\n    x = a\n    y = a", [(0, "def f(a):", "def f(b):")]),
    ("def f(b):\n    x = b\n    y = a\n    return x", [(0, "def f(a):\n    x = a", "def f(b):\n    x = b")]),
    ("def f(a):\n    x = a\n    y = a\n    log()\n    return x\n\n\n", []),
    ("def f(a):\n    x = a\n    y = a\n    log()\n    return x\n\n\nf(1)", [(3, "", "    log()")]),
]


@pytest.mark.parametrize(("new", "edits"), PARTS)
def test_unfinished_answer(new: str, edits: Edits) -> None:
    """An edit is complete when two unchanged lines with text follow it."""
    found = region(f"{OLD}▮")
    assert lines_of(edits_in(found, answer(new, whole=False, until=len(found.lines)))) == edits


def test_masked_line_has_no_edit() -> None:
    """The mask is not inserted into the document, and no line changes that the model has not read."""
    found = region(f'a = 1\nkey = "{KEY}"\nb = a▮')
    shown = found.lines[1]
    assert edits_in(found, answer("\n".join(found.lines), until=3)) == []
    assert edits_in(found, answer(f"a = 1\n{shown}  # mine\nb = a", until=3)) == []
    assert edits_in(found, answer(f"a = 1\n{shown}\nb = a\n{shown}", until=3)) == []
    assert lines_of(edits_in(found, answer(f"a = 2\n{shown}\nb = a", until=3))) == [(0, "a = 1", "a = 2")]


SOME = st.lists(st.sampled_from(["a", "b", "    c", "", "d()"]), max_size=12)


@given(SOME, SOME)
def test_applied_edits_give_the_answer(old: list[str], new: list[str]) -> None:
    """Applied one by one, they turn the document's lines into the model's, except for blank lines."""
    found = region("\n".join(["x", *old, "y▮"]), language="plaintext")
    lines = list(found.document_lines)
    written = answer("\n".join(["x", *new, "y"]), until=len(lines))
    edits = edits_in(found, written)
    for of in reversed(edits):
        at = of.row - found.row
        assert tuple(lines[at : at + len(of.before)]) == of.before
        lines[at : at + len(of.before)] = of.after
    if edits:
        assert [line for line in lines if line] == ["x", *(line for line in new if line), "y"]


@given(SOME, SOME, st.integers(0, 13))
def test_known_edit_does_not_change(old: list[str], new: list[str], size: int) -> None:
    """An unfinished answer has no edit that reaches beyond its last line, and its lines are in the document."""
    found = region("\n".join(["x", *old, "y▮"]), language="plaintext")
    part = ["x", *new, "y"][:size]
    for of in edits_in(found, Rewritten(0, len(found.document_lines), tuple(part), whole=False)):
        assert found.document_lines[of.row : of.row + len(of.before)] == of.before
        assert of.row + len(of.before) < len(found.document_lines)


class Case(NamedTuple):
    """A text, the newest edit in it, the model's edit, and the reason against that."""

    text: str
    made: tuple[int, str, str]
    edit: tuple[int, str, str]
    reason: str = ""


JUST_TYPED_HUNKS, UNDOES, BROKEN = (
    "it changes what was just typed",
    "it undoes an edit",
    "it leaves more syntax errors",
)

CASES = {
    "a name elsewhere": Case("b = 1\nf(a)", (0, "a = 1", "b = 1"), (1, "f(a)", "f(b)")),
    "the same line is continued": Case("def f(▮", (0, "", "def f("), (0, "def f(", "def f(a):\n    pass")),
    "a word is continued": Case("retu▮", (0, "", "retu"), (0, "retu", "return 1")),
    "what was typed is replaced": Case("b = 1\nf(a)", (0, "a = 1", "b = 1"), (0, "b = 1", "c = 1"), JUST_TYPED_HUNKS),
    "it is removed from its line": Case(
        "f(a, b)\ng(a)", (0, "f(a)", "f(a, b)"), (0, "f(a, b)\ng(a)", "f(a)\ng(a, b)"), JUST_TYPED_HUNKS
    ),
    "it is removed": Case("a = 1\nb = 1\nc", (1, "", "b = 1"), (1, "b = 1", ""), UNDOES),
    "the rest of its line changes": Case("b = f(1)", (0, "a = f(1)", "b = f(1)"), (0, "b = f(1)", "b = f(2)")),
    "it is put back": Case("b = 1\nf(a)", (0, "a = 1", "b = 1"), (0, "b = 1", "a = 1"), UNDOES),
    "a removed line is put back": Case("a\nc", (1, "b", ""), (1, "", "b"), UNDOES),
    "another line is added there": Case("a\nc", (1, "b", ""), (1, "", "d")),
    "one of two lines is put back": Case(
        "b = 1\nb = 2", (0, "a = 1\na = 2", "b = 1\nb = 2"), (1, "b = 2", "a = 2"), UNDOES
    ),
    "the other one of equal lines is removed": Case("f()\n}\ng()\n}", (1, "", "}\ng()"), (2, "g()\n}", ""), UNDOES),
    "a bracket stays open": Case("b = 1\nf(a)", (0, "a = 1", "b = 1"), (1, "f(a)", "f(b"), BROKEN),
    "a bracket is lost beside an error": Case(
        "b = = 1\n\n\ndef f():\n    pass", (0, "b = 1", "b = = 1"), (3, "def f():", "def f(:"), BROKEN
    ),
    "the indentation is wrong": Case(
        "b = 1\nif a:\n    f(a)", (0, "a = 1", "b = 1"), (2, "    f(a)", "f(b)"), BROKEN
    ),
    "an error is removed": Case("b = 1\nf(a", (0, "a = 1", "b = 1"), (1, "f(a", "f(b)")),
    "an escape sequence": Case(
        "b = 1\nf(a)", (0, "a = 1", "b = 1"), (1, "f(a)", "f(b)\x1b[8m"), "it contains control characters"
    ),
    "a hidden character": Case(
        "b = 1\nf(a)", (0, "a = 1", "b = 1"), (1, "f(a)", "f(b)\u202e"), "it contains control characters"
    ),
}  # fmt: skip


def split(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()


@pytest.mark.parametrize("name", CASES)
def test_objections(name: str) -> None:
    text, made, (row, before, after), reason = CASES[name]
    text = text if "▮" in text else f"{text}▮"
    edit = SuggestedEdit(URI, row, split(before), split(after))
    assert rejection_reason(edit, region(text), [hunk(*made, text)]) == reason


def test_edit_of_another_document_does_not_count() -> None:
    text = "b = 1\nf(a)▮"
    other = hunk(0, "a = 1", "b = 1", text, uri="file:///w/other.py")
    assert rejection_reason(SuggestedEdit(URI, 0, ("b = 1",), ("a = 1",)), region(text), [other]) == ""


def test_older_edit_may_be_changed_but_not_undone() -> None:
    text = "b = 1\nb + 1▮"
    edits = [hunk(0, "a = 1", "b = 1", text), hunk(1, "a + 1", "b + 1", text)]
    assert rejection_reason(SuggestedEdit(URI, 0, ("b = 1",), ("c = 1",)), region(text), edits) == ""
    assert rejection_reason(SuggestedEdit(URI, 0, ("b = 1",), ("a = 1",)), region(text), edits) == UNDOES


TEXT = "a1\nb\nc\na2▮\nd\ne\na3\nf"
NEW = TEXT.replace("▮", "").replace("a", "z")


def offered(
    new: str, *, whole: bool = True, final: bool = False, refused: Sequence[SuggestedEdit] = ()
) -> Edits:
    made: list[Hunk] = []
    found = region(TEXT, hunks=made, language="plaintext")
    of = nearest_edit(found, answer(new, whole=whole, until=len(found.lines)), 3, made, refused, final=final)
    return [] if of is None else lines_of([of])


def test_nearest_edit_is_first() -> None:
    """At the cursor, below it, above it; refused edits are left out."""
    assert offered(NEW) == [(3, "a2", "z2")]
    first = SuggestedEdit(URI, 3, ("a2",), ("z2",))
    second = SuggestedEdit(URI, 6, ("a3",), ("z3",))
    assert offered(NEW, refused=[first]) == [(6, "a3", "z3")]
    assert offered(NEW, refused=[first, second]) == [(0, "a1", "z1")]
    moved = second._replace(row=60)
    assert offered(NEW, refused=[first, moved]) == [(0, "a1", "z1")]
    assert offered(TEXT.replace("▮", "")) == []


def test_edit_above_the_cursor_waits_for_the_answer() -> None:
    """An edit above the cursor is offered when the model's text has reached the cursor or the end."""
    assert offered("z1\nb\nc", whole=False) == []
    assert offered("z1\nb\nc", whole=False, final=True) == [(0, "a1", "z1")]
    assert offered("z1\nb\nc\nz2\nd\ne", whole=False) == [(3, "a2", "z2")]


def test_changed_region() -> None:
    """After an edit is taken the rest of the answer is compared with the new lines."""
    found = region(TEXT, language="plaintext")
    later = with_document_lines(found, ("z1", "b", "c", "z2", "d", "e", "a3", "f"))
    assert lines_of(edits_in(later, answer(NEW, until=8))) == [(6, "a3", "z3")]


def test_edit_outside_of_the_region_is_not_restored_by_it() -> None:
    """The same lines at another place of the document are no undone edit."""
    text = "a = 1\n" + "x = 0\n" * 40 + "a = 1▮\n"
    elsewhere = hunk(0, "b = 1", "a = 1", text)
    found = region(text, hunks=[elsewhere], lines_around=(2, 2))
    edit = SuggestedEdit(URI, 41, ("a = 1",), ("b = 1",))
    assert found.row > 0
    assert rejection_reason(edit, found, [elsewhere]) == ""
