"""Which edit of a model's answer is offered: its place, its share of the answer, and the reasons against it."""

from random import Random

import pytest

from midfill.core.edit_rules import SuggestedEdit
from midfill.core.rewrite import Rewritten, nearest_edit
from midfill.core.rewrite.edit_checks import rejection_reason
from midfill.core.rewrite.rewrite_diff import edits_in
from tests.core.rewrite.regions import URI, hunk, region

UNDOES, TYPED, BROKEN = (
    "it undoes an edit",
    "it changes what was just typed",
    "it leaves more syntax errors",
)


def split(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()


def reason(
    text: str, made: tuple[int, str, str], edit: tuple[int, str, str], language: str = "plaintext"
) -> str:
    """Return the reason against an edit after the user's own."""
    row, before, after = edit
    suggested = SuggestedEdit(URI, row, split(before), split(after))
    return rejection_reason(suggested, region(f"{text}▮", language=language), [hunk(*made, text)])


@pytest.mark.parametrize(("row", "expected"), [(0, ""), (1, UNDOES), (2, UNDOES), (3, UNDOES), (4, "")])
def test_replaced_line_is_put_back_anywhere_in_its_place(row: int, expected: str) -> None:
    """The lines that replaced it are rows 1 and 2; further away an equal line is another one."""
    assert reason("a\nx\ny\nc\nd", (1, "b", "x\ny"), (row, "", "b")) == expected


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ((1, "x", "b1"), UNDOES),
        ((2, "y", "b2"), UNDOES),
        ((2, "y", "b2 "), UNDOES),
        ((1, "x\ny", "b1\nb2"), UNDOES),
        ((1, "x\ny", "b2\nb1"), TYPED),
        ((1, "x\ny", "b1\nb3"), TYPED),
        ((0, "a\nx", "b1"), TYPED),
        ((2, "y\nc", "b2"), TYPED),
        ((0, "a", "b1"), ""),
        ((3, "c", "b2"), ""),
    ],
)
def test_old_lines_are_put_back_only_within_the_edit(edit: tuple[int, str, str], expected: str) -> None:
    """The user has replaced `b1` and `b2` by `x` and `y`; any of the old lines in their order are an undo."""
    assert reason("a\nx\ny\nc\nd", (1, "b1\nb2", "x\ny"), edit) == expected


@pytest.mark.parametrize(("newer", "expected"), [(7, UNDOES), (8, "")])
def test_only_the_latest_edits_are_protected(newer: int, expected: str) -> None:
    """An edit may be undone after eight others: the user may have changed their mind."""
    text = "\n".join(["b = 1", *(f"x{row} = 2" for row in range(newer)), "end"]) + "▮"
    edits = [hunk(0, "a = 1", "b = 1", text)]
    edits += [hunk(row + 1, f"x{row} = 1", f"x{row} = 2", text) for row in range(newer)]
    assert rejection_reason(SuggestedEdit(URI, 0, ("b = 1",), ("a = 1",)), region(text), edits) == expected


@pytest.mark.parametrize(
    ("made", "edit", "expected"),
    [
        ((1, "b", "b x"), (1, "b x", "b"), UNDOES),
        ((1, "b", "b x"), (1, "b x\nc", "b x\nd"), ""),
        ((1, "b", "b x"), (1, "b x\nc", "d\nb x"), TYPED),
        ((1, "b", "b x"), (0, "a\nb x", "a y\nb x"), ""),
        ((1, "b", "b x"), (0, "a\nb x", "a\nb z"), TYPED),
        ((1, "b", "b x"), (1, "b x\nc", "b x c"), ""),
        ((1, "b", "b x"), (1, "b x", "b xyz"), ""),
        ((1, "b", "b x"), (1, "b x", "b y x"), ""),
        ((1, "b\nc", "b x\nc y"), (2, "c y", "c y z"), ""),
        ((1, "b\nc", "b x\nc y"), (2, "c y", "c z"), TYPED),
        ((1, "b\nc", "b x\nc y"), (1, "b x", "b x z"), ""),
        ((1, "b\nc", "b x\nc y"), (1, "b x", "d x"), ""),
        ((1, "b\nc", "b x\nd y"), (1, "b x\nd y", "b x z\nd y w"), ""),
        ((1, "b", "b x"), (1, "b x", "bx y"), ""),
        ((1, "b", "elseif"), (1, "elseif", "else if a"), ""),
        ((1, "b", "bx x"), (1, "bx x", "b x"), TYPED),
        ((1, "b", "b x y"), (1, "b x y", "b xz y"), ""),
        ((1, "", "b\nc"), (1, "b\nc", "b c"), ""),
    ],
)
def test_typed_words_stay_in_their_line(
    made: tuple[int, str, str], edit: tuple[int, str, str], expected: str
) -> None:
    """They may be continued, joined and divided, and other words may come before and after them."""
    lines = ["a", *split(made[2]), *["c", "d"][len(split(made[2])) - 1 :]]
    assert reason("\n".join(lines), made, edit) == expected


@pytest.mark.parametrize(
    ("above", "below", "edit", "expected"),
    [
        ("call(\n", "\n)", "a, b", ""),
        ("call(\n", "\n)", "a)", BROKEN),
        ("if a:\n", "\nelse:\n    b()", "    c()", ""),
        ("if a:\n", "\nelse:\n    b()", "c()", BROKEN),
        ("a[\n", "\n]", "a]", BROKEN),
    ],
)
def test_lines_around_the_region_count_for_its_syntax(
    above: str, below: str, edit: str, expected: str
) -> None:
    """The region is one line; what is open above it or closed below it is in the file."""
    line = "    a" if above.startswith("if") else "a"
    text = f"{above}{line}▮{below}"
    found = region(text, hunks=[], lines_around=(0, 0), language="python")
    assert found.document_lines == (line,)
    assert rejection_reason(SuggestedEdit(URI, 1, (line,), (edit,)), found, []) == expected


LINES = [f"line{row}" for row in range(12)]


def offered(changed: dict[int, str], row: int, *, refused: tuple[SuggestedEdit, ...] = ()) -> int | None:
    """Return the row of the offered edit, of those that change some of twelve lines, with the cursor in a row."""
    text = "\n".join(f"{line}▮" if at == row else line for at, line in enumerate(LINES))
    found = region(text, hunks=[], language="plaintext")
    new = tuple(changed.get(at, line) for at, line in enumerate(LINES))
    edit = nearest_edit(found, Rewritten(0, len(LINES), new, whole=True), row, [], refused, final=True)
    return None if edit is None else edit.row


@pytest.mark.parametrize(
    ("rows", "row", "expected"),
    [
        ([3, 7], 5, 7),
        ([4, 7], 5, 4),
        ([3, 5, 7], 5, 5),
        ([2, 3, 8], 5, 2),
        ([1, 2, 3, 8], 5, 1),
        ([1, 2, 8], 5, 8),
        ([0, 11], 1, 0),
        ([5, 6, 7, 10], 7, 5),
        ([5, 6, 9], 7, 5),
    ],
)
def test_nearest_edit_is_offered(rows: list[int], row: int, expected: int) -> None:
    """The distance counts from the cursor to the nearest line of an edit; of two as near, the lower one is offered."""
    assert offered({at: f"new{at}" for at in rows}, row) == expected


def test_refusal_in_another_document_does_not_count() -> None:
    refused = SuggestedEdit("file:///w/other.py", 3, ("line3",), ("new3",))
    assert offered({3: "new3"}, 5, refused=(refused,)) == 3
    assert offered({3: "new3"}, 5, refused=(refused._replace(uri=URI),)) is None


@pytest.mark.parametrize(
    ("new", "row", "expected"),
    [
        ("z0\nline1\nline2\nline3", 0, 0),
        ("z0\nline1\nline2\nline3", 1, 0),
        ("z0\nline1\nline2\nline3", 2, None),
        ("line0\nadded\nline1\nline2\nline3", 1, 1),
        ("line0\nadded\nline1\nline2\nline3", 2, None),
    ],
)
def test_streaming_answer_offers_an_edit_at_the_cursor_or_below(
    new: str, row: int, expected: int | None
) -> None:
    """An edit that ends just above the cursor's line is at the cursor; a later one may be nearer to others."""
    text = "\n".join(f"{line}▮" if at == row else line for at, line in enumerate(LINES))
    found = region(text, hunks=[], language="plaintext")
    part = Rewritten(0, len(LINES), split(new), whole=False)
    edit = nearest_edit(found, part, row, [], [], final=False)
    assert (None if edit is None else edit.row) == expected


@pytest.mark.parametrize(
    ("lines", "kept", "is_edit"),
    [(6, 0, True), (7, 0, False), (7, 2, False), (7, 3, True), (9, 2, False), (9, 3, True)],
)
def test_answer_that_keeps_too_few_lines_is_no_edit(lines: int, kept: int, is_edit: bool) -> None:
    """Of more than six lines a third has to stay: otherwise the model has written something else."""
    old = [f"old{row}" for row in range(lines)]
    found = region("\n".join(old) + "▮", hunks=[], language="plaintext")
    new = (*old[:kept], *(f"new{row}" for row in range(kept, lines)))
    assert bool(edits_in(found, Rewritten(0, lines, new, whole=True))) is is_edit


def test_answer_for_a_part_of_the_region() -> None:
    """Its lines are compared with that part, and its edits are at that part's rows."""
    found = region("\n".join(LINES) + "▮", hunks=[], language="plaintext")
    part = Rewritten(4, 8, ("line4", "new5", "line6", "line7"), whole=True)
    assert edits_in(found, part) == [SuggestedEdit(URI, 5, ("line5",), ("new5",))]


@pytest.mark.parametrize(("line", "expected"), [("}", UNDOES), ("}  ", UNDOES), ("  }", TYPED)])
def test_equal_lines_may_be_undone_at_other_rows(line: str, expected: str) -> None:
    """The user added two lines; without rows 2 and 3 the region is as before, whatever blanks a line ends with."""
    assert reason(f"f()\n{line}\ng()\n}}", (1, "", f"{line}\ng()"), (2, "g()\n}", "")) == expected


def test_long_answer_of_equal_lines_has_a_small_edit() -> None:
    """Lines that occur often are compared, too."""
    dice = Random(1)
    old = [f"v{dice.randrange(40)}()" for _ in range(198)]
    found = region("\n".join(old[:99]) + "▮\n" + "\n".join(old[99:]), hunks=[], language="plaintext")
    new = (*old[:50], "new()", *old[50:], "a()", "b()")
    edits = edits_in(found, Rewritten(0, len(old), new, whole=True))
    assert [(edit.row, edit.after) for edit in edits] == [(50, ("new()",)), (198, ("a()", "b()"))]


@pytest.mark.parametrize("above", [0, 5])
def test_undone_edit_is_recognised_in_a_region_further_down(above: int) -> None:
    """Rows count from the start of the document, not of the region."""
    text = "p\n" * above + "f()\n}\ng()\n}▮"
    made = hunk(above + 1, "", "}\ng()", text)
    found = region(text, hunks=[made], language="plaintext", lines_around=(3, 0))
    assert found.row == above
    edit = SuggestedEdit(URI, above + 2, ("g()", "}"), ())
    assert rejection_reason(edit, found, [made]) == UNDOES
    other = SuggestedEdit(URI, above, ("f()",), ())
    assert rejection_reason(other, found, [made]) == ""


@pytest.mark.parametrize(
    ("text", "made", "edit"),
    [
        ("}\ng()\n}", (0, "", "}\ng()"), (1, "g()\n}", "")),
        ("f()\n}\ng()\n}", (2, "", "g()\n}"), (1, "}\ng()", "")),
    ],
)
def test_equal_lines_at_an_end_of_the_region_may_be_undone(
    text: str, made: tuple[int, str, str], edit: tuple[int, str, str]
) -> None:
    """The region is restored if the user's lines are its first or its last ones, too."""
    assert reason(text, made, edit) == UNDOES


def test_edit_that_the_region_has_in_part_is_not_restored_by_it() -> None:
    """The user added two lines, of which the region has the first; its equal line above is another one."""
    text = "a\na▮\nb"
    made = hunk(1, "", "a\nb", text)
    found = region(text, hunks=[made], language="plaintext", lines_around=(1, 0))
    assert found.document_lines == ("a", "a")
    assert rejection_reason(SuggestedEdit(URI, 0, ("a",), ()), found, [made]) == ""


def test_blanks_at_the_end_of_a_replaced_line_do_not_count() -> None:
    assert reason("a\nx", (1, "b  ", "x"), (1, "x", "b")) == UNDOES
    assert reason("a\nx\ny", (1, "b  \nc", "x\ny"), (1, "x", "b")) == UNDOES


@pytest.mark.parametrize(
    ("text", "lines_around", "row", "edit"),
    [("x = [\n1]▮", (1, 0), 1, ("1]", "1]]")), ("[1▮\n]", (0, 1), 0, ("[1", "[[1"))],
)
def test_lines_of_the_region_count_once(
    text: str, lines_around: tuple[int, int], row: int, edit: tuple[str, str]
) -> None:
    """A bracket without a partner is an error, though a line of the region has one more."""
    found = region(text, hunks=[], lines_around=lines_around)
    assert rejection_reason(SuggestedEdit(URI, row, edit[:1], edit[1:]), found, []) == BROKEN


def test_lines_below_an_edit_count_for_its_syntax() -> None:
    text = "b = 1\nf(\n    a\n)"
    assert reason(text, (0, "a = 1", "b = 1"), (1, "f(", "g("), "python") == ""


def test_closed_marks_of_direction_are_no_control_characters() -> None:
    """Arabic and Hebrew texts need them."""
    assert reason("b = 1\nf(a)", (0, "a = 1", "b = 1"), (1, "f(a)", "f('\u2067\u05d0\u2069')")) == ""


def test_long_edit_keeps_what_was_typed() -> None:
    """Words that occur often are compared, too: those of the typed lines, and those of the edit."""
    calls = ["f(a)"] * 38
    lines = ["one f(a)", *calls, "two f(a)"]
    typed = hunk(20, "", "f(a)", "\n".join(lines))
    found = region("\n".join(lines) + "▮", hunks=[typed], language="plaintext")
    edit = SuggestedEdit(URI, 0, tuple(lines), ("three f(a)", *calls, "four f(a)"))
    assert rejection_reason(edit, found, [typed]) == ""
    replaced = hunk(0, "\n".join(["five f(a)", *calls, "six f(a)"]), "\n".join(lines), "\n".join(lines))
    middle = SuggestedEdit(URI, 20, ("f(a)",), ("f(b)",))
    assert rejection_reason(middle, found, [replaced]) == ""


def test_long_answer_of_equal_lines_changes_both_ends() -> None:
    """The equal lines between the ends stay as they are."""
    old = ["one()", *["f()"] * 210, "two()"]
    found = region("\n".join(old) + "▮", hunks=[], language="plaintext", lines_around=(999, 0))
    new = ("three()", "four()", *["f()"] * 210, "five()")
    edits = edits_in(found, Rewritten(0, len(old), new, whole=True))
    assert [(edit.row, edit.after) for edit in edits] == [(0, ("three()", "four()")), (211, ("five()",))]
