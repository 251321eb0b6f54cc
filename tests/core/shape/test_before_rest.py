"""A manual request between other text: a complete answer is placed at levels that the file accepts."""

import pytest

from midfill.core.completion import Completion
from midfill.core.model import AnswerLimits
from midfill.core.shape import shape
from midfill.core.shape.before_rest import reindented_before_rest
from midfill.core.shape.cursor_syntax import syntax_at
from tests.core.shape.places import applied, cursor

MANUAL = AnswerLimits(manual=True)
IN_BLOCK = "if a:\n    b()\n    ▮c()\n"


@pytest.mark.parametrize(
    ("marked", "raw", "file"),
    [
        pytest.param(
            "def area(w, h):\n ▮return w * h\n",
            "   if w < 0:\n        return 0\n",
            "def area(w, h):\n    if w < 0:\n        return 0\n    return w * h\n",
            id="the rest is on its own line, at the level of the block",
        ),
        pytest.param(
            "def area(w, h):\n    a = w\n   ▮return a * h\n",
            "   if w < 0:\n        return 0\n",
            "def area(w, h):\n    a = w\n    if w < 0:\n        return 0\n    return a * h\n",
            id="three blanks too many",
        ),
        pytest.param(
            "for row in ro▮    use(row)\n",
            "ws:\n",
            "for row in rows:\n    use(row)\n",
            id="a header that the rest is the body of",
        ),
        pytest.param(
            "total = ▮lt = 3\nuse(result)\n",
            "1\nresu",
            "total = 1\nresult = 3\nuse(result)\n",
            id="a word is split between the answer and the rest",
        ),
        pytest.param(
            "    count▮\n        use(count)\n",
            " = 0\n    while count < 9:",
            "    count = 0\n    while count < 9:\n        use(count)\n",
            id="the body of the header is below",
        ),
        pytest.param(
            "i▮rings:\n    use(s)\n",
            "f not strings:\n    stop()\nfor s in st",
            "if not strings:\n    stop()\nfor s in strings:\n    use(s)\n",
            id="a line within the answer ends like the rest by chance",
        ),
    ],
)
def test_whole_answer_is_placed_at_a_valid_level(marked: str, raw: str, file: str) -> None:
    """Only blanks change, and only where the file is invalid Python otherwise."""
    assert applied(marked, shape(raw, cursor(marked), MANUAL)) == file


@pytest.mark.parametrize(
    ("marked", "raw"),
    [
        ("def f():\n    a = g(▮, 2)\n", "1"),
        ("def f():\n  ▮  return 1\n", "  first()\n  "),
        ("if a:\n    b()\n▮c()\n", "d()\n"),
        ("if a:\n  b▮()\n", "egin()\n  end"),
    ],
)
def test_valid_answer_is_unchanged(marked: str, raw: str) -> None:
    """The answer is unchanged, byte for byte."""
    before, _, after = marked.partition("▮")
    assert applied(marked, shape(raw, cursor(marked), MANUAL)) == before + raw + after


@pytest.mark.parametrize(
    ("marked", "text", "result"),
    [
        pytest.param(IN_BLOCK, "d()\n", "d()\n    ", id="the rest stays in its block"),
        pytest.param(IN_BLOCK, "d()\ne()\n", "d()\n    e()\n    ", id="each line and the rest"),
        pytest.param(IN_BLOCK, "d()\n  e()\n    ", "d()\n    e()\n    ", id="a line too far left"),
        pytest.param(IN_BLOCK, "if d:\n    e()\n", "if d:\n        e()\n    ", id="a block before the rest"),
        pytest.param(IN_BLOCK, "if d:\n", "if d:\n        ", id="the rest is the body"),
        pytest.param("▮b()\n", "if a:\n", "if a:\n    ", id="at the margin, too"),
        pytest.param("▮b()\n", "if a:\n    c()\n", "if a:\n    c()\n", id="sound as it is"),
        pytest.param("def f():\n▮    return 1\n", "a()\n", "    a()\n", id="the rest is indented"),
        pytest.param(
            "def f():\n▮    return 1\n",
            "if a:\n    b()\n",
            "    if a:\n        b()\n",
            id="all lines like it",
        ),
        pytest.param(
            "if a:\n    x = 1; ▮b()\n", "c()\n  d()\n    ", "c()\n    d()\n    ", id="within a line"
        ),
        pytest.param(
            "if a:\n    x = 1; ▮b()\n", "c()\n        d()\n    ", "c()\n    d()\n    ", id="too deep"
        ),
        pytest.param("for a in b▮c(a)\n", "s:\n", "s:\n    ", id="the end of a header"),
        pytest.param("if a:\n    f(▮)\n", "\n  c", "\n  c", id="not before a bracket of its own line"),
        pytest.param(
            "if a:\n    x = ▮ + b\n", "1; c()\n  d(), 3", "1; c()\n    d(), 3", id="between operands"
        ),
        pytest.param("if a:\n    x = '▮b'\n", "c\n        d()\n", "c\n        d()\n", id="not in a string"),
        pytest.param("if a:\n    # so ▮b\n", "x\n        y()\n", "x\n        y()\n", id="not in a comment"),
        pytest.param("if a:\n    f(▮)\n", "c\n  d()\n", "c\n  d()\n", id="not before a bracket"),
        pytest.param(
            "if a:\n    x = 1; ▮" + "b" * 2_000, "c()\n  d()\n", "c()\n  d()\n", id="not before a long rest"
        ),
    ],
)
def test_lines_before_the_rest_move_where_the_file_is_invalid(marked: str, text: str, result: str) -> None:
    """The first move that leaves no error is taken."""
    assert reindented_before_rest(text, text, syntax_at(cursor(marked))) == result


def test_answer_that_breaks_the_file_at_every_level_is_not_shown() -> None:
    """A part of it is unchanged, too."""
    marked = "def f(a):\n    return [a▮, 1]\n"
    assert shape("))\n}}\n((", cursor(marked), MANUAL) == Completion()
