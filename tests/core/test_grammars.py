"""Parsing by grammars."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from tree_sitter import Language, Parser, Tree

from midfill.core.syntax.grammars import parser


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Count the texts that each parser parses, in the order of their creation."""
    counts: list[int] = []

    class Counted:
        def __init__(self, language: Language) -> None:
            self._parser, self._number = Parser(language), len(counts)
            counts.append(0)

        def parse(self, text: bytes) -> Tree:
            counts[self._number] += 1
            return self._parser.parse(text)

    monkeypatch.setattr("tree_sitter.Parser", Counted)
    parser.cache_clear()
    yield counts
    parser.cache_clear()


def test_each_text_has_a_parser_of_its_own(parsed: list[int]) -> None:
    """Threads must not share a parser, and any of them may parse."""
    parse = parser("python")
    assert parse is not None
    for _ in range(3):
        assert len(parse("def f(x):\n    return x\n").children) == 1
    assert parsed == [1, 1, 1]


CRASHES = """
from midfill.core.syntax.grammars import parser
for number in range(0x1F000, 0x110000, 0x1000):
    parser("bash")("{" + chr(number))
"""


def test_no_character_crashes_the_shell_grammar() -> None:
    """The scanner of tree-sitter-bash reads outside of a table for characters above 255 (its issue 337)."""
    assert subprocess.run([sys.executable, "-c", CRASHES], check=False).returncode == 0
