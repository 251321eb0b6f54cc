"""The ends of an answer: echoes, closers, the lines below, and the piece that it starts."""

import pytest

from midfill.core.model import AnswerLimits
from midfill.core.shape import shape, trim
from midfill.core.shape.closers import without_extra_closers, without_stray
from midfill.core.shape.cursor_syntax import syntax_at
from midfill.core.shape.echo import Echo, echo
from midfill.core.shape.indent import indent_step, indented
from midfill.core.shape.levels import legal_columns, step_width
from tests.core.shape.places import cursor


@pytest.mark.parametrize(
    ("marked", "text", "found"),
    [
        ("total = ▮", "total = 1", Echo(8, undecided=False)),
        ("total = ▮", "total  =1", Echo(8, undecided=False)),
        ("total =  ▮", "total =  1", Echo(9, undecided=False)),
        ("total = ▮", "total =  1", Echo(8, undecided=False)),
        ("total = ▮", "total =\n1", Echo(7, undecided=False)),
        ("total = ▮", "tot", Echo(0, undecided=True)),
        ("base = 1\nvalue = base\n▮", "value = baseline", Echo(0, undecided=False)),
        ("base = 1\nvalue = base\n▮", "value = base", Echo(12, undecided=True)),
        ("value = base\n    ▮", "value = base\n    x", Echo(17, undecided=False)),
        ("value = base\n    ▮", "value = base  # so", Echo(0, undecided=False)),
        ("first = 1\n\n\n\nlast = 2\n▮", "first = 1\nlast = 2\nx", Echo(19, undecided=False)),
        ("first = 1\n\n\n\n\nlast = 2\n▮", "first = 1\nlast = 2\nx", Echo(0, undecided=False)),
        ("total = ▮", "other", Echo(0, undecided=False)),
        ("ab▮", "ab + 1", Echo(0, undecided=False)),
        ("abc▮", "abc + 1", Echo(3, undecided=False)),
        ("one = 11\ntwo = ▮", "one = 11\ntwo = 2", Echo(15, undecided=False)),
        ("x = 1\n▮", "x = 1\ny = 2", Echo(0, undecided=False)),
        ("----▮", "-------", Echo(0, undecided=False)),
        ("# --▮", "# -----", Echo(4, undecided=False)),
        ("long = 1\n▮", "long = 1\ny = 2", Echo(0, undecided=False)),
        ("longer = 1\n▮", "longer = 1\ny = 2", Echo(11, undecided=False)),
        ("a=1\nb=2\n▮", "a=1\nb=2\nc=3", Echo(8, undecided=False)),
    ],
)
def test_echo_repeats_the_lines_before(marked: str, text: str, found: Echo) -> None:
    """Except for whitespace; a short line is no echo, and a streaming line may still become one."""
    assert echo(text, syntax_at(cursor(marked))) == found


@pytest.mark.parametrize(
    ("marked", "text", "kept"),
    [
        ("# see (one▮", " two)", " two)"),
        ("# see one▮", " two)", " two"),
        ("# see one▮", " two).", " two"),
        ("# see one▮", " (two)", " (two)"),
        ("# so be it▮", " :)", " :)"),
        ("# see one▮", " two]}", " two"),
        ("# see one▮", " a) b", " a) b"),
    ],
)
def test_unmatched_closers_in_a_comment(marked: str, text: str, kept: str) -> None:
    """In a comment brackets may be missing, but a final unmatched one is removed; a smiley is no bracket."""
    assert without_stray(text, syntax_at(cursor(marked))) == kept


@pytest.mark.parametrize(
    ("marked", "text", "ways"),
    [
        ("f(a▮\n", ")", [")"]),
        ("f([a▮\n", "])", ["])"]),
        ("f([a▮\n", ")]", [")]", ")", ""]),
        ("f(a▮\n)\n", ")", [")", ""]),
        ("f(a▮\n", "))", ["))", ")", ""]),
        ("x = ▮\n    y\n", "{}", ["{}", "{"]),
        ("x = ▮\ny\n", "{}", ["{}"]),
        ("x = ▮\n    y\n", "a { }", ["a { }", "a {"]),
        ("x = ▮\n    y\n", "a", ["a"]),
        ("f(a▮\n", " b) )", [" b) )", " b)", " b"]),
        ("f([a▮\n", "]", ["]"]),
        ("f([1], a▮\n", ")", [")"]),
        ("# so▮\n", " it is  ", [" it is"]),
    ],
)
def test_additional_closers_are_removed(marked: str, text: str, ways: list[str]) -> None:
    """They stay if the cursor's line needs exactly these, and no line below has them."""
    assert without_extra_closers(text, syntax_at(cursor(marked))) == ways


@pytest.mark.parametrize(
    ("marked", "raw", "text"),
    [
        ("f(a▮\n", "))", ")"),
        ("f(g(a▮\n", "))", "))"),
        ("x = [f(a▮\n]\n", ")]", ")"),
        ("def f():\n    ▮\n    return total\n", "total = 1\n    return total", "total = 1"),
        ("def f():\n    ▮\n    return total\n", "total = 1\n    return to", "total = 1"),
        ("def f():\n    ▮\n    return total\n", "total = 1\n    return other", "total = 1"),
        ("f(▮)\n", "a, b))", "a, b"),
        ("x = f(▮)[0]\n", "a)[0]", "a"),
        ("x = f(▮, last)\n", "first, last)", "first"),
        ("x = f(▮, c)\n", "a, b, c)", "a, b"),
    ],
)
def test_text_after_the_cursor_is_not_repeated(marked: str, raw: str, text: str) -> None:
    """This applies to closers, the rest of the line, and the next line or a part of it."""
    assert shape(raw, cursor(marked), AnswerLimits(scope="statement")).text == text


@pytest.mark.parametrize(
    ("marked", "text", "shown"),
    [
        ("▮\n", "x = 1\ny = 2\n", "x = 1"),
        ("▮\n", "x = (\n    1\n)\ny = 2\n", "x = (\n    1\n)"),
        ("▮\n", "try:\n    a()\nexcept E:\n    b()\nc()\n", "try:\n    a()\nexcept E:\n    b()"),
        ("if a:\n    ▮\nelse:\n    c()\n", "b()\n    d()\n", "b()\n    d()"),
        ("def f():\n    ▮\n\ndef g(): ...\n", "a()\n\n    b()\n\ndef h(): ...\n", "a()\n\n    b()"),
        ("▮\n", "# one\n# two\nx = 1\ny = 2\n", "# one\n# two\nx = 1"),
        ("▮\n", "# one\n\nx = 1\n", "# one"),
        ("▮\n", "x = '''\ny\n'''\nz = 1\n", "x = '''\ny\n'''"),
    ],
)
def test_piece_is_a_statement_or_its_block(marked: str, text: str, shown: str) -> None:
    """It includes comments, branches and blank lines."""
    assert trim(text, cursor(marked), AnswerLimits(scope="block")).text == shown


@pytest.mark.parametrize(
    ("language", "marked", "whitespace", "columns"),
    [
        ("python", "▮", "    ", 4),
        ("python", "if a:\n  b()\n▮", "  ", 2),
        ("python", "if a:\n    b()\n▮", "    ", 4),
        ("go", "if a {\n\tb()\n▮", "\t", 8),
        ("makefile", "all:\n▮", "\t", 8),
        ("typescript", "if (a) {\n  b();\n  if (c) {\n    d();\n▮", "  ", 2),
        ("python", "if a:\n   b()\n   c()\n▮", "  ", 3),
    ],
)
def test_indentation_step_of_the_document(language: str, marked: str, whitespace: str, columns: int) -> None:
    """It is a tab if the document has tabs, and four spaces if it has no indentation."""
    here = syntax_at(cursor(marked, language))
    assert (indent_step(here), step_width(here)) == (whitespace, columns)


@pytest.mark.parametrize(
    ("marked", "columns"),
    [
        ("▮", {0}),
        ("if a:\n    ▮", {0, 4}),
        ("if a:\n    b()\n    ▮", {0, 4}),
        ("if a:\n    if b:\n        c()\n▮", {0, 4, 8}),
        ("if a:\n    pass\nb()\n▮", {0}),
    ],
)
def test_line_starts_at_an_open_level(marked: str, columns: set[int]) -> None:
    """Right after the header of a block, the line may be one step deeper."""
    assert legal_columns(syntax_at(cursor(marked))) == columns


@pytest.mark.parametrize(
    ("above", "written", "text"),
    [
        ("\ta\n" * 3, "if (b) {\n    c();", "if (b) {\n\tc();"),
        ("\ta\n" * 3, "if (b) {\n  c();\n      d();", "if (b) {\n\tc();\n\t\t\td();"),
        ("\ta\n" * 3, "if (b) {\n    c();\n      d();", "if (b) {\n\tc();\n\t  d();"),
        ("\ta\n" * 2, "if (b) {\n    c();", "if (b) {\n    c();"),
        ("    a\n" * 3, "if (b) {\n\tc();", "if (b) {\n    c();"),
        ("    a\n" * 2, "if (b) {\n\tc();", "if (b) {\n\tc();"),
    ],
)
def test_tabs_or_spaces_of_the_document(above: str, written: str, text: str) -> None:
    """If at least three of its lines show it."""
    here = syntax_at(cursor(f"{above}▮\n", "javascript"))
    assert indented(written, here) == text
