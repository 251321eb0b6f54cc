"""A manual request between other text: a complete answer is placed at levels that the file accepts."""

import pytest

from midfill.core.completion import Completion
from midfill.core.model import AnswerLimits
from midfill.core.shape import shape
from tests.core.shape.places import applied, cursor

MANUAL = AnswerLimits(manual=True)


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


def test_answer_that_breaks_the_file_at_every_level_is_not_shown() -> None:
    """A part of it is unchanged, too."""
    marked = "def f(a):\n    return [a▮, 1]\n"
    assert shape("))\n}}\n((", cursor(marked), MANUAL) == Completion()
