"""A notebook's cells as the text around a cursor in one of them."""

from collections.abc import Sequence

import pytest

from midfill.core.cursor import MAX_LINES_AROUND, Cursor
from midfill.core.document import Document, Position
from midfill.core.notebook import Cell, with_other_cells

PROSE = ["markdown", "html", "latex"]
MARKS = {
    **dict.fromkeys(["python", "r", "julia", "shellscript", "unheard-of"], "# "),
    **dict.fromkeys(["javascript", "typescript", "java", "scala", "kotlin", "csharp", "fsharp"], "// "),
    **dict.fromkeys(["cpp", "c", "rust", "go", "swift"], "// "),
    **dict.fromkeys(["sql", "haskell", "lua"], "-- "),
    "matlab": "% ",
    "clojure": ";; ",
}
"""A line of prose as a comment, by language."""


def cell(number: int, text: str, language: str = "python", *, markup: bool = False) -> Cell:
    """Return a cell, whose URI is its number."""
    return Cell(Document(str(number), language, text), markup)


def seen(cells: Sequence[Cell], number: int, row: int = 0, column: int = 0) -> Cursor:
    """Return the cursor at a place in one of the cells, as the notebook has it."""
    return with_other_cells(
        cells, str(number), cells[number].document.cursor(Position(row, column), "utf-32")
    )


@pytest.mark.parametrize(("language", "mark"), MARKS.items())
def test_prose_is_a_comment_in_the_cells_language(language: str, mark: str) -> None:
    """Each of its lines is a comment, including blank ones."""
    here = seen([cell(0, "One\n\ntwo", "markdown"), cell(1, "x", language)], 1)
    assert here.prefix == f"{mark}One\n{mark}\n{mark}two\n\n"


@pytest.mark.parametrize("language", PROSE)
def test_prose_cells_are_detected_by_their_language(language: str) -> None:
    """The client's kind of the cell also counts, for any language."""
    assert seen([cell(0, "One", language), cell(1, "x")], 1).prefix == "# One\n\n"
    assert seen([cell(0, "One", "python", markup=True), cell(1, "x")], 1).prefix == "# One\n\n"
    assert seen([cell(0, "one", "r"), cell(1, "x")], 1).prefix == ""


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("%matplotlib inline", "# %matplotlib inline"),
        ("  %time f()", "#   %time f()"),
        ("!ls", "# !ls"),
        ("?print", "# ?print"),
        ("frame.head?", "# frame.head?"),
        ("frame??  ", "# frame??  "),
        ("x = 7 % 2", "x = 7 % 2"),
        ("% 2", "% 2"),
        ("value != 1", "value != 1"),
        ("f()", "f()"),
    ],
)
def test_lines_for_the_kernel_are_comments(line: str, read: str) -> None:
    """This applies to other cells and to the cursor's own, above and below it."""
    cells = [cell(0, line), cell(1, f"{line}\nx\n{line}"), cell(2, line)]
    here = seen(cells, 1, 1, 1)
    assert (here.prefix, here.suffix) == (f"{read}\n\n{read}\nx", f"\n{read}\n\n{read}\n\n")


def test_cell_for_another_program_is_a_comment() -> None:
    """Its first line decides; a magic further down is one line."""
    cells = [cell(0, "%%bash\nls"), cell(1, "a\n%%bash\nb"), cell(2, "x")]
    assert seen(cells, 2).prefix == "# %%bash\n# ls\n\na\n# %%bash\nb\n\n"


def test_magics_exist_only_in_languages_with_hash_comments() -> None:
    """In C, `!x` is code."""
    assert seen([cell(0, "!done()", "c"), cell(1, "x", "c")], 1).prefix == "!done()\n\n"


def test_row_includes_the_cells_above() -> None:
    """The line at that row is the cursor's."""
    here = seen([cell(0, "a\nb"), cell(1, "c\nd")], 1, 1, 1)
    assert (here.row, len(here.above), here.head) == (4, 4, "d")
    alone = seen([cell(0, "a\nb"), cell(1, "c\nd")], 0, 1, 1)
    assert (alone.row, alone.prefix, alone.suffix) == (1, "a\nb", "\n\nc\nd\n\n")
    between = seen([cell(0, "a\nb"), cell(1, "c\nd"), cell(2, "e")], 1, 1, 1)
    assert (between.row, len(between.above), between.prefix) == (4, 4, "a\nb\n\nc\nd")


def test_last_line_of_a_cell_has_a_line_end() -> None:
    """This holds for any cursor in the cell; the last cell has no line end."""
    cells = [cell(0, "a\nb"), cell(1, "c")]
    assert seen(cells, 0, 0, 1).suffix == "\nb\n\nc\n\n"
    assert seen(cells, 0, 1, 0).suffix == "b\n\nc\n\n"
    assert seen(cells[:1], 0, 0, 1).suffix == "\nb"
    assert seen([cell(0, "a\r\nb\r\n"), cell(1, "c")], 0, 0, 1).suffix == "\nb\n\n\nc\n\n"


def test_document_outside_of_a_notebook_is_unchanged() -> None:
    """An example is a cell that was just removed."""
    cursor = Document("9", "python", "%a\nx").cursor(Position(1, 1), "utf-32")
    assert with_other_cells([cell(0, "a"), cell(1, "b")], "9", cursor) is cursor


def test_nearest_cells_are_read_within_the_limit() -> None:
    """The first cell that does not fit ends the reading."""
    long = "\n".join(["y"] * MAX_LINES_AROUND)
    cells = [cell(0, "far"), cell(1, long), cell(2, "near"), cell(3, "x"), cell(4, "z"), cell(5, long)]
    here = seen([*cells, cell(6, "far")], 3)
    assert (here.prefix, here.suffix) == ("near\n\n", "x\n\nz\n\n")
    exact = "\n".join(["y"] * (MAX_LINES_AROUND - 1))
    assert seen([cell(0, exact), cell(1, "x")], 1).row == MAX_LINES_AROUND
    assert seen([cell(0, exact), cell(1, "a\nb\nx")], 1, 2).row == 2
