"""Answers that close an already closed bracket and open a block after it, accepted in VS Code."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.loopback.client import Loopback
from tests.vscode.editor import Editor, eventually

FILE = Path(__file__).parents[1] / "quality" / "cases" / "vscode.toml"
CASES = [
    pytest.param(number, case, id=case["id"])
    for number, case in enumerate(tomllib.loads(FILE.read_text("utf-8"))["case"])
]
ENDINGS = {"javascript": "js", "typescript": "ts", "csharp": "cs", "rust": "rs"}
"""The extensions of files that differ from the language's name."""


@pytest.mark.parametrize(("number", "case"), CASES)
def test_bracket_and_the_block_after_it(
    editor: Editor, loopback: Loopback, number: int, case: dict[str, Any]
) -> None:
    """Tab gives the expected document, with each bracket once."""
    language, before = case["language"], case["before"]
    name = f"closer{number}.{ENDINGS.get(language, language)}"
    loopback.behave(documents=[], text=case["raw"])
    editor.open(name, f"{before[:-1]}|{case['after']}")
    editor.type(before[-1])
    assert eventually(lambda: editor.do("look", "ghost") != "")
    editor.picture(f"closer{number}")
    editor.press("Tab")
    editor.saves(name, case["document"])
