"""Text that an answer shares with the lines below the cursor."""

import pytest

from midfill.core.shape.below_overlap import repetition_cut, without_repeated_tail
from midfill.core.shape.cursor_syntax import syntax_at
from midfill.core.shape.cut import Cut
from midfill.core.shape.lines import is_distinctive
from tests.core.shape.places import cursor

LOOP = "function f() {\n  while (ok) {\n    ▮\n  }\n  return total;\n}\n"
HANDLER = "  later(() => {▮});\n  this.draw();\n  stop();\n"
BODY = "def f():\n    ▮\n    return total\n\nprint(f())\n"


@pytest.mark.parametrize(
    ("language", "marked", "text", "cut"),
    [
        pytest.param("python", "▮\n", "a()\nb()", None, id="nothing is below"),
        pytest.param("python", BODY, "x = 1\n    return total", Cut(1, 2), id="one line that says enough"),
        pytest.param(
            "python", BODY, "x = 1\n        return total", None, id="in another column it may be new"
        ),
        pytest.param(
            "python", BODY, "x = 1\n  return total\n\nprint(f())", Cut(1, 4), id="two lines in another column"
        ),
        pytest.param("python", BODY, "x = 1\n  return total\nprint(g())", None, id="the second line differs"),
        pytest.param("python", BODY, "x = 1\n    return total\nprint(g())", Cut(1, 2), id="whatever follows"),
        pytest.param("python", BODY, "return total", None, id="the first line may be equal"),
        pytest.param("python", BODY, "\n    return total", None, id="the first line behind blank ones, too"),
        pytest.param(
            "python", BODY, "return total\n\nprint(f())", Cut(0, 3), id="unless the next one is equal as well"
        ),
        pytest.param("python", "▮\nif ok:\n    a()\n", "x = 1\nif ok:\n    b()", None, id="a header"),
        pytest.param("python", "▮\nif ok:\n    a()\n", "x = 1\nif ok:\n    a()", Cut(1, 3), id="a block"),
        pytest.param(
            "python", "▮\n@once\ndef f(): ...\n", "x = 1\n@once\ndef g(): ...", None, id="a decorator"
        ),
        pytest.param("python", "▮\nx = (\n    1)\n", "a()\nx = (\n    2)", None, id="an unfinished line"),
        pytest.param("javascript", LOOP, "a();\n  }\n  return total;", Cut(1, 3), id="a bracket of the file"),
        pytest.param(
            "javascript", LOOP, "a();\n  }\n  go(total);", None, id="another line below the bracket"
        ),
        pytest.param("javascript", LOOP, "a();\n}\nreturn total;", Cut(1, 3), id="both in another column"),
        pytest.param(
            "javascript",
            LOOP,
            "if (a) {\n    b();\n    }\n    return total;",
            None,
            id="a bracket of the answer",
        ),
        pytest.param(
            "javascript", HANDLER, "\n    x();\n    this.draw();\n", None, id="inside the block of the rest"
        ),
        pytest.param(
            "javascript", HANDLER, "\n    x();\n  });\n  this.draw();", Cut(3, 4), id="behind that block"
        ),
        pytest.param(
            "python", "x = ▮\nlater = 2\n", "1\nlater = 2", Cut(1, 2), id="behind the cursor's line"
        ),
        pytest.param(
            "python", "x = ▮\nlater\n", "later\nlater", Cut(1, 2), id="which itself is none of them"
        ),
        pytest.param(
            "python", "x = ▮\nlater\nmore()\n", "later\nmore()", None, id="nor with the line below it"
        ),
        pytest.param(
            "javascript",
            HANDLER.replace("})", " })"),
            "\n    x();\n    this.draw();\n    stop();",
            None,
            id="lines inside the block of the rest, which starts with a blank",
        ),
        pytest.param(
            "javascript",
            HANDLER,
            "\n    x();\n    this.draw();\n    stop();\n  });",
            None,
            id="lines inside that block, whose end follows",
        ),
        pytest.param(
            "javascript", HANDLER, "\n    x();\n  this.draw();", Cut(2, 3), id="level with that block"
        ),
    ],
)
def test_start_of_a_repetition_of_the_lines_below(
    language: str, marked: str, text: str, cut: Cut | None
) -> None:
    """It is one distinctive line in the same column, or two lines."""
    assert repetition_cut(text.split("\n"), syntax_at(cursor(marked, language))) == cut


@pytest.mark.parametrize(
    ("marked", "text", "kept"),
    [
        pytest.param(BODY, "x = 1\n    return to", 1, id="half a line in the same column"),
        pytest.param(BODY, "x = 1\n    re", 1, id="two letters of it"),
        pytest.param(BODY, "x = 1\n    r", 2, id="one letter may begin anything"),
        pytest.param(BODY, "x = 1\n        return to", 2, id="half a line in another column"),
        pytest.param(BODY, "x = 1\n        return total", 1, id="a whole line in another column"),
        pytest.param(BODY, "if x:\n        return total", 2, id="which is the body of the line above"),
        pytest.param(BODY, "if x:\n\n        return total", 3, id="with a blank line between them"),
        pytest.param(BODY, "x = 1\n        return total\n\npr", 1, id="a whole line and half of the next"),
        pytest.param(BODY, "x = 1\n    return sum\n\nprint(f())", 4, id="only the second line is equal"),
        pytest.param(BODY, "return tot", 0, id="from the first line on"),
        pytest.param("x = ▮\nlater\n", "later", 1, id="the end of the cursor's line is none"),
        pytest.param("▮\n@once\ndef f(): ...\n", "x = 1\n@on", 2, id="half a decorator may be another"),
        pytest.param("▮\n@once\ndef f(): ...\n", "x = 1\n@once", 1, id="a whole one is the same"),
        pytest.param("if a:\n    b(\n    ▮\n    )\n", "c,\n    )", 1, id="a bracket in the same column"),
        pytest.param("if a:\n    b(\n    ▮\n    )\n", "c,\n)", 2, id="a bracket in another column"),
        pytest.param("▮\ny = 1\n", "x = 1\ny = 1\nz = 1", 3, id="more lines than there are below"),
        pytest.param("▮\n\ny = 1\n", "x = 1\n\ny =", 2, id="behind a blank line"),
    ],
)
def test_repetition_at_the_end_of_an_answer(marked: str, text: str, kept: int) -> None:
    """Even a partial line, unless it is ambiguous."""
    lines = text.split("\n")
    assert without_repeated_tail(lines, syntax_at(cursor(marked))) == lines[:kept]


@pytest.mark.parametrize(
    ("line", "distinctive"),
    [("abcd", True), ("  a_b1 = ", True), ("abc", False), ("a, b, c)", False), ("});", False)],
)
def test_line_with_four_letters_is_recognised_elsewhere(line: str, distinctive: bool) -> None:
    """Digits and underscores count, other characters do not."""
    assert is_distinctive(line) is distinctive
