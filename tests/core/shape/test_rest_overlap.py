"""The overlap of an answer with the rest of the cursor's line."""

import pytest

from midfill.core.shape.cursor_syntax import syntax_at
from midfill.core.shape.rest_overlap import repeats_rest, rest_start
from tests.core.shape.places import cursor


@pytest.mark.parametrize(
    ("language", "marked", "text", "start"),
    [
        pytest.param("python", "f(▮, last)", "a, last)", 1, id="all of the rest"),
        pytest.param("python", "f(▮, last)", "a ,last )", 2, id="with other blanks"),
        pytest.param("python", "f(▮, last)", "a\n  b, last)", 5, id="at the end of a later line"),
        pytest.param("python", "f(▮, last)", "a\n  b\n  c, last)", 9, id="at the end of a third line"),
        pytest.param("python", "f(▮, last)", "a\n  b\n  c, last", 9, id="a part at the end of a third line"),
        pytest.param("python", "f(▮, last)", "a, last)\nb", 1, id="at the end of an earlier line"),
        pytest.param("python", "f(▮, last)", "a, last", 1, id="five characters of it"),
        pytest.param("python", "f(▮, last)", "a, las", None, id="not four"),
        pytest.param("python", "f(▮, last)", "a\n  b, last", 5, id="a part at the end of the last line"),
        pytest.param("python", "f(▮, last)", "a, last\nb", None, id="not of an earlier line"),
        pytest.param("python", "x = a▮;", "b;", 1, id="closers alone"),
        pytest.param("python", "x = a▮;", "b;\nc;", 1, id="on the first line"),
        pytest.param("python", "x = a▮;", "b\nc;", None, id="only on the first line"),
        pytest.param("python", "x = a▮;", "b", None, id="not there"),
        pytest.param("python", "x = ▮ ; ,", "a;,", 1, id="closers with blanks"),
        pytest.param("python", "f(▮)", "a)", None, id="no bracket alone"),
        pytest.param("python", "x = [▮],", "a],", None, id="nor with other closers"),
        pytest.param("python", "x = '▮',", "a',", 1, id="but the quote of a string"),
        pytest.param("html", "<a ▮>", "b>", 1, id="and that of a tag"),
        pytest.param("python", "f(▮)[0]", "a)[0]", 1, id="a bracket that the answer has not opened"),
        pytest.param("python", "f(▮)[0]", "g(a)[0]", None, id="not one that it has opened"),
        pytest.param("python", "f(▮)[01]", "g(a)[01]", 3, id="unless the rest has five characters"),
        pytest.param("python", "f▮)[0]", "(a)[0]", 2, id="or only the answer opens that bracket"),
        pytest.param("python", "(▮) + longer", "(a) + longer", 2, id="a long rest"),
        pytest.param("python", "(▮) + longer", "a) + long", 1, id="a part from such a bracket on"),
        pytest.param("python", "(▮) + longer", "(a) + long", None, id="not from one of its own"),
        pytest.param("python", "x = [f(▮))))))", "a)))))", None, id="closers are no part of the rest"),
    ],
)
def test_start_of_a_repetition_of_the_rest(language: str, marked: str, text: str, start: int | None) -> None:
    """It is where the answer could end, because the rest follows."""
    assert rest_start(text, syntax_at(cursor(marked, language))) == start


@pytest.mark.parametrize(
    ("marked", "text", "repeats"),
    [
        ("f(▮, a)\nb()\n", "x, a)", True),
        ("f(▮, a)\nb()\n", " , a)  \n", True),
        ("f(▮, a)\nb()\n", "x, a)\nb()\n", True),
        ("f(▮, a)\nb()\n", "x, a)\nb", True),
        ("f(▮, a)\nb()\n", "x, a)\nc", False),
        ("▮  f(a)\nb()\n", "c()\n  f(a)", True),
        ("x = ▮\nb()\n", "1\nb()", False),
    ],
)
def test_repetition_of_the_rest_and_the_lines_below(marked: str, text: str, repeats: bool) -> None:
    """No other line follows the repeated rest; without a rest there is nothing to repeat."""
    assert repeats_rest(text, syntax_at(cursor(marked))) is repeats
