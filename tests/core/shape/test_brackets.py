"""The brackets that a text opens and closes, read in its context at the cursor."""

import pytest

from midfill.core.shape.brackets import BracketBalance, balance, bracket_depths, rows_in_strings
from midfill.core.shape.cursor_syntax import syntax_at
from tests.core.shape.places import cursor


@pytest.mark.parametrize(
    ("marked", "text", "found"),
    [
        ("x = ▮", "f(a[1])", BracketBalance((), 0, ends_in_string=False)),
        ("x = ▮", "f(a[", BracketBalance((), 2, ends_in_string=False)),
        ("x = f(▮", "a)", BracketBalance((1,), 0, ends_in_string=False)),
        ("x = f(▮", "a) + [b])]", BracketBalance((1, 8, 9), 0, ends_in_string=False)),
        ("x = ▮", "(]", BracketBalance((1,), 1, ends_in_string=False)),
        ("x = ▮", "'a(", BracketBalance((), 0, ends_in_string=True)),
        ("x = ▮", "'a(' + (", BracketBalance((), 1, ends_in_string=False)),
        ("x = '▮", "a' + f(b)", BracketBalance((1,), 0, ends_in_string=False)),
        ("x = '▮", "a", BracketBalance((), 0, ends_in_string=True)),
        ('x = """\n▮', 'a (\n"""\ny', BracketBalance((), 1, ends_in_string=False)),
        ("# one (▮", "two)", BracketBalance((3,), 0, ends_in_string=False)),
        ("x = ''▮", "'a\n(", BracketBalance((), 0, ends_in_string=True)),
        ("# ''▮", "'a\n(", BracketBalance((), 1, ends_in_string=False)),
        ('x = """\na""" + f(▮', "b)", BracketBalance((1,), 0, ends_in_string=False)),
        ('x = ""▮', '"Doc."""', BracketBalance((), 0, ends_in_string=False)),
        ("x = ''▮", "'Doc.'''", BracketBalance((), 0, ends_in_string=False)),
    ],
)
def test_balance_of_a_text(marked: str, text: str, found: BracketBalance) -> None:
    """It has unmatched closers, open brackets, and an unterminated string."""
    assert balance(text, syntax_at(cursor(marked))) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f(\n1,\n)\ng()", [0, 1, 1, 0]),
        ("f(\n[\n1\n]\n)", [0, 1, 2, 2, 1]),
        ("f(1)\n)\ng(\n1", [0, 0, 0, 1]),
        ("a\n(b)\n(\nc", [0, 0, 0, 1]),
        (")\n)\n(\n1", [0, 0, 0, 1]),
    ],
)
def test_bracket_depth_of_each_line(text: str, expected: list[int]) -> None:
    """Only brackets of the text itself count; an unmatched closer opens nothing."""
    assert bracket_depths(text.split("\n"), syntax_at(cursor("▮"))) == expected


@pytest.mark.parametrize(
    ("language", "marked", "text", "rows"),
    [
        ("python", "▮", "x = '''\na\nb\n'''\ny", {1, 2, 3}),
        ("python", "▮", "x = 'a'\ny = 'b'", set()),
        ("python", "▮", "a\nx = '''b\nc''' + '''d\ne'''", {2, 3}),
        ("python", "▮", "'''a\nb'''\nc", {1}),
        ("python", "x = '''▮", "a\nb'''\nc", set()),
        ("ruby", "▮", "x = <<A\na\nA\ny", {1, 2}),
    ],
)
def test_lines_that_start_in_a_string(language: str, marked: str, text: str, rows: set[int]) -> None:
    """The quote of a string that the text starts; the string around the cursor does not count."""
    assert rows_in_strings(text.split("\n"), syntax_at(cursor(marked, language))) == rows
