"""The rule of Python's indentation, compared with Python itself."""

import random
import sysconfig
import warnings
from pathlib import Path

import pytest

from midfill.core.syntax import language
from midfill.core.syntax.errors import error_count
from midfill.core.syntax.indentation import indentation_errors

PYTHON = language("python")
LIBRARY = Path(sysconfig.get_path("stdlib"))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a = 1\nb = 2\n", 0),
        ("def f():\n    return 1\n", 0),
        ("def f():\nreturn 1\n", 1),
        ("a = 1\n    b = 2\n", 1),
        ("if a:\n        b\n    c\n", 1),
        ("if a:\n    b\n     c\n", 1),
        ("f(\n  1,\n        2)\nx = 1\n", 0),
        ('x = """\n  a\n      b\n"""\ny = 1\n', 0),
        ("a = 1 + \\\n        2\nb = 1\n", 0),
        ("if a:\n# why\n    b\n", 0),
        ("if a:\n    @b\ndef c(): pass\n", 1),
        ("    a = 1\nb = 2\n", 0),
        ("def f(\n    a,\n):\n    return a\n", 0),
        ("x = {\n  1: 2,\n}\nif x:\n\tpass\n", 0),
        ("x:\ny = 1\n", 0),
        ('"""a\n  b\n"""\nx = 1\n', 0),
        ("a = ''\n  b = ''\nc = ''\n", 1),
        ("if a:\n    if b:\nc\n    d\n", 2),
        ("a\n  b\nc\n  d\n", 2),
        ("if a:\n    @b\n    def c(): pass\n", 0),
        ("a = 1\n\nif b:\nc\n", 1),
        ("if a:\n    b\n  c = (\n", 1),
        ("if a and \\\n        b:\nc\n", 1),
        ("if a:\n    f(\n1)\n    b\n", 0),
        ("if a:\n    b = ')'\n    c\n", 0),
        ("a)\n  b\n", 1),
        ("if a:  # b\nc\n", 1),
        ("if a: b\nc\n", 0),
        ("async def f():\nb\n", 1),
        ("if a:\n\tb\n        c\n", 0),
        ("if a:\n  b\n\f  c\n", 0),
    ],
)
def test_lines_that_python_refuses(text: str, count: int) -> None:
    """A body that is not indented, a level that does not exist, and a line too deep are counted."""
    assert indentation_errors(text, PYTHON) == count


def test_invalid_indentation_counts_as_errors() -> None:
    """The grammar accepts any indentation."""
    assert error_count("def f():\nreturn 1\n", PYTHON) == 1


def refusal(text: str) -> SyntaxError | None:
    """Return why Python rejects `text`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "shifted.py", "exec")
    except SyntaxError as error:
        return error
    return None


def agrees(text: str) -> bool:
    """Return whether the rule and Python judge a whole file alike.

    Python reports one error only: if it is of another kind, the rule may also be right.
    """
    found = indentation_errors("pass\n" + text, PYTHON)  # The first line of a file is not indented.
    error = refusal(text)
    return error is not None if found else not isinstance(error, IndentationError)


def shifted(text: str, rng: random.Random) -> str:
    """Return `text` with one to three lines moved by one to four blanks."""
    lines = text.split("\n")
    at, size = rng.randrange(len(lines)), rng.randint(1, 3)
    by = rng.choice([-4, -2, -1, 1, 2, 4])
    for row in range(at, min(at + size, len(lines))):
        line = lines[row]
        if line.strip():
            lines[row] = " " * by + line if by > 0 else line[min(-by, len(line) - len(line.lstrip(" "))) :]
    return "\n".join(lines)


def agreement(count: int, seed: int) -> tuple[int, int, list[str]]:
    """Return how many shifts were judged as by Python, of how many, and the originals judged wrong."""
    rng = random.Random(seed)
    files = sorted(LIBRARY.glob("*.py"))
    agreed = total = 0
    wrong: set[str] = set()
    while total < count:
        path = rng.choice(files)
        text = path.read_text(encoding="utf-8", errors="replace")
        if len(text) > 60_000 or not text.strip():
            continue
        if indentation_errors(text, PYTHON):
            wrong.add(path.name)
        for _ in range(20):
            other = shifted(text, rng)
            agreed += agrees(other)
            total += 1
    return agreed, total, sorted(wrong)


def test_rule_agrees_with_python() -> None:
    """At least 99.5 % of random shifts in the standard library are judged as by Python; no original is wrong."""
    agreed, total, wrong = agreement(400, seed=20261127)
    assert not wrong
    assert agreed / total >= 0.995
