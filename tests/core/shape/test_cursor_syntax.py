"""The context of a cursor, as shaping uses it."""

import pytest

from midfill.core.completion import Completion
from midfill.core.shape.cursor_syntax import MAX_NEXT_LINES, MAX_PARAGRAPH_LINES, syntax_at
from tests.core.shape.places import cursor


@pytest.mark.parametrize(
    ("language", "marked", "quote", "brackets_are_text"),
    [
        ("python", "x = f(▮", "", False),
        ("python", "x = 'ab▮", "'", False),
        ("python", "'ab▮", "'", False),
        ("python", 'x = "ab▮', '"', False),
        ("python", 'x = """ab▮', '"', True),
        ("python", 'x = """\nab▮', '"', True),
        ("python", "x = '''ab▮", "'", True),
        ("python", "x = 1  # ab▮", "", True),
        ("javascript", "x = `a\nb▮", "`", True),
        ("javascript", "x = `a▮", "`", False),
        ("javascript", "`a▮", "`", False),
        ("c", "/* ab\n▮", "", True),
        ("markdown", "So (it ▮", "", True),
        ("yaml", "key: ▮", "", True),
        ("yaml", "key: 'ab▮", "'", False),
    ],
)
def test_places_where_brackets_are_text(
    language: str, marked: str, quote: str, brackets_are_text: bool
) -> None:
    """True in prose, comments, YAML values and multi-line strings; false in a string that ends on its line."""
    here = syntax_at(cursor(marked, language))
    assert (here.open_quote, here.brackets_are_text) == (quote, brackets_are_text)


@pytest.mark.parametrize(
    ("language", "marked", "levels", "min_width"),
    [
        ("python", "▮", [0], 0),
        ("python", "if a:\n    ▮", [0], 4),
        ("python", "if a:\n    b()\n    ▮", [0, 4], 4),
        ("python", "if a:\n    if b:\n        c()\n        ▮", [0, 4, 8], 8),
        ("python", "if a:\n    if b:\n        c()\n    d()▮", [0, 4], 4),
        ("python", "x = f(\n        a,\n        b)▮", [0], 0),
        ("python", "if a:\n    x = f(\n            b)\n▮", [0, 4], 0),
        ("python", "class A:\n    # a comment\n  # and one further out\n    x = 1▮", [0, 4], 4),
        ("go", "func f() {\n\tif a {\n\t\tb()▮", [0, 8, 16], 16),
        ("go", "func f() {\n\tx := g(a,\n\t\tb)▮", [0, 8], 8),
        ("yaml", "a:\n  - b: 1\n    c: 2▮", [0, 2, 4], 2),
        ("yaml", "a:\n  - b: 1▮", [0, 2, 4], 2),
        ("makefile", "all:\n\tcc a.c▮", [0, 8], 0),
    ],
)
def test_open_levels_at_a_cursor(language: str, marked: str, levels: list[int], min_width: int) -> None:
    """A multi-line statement counts at its start, comments do not count, and a YAML dash counts two."""
    here = syntax_at(cursor(marked, language))
    assert (sorted({*here.open_levels}), here.min_indent_width) == (levels, min_width)


@pytest.mark.parametrize(
    ("marked", "at_line_start", "text_follows", "code_line"),
    [
        ("▮", True, False, ""),
        ("x = 1\n  ▮", True, False, "x = 1"),
        ("x = 1\n\n# so\n▮ y", True, True, "x = 1"),
        ("x▮  ", False, False, ""),
        ("x▮ y", False, True, ""),
    ],
)
def test_code_left_and_right_of_a_cursor(
    marked: str, at_line_start: bool, text_follows: bool, code_line: str
) -> None:
    """Blank lines and comments are no lines of code."""
    here = syntax_at(cursor(marked))
    assert (here.at_line_start, here.text_follows, here.previous_code_line) == (
        at_line_start,
        text_follows,
        code_line,
    )


def test_next_lines_with_text() -> None:
    """Twelve at most; the cursor's own if the answer is inserted before it."""
    below = "\n\n".join(f"line{row}" for row in range(MAX_NEXT_LINES + 3))
    assert syntax_at(cursor(f"x = ▮\n{below}")).next_lines == [f"line{row}" for row in range(MAX_NEXT_LINES)]
    assert syntax_at(cursor("  ▮own()\n\nnext()")).next_lines == ["  own()", "next()"]
    assert syntax_at(cursor("x = ▮own()\nnext()")).next_lines == ["next()"]


@pytest.mark.parametrize(
    ("marked", "word", "known"),
    [
        ("total = 1\nx = tot▮", "tot", False),
        ("total = 1\nx = total▮", "total", True),
        ("x = total▮", "total", False),
        ("x = total▮ + total", "total", True),
        ("x = total▮\ntotal = 2", "total", True),
        ("subtotal = 1\nx = total▮", "total", False),
        ("a.b = 1\nx = a.b▮", "a.b", True),
        ("aXb = 1\nx = a.b▮", "a.b", False),
    ],
)
def test_words_of_adjacent_lines(marked: str, word: str, known: bool) -> None:
    """They are whole words, without the one at the cursor."""
    assert syntax_at(cursor(marked)).contains_word(word) is known


@pytest.mark.parametrize(
    ("language", "line", "code"),
    [
        ("python", "  x = 1  # one", "x = 1"),
        ("python", "x = '# no'", "x = '# no'"),
        ("c", "a /* b */ + c /* d */", "a  + c"),
        ("c", "// all", ""),
    ],
)
def test_code_of_a_line(language: str, line: str, code: str) -> None:
    """Comments are removed."""
    assert syntax_at(cursor("▮", language)).without_comments(line) == code


def test_replaced_text_is_removed_before_the_check() -> None:
    """The errors are those of the file with the completion."""
    here = syntax_at(cursor("f(▮)\n"))
    assert here.error_count(Completion()) == 0
    assert here.error_count(Completion("a)", 0)) > 0
    assert here.error_count(Completion("a)", 1)) == 0


@pytest.mark.parametrize(
    ("language", "marked", "shows"),
    [
        ("python", "▮", False),
        ("python", "a\n\nb▮\nc", False),
        ("python", "a\n  b▮", True),
        ("python", "if a:\n  b\n▮", True),
        ("python", "▮\n\tb", True),
        ("python", "a\n   \n▮", False),
    ],
)
def test_indentation_is_shown_by_lines_with_text(language: str, marked: str, shows: bool) -> None:
    """Blank lines do not show it."""
    assert syntax_at(cursor(marked, language)).has_indented_lines is shows


@pytest.mark.parametrize(
    ("language", "line", "opens", "precedes"),
    [
        ("python", "if a:  # so", True, False),
        ("python", "x = 1", False, False),
        ("python", "@once", False, True),
        ("python", "  # so", False, True),
        ("python", "", False, False),
        ("makefile", "all:", True, False),
        ("makefile", "\tif a; then", False, False),
        ("makefile", "\tdo:", False, False),
    ],
)
def test_lines_that_belong_to_the_next_line(language: str, line: str, opens: bool, precedes: bool) -> None:
    """The header of a block, a decorator, a comment; a line of a recipe is shell code."""
    here = syntax_at(cursor("▮", language))
    assert (here.opens_block(line), here.precedes_statement(line)) == (opens, precedes)


@pytest.mark.parametrize(
    ("language", "kind", "line"),
    [
        ("cpp", "opens_unindented_block", "namespace a {"),
        ("c", "is_label", "case 1:"),
        ("go", "closes_block", "}"),
        ("python", "is_branch", "else:"),
        ("python", "is_block_only", "return 1"),
        ("javascript", "is_continuation", ".then(f)"),
    ],
)
def test_kind_of_a_line_is_independent_of_its_indentation(language: str, kind: str, line: str) -> None:
    """An assignment of the same text is of no such kind."""
    here = syntax_at(cursor("▮", language))
    assert getattr(here, kind)(line)
    assert getattr(here, kind)("    " + line)
    assert not getattr(here, kind)("x = " + line)


@pytest.mark.parametrize(
    ("language", "marked", "lacks"),
    [
        ("python", "f(▮)", False),
        ("python", "f▮)", True),
        ("python", "f▮ )", True),
        ("python", "f▮", False),
        ("python", "f(g(▮)", False),
        ("python", "f([▮]", False),
        ("python", "[f(▮]", True),
        ("python", "f(a)▮)", True),
        ("python", "f(\n    a▮)", False),
        ("python", "f(')', a▮)", False),
        ("python", "x = 'a▮)'", False),
        ("python", "x = 'a▮)", True),
        ("python", "# so (it is▮)", False),
        ("python", "# so it is▮)", True),
        ("markdown", "So (it\nis▮)", False),
        ("markdown", "So (it\n\nis▮)", True),
        ("markdown", "So (it) is▮)", True),
    ],
)
def test_closing_bracket_after_the_cursor_has_an_opening_one(language: str, marked: str, lacks: bool) -> None:
    """It is before the cursor, in prose in the same paragraph; a bracket in a string needs none."""
    assert syntax_at(cursor(marked, language)).rest_lacks_opener is lacks


@pytest.mark.parametrize(
    ("language", "marked", "column"),
    [
        ("python", "f(a,\n  b▮", 0),
        ("python", "  f(a,\n    b▮", 2),
        ("python", "x = [a,\n  b▮", 0),
        ("python", "f(g(a,\n    b),\n  c▮", 0),
        ("python", "f(\n    a▮", None),
        ("python", "f(a,\n\n  b▮", None),
        ("python", "x = a +\n  b▮", 0),
        ("python", "x = a +\nb▮", None),
        ("python", "x = a\n  b▮", None),
        ("python", "f(a)\n  b▮", None),
        ("python", "if a:\n    b▮", None),
        ("python", "class A\n    where▮", None),
        ("java", "class A\n    extends B▮", 0),
        ("java", "class A\n    extends B\n    implements C▮", 0),
        ("java", "class A\nextends B▮", None),
        ("java", "class A extends B\n{▮", None),
        ("cpp", "A::A(int b)\n    : b(b)▮", 0),
        ("kotlin", "class A :\n    B▮", 0),
        ("lua", "f(function()\n  a▮", None),
        ("javascript", "f(() => {\n  a▮", None),
        ("javascript", "x = {a,\n  b▮", 0),
        ("markdown", "a (b,\n  c▮", None),
        ("python", "▮a", None),
    ],
)
def test_statement_that_a_line_continues(language: str, marked: str, column: int | None) -> None:
    """It is on a line above, without a blank line between, and further left."""
    here = syntax_at(cursor(marked, language))
    assert here.continued_indent(here.head) == column


@pytest.mark.parametrize(
    ("language", "line", "levels"),
    [
        ("yaml", "- b: 1", [2]),
        ("yaml", "  -   b", [6]),
        ("yaml", "-b", []),
        ("yaml", "- # why", []),
        ("yaml", "b: - c", []),
        ("python", "- b", []),
    ],
)
def test_keys_of_a_list_item_start_behind_its_dash(language: str, line: str, levels: list[int]) -> None:
    """Only YAML has such items."""
    assert syntax_at(cursor("▮", language)).list_item_levels(line) == levels


@pytest.mark.parametrize(
    ("lines", "lacks"), [(1, False), (MAX_PARAGRAPH_LINES, False), (MAX_PARAGRAPH_LINES + 1, True)]
)
def test_opening_bracket_of_prose_is_in_near_lines(lines: int, lacks: bool) -> None:
    """One that is further above is not searched."""
    above = "So (it is\n" + "and\n" * (lines - 1)
    assert syntax_at(cursor(f"{above}ends▮)", "markdown")).rest_lacks_opener is lacks


@pytest.mark.parametrize(("arguments", "column"), [(1, 2), (10, 2), (11, 2), (12, 3)])
def test_statement_starts_with_the_line_that_opens_its_brackets(arguments: int, column: int) -> None:
    """It is searched in the twelve lines above."""
    lines = ["  x = f(", *["   a,"] * arguments, "   b)▮"]
    assert syntax_at(cursor("\n".join(lines))).statement_indent == column
