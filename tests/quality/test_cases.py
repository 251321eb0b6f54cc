"""Small cases that failed once, one for each kind: with a whole answer, and while it streams."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from midfill.core import policy, shape
from midfill.core.document import Document, Position
from tests.quality.typed import Typed, ask

FOLDER = Path(__file__).parent / "cases"
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['id']}")
    for path in sorted(FOLDER.glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]


def plain(text: str) -> list[str]:
    """Return the lines of a text without trailing blanks and trailing blank lines."""
    return [line.rstrip() for line in text.rstrip().split("\n")]


@pytest.mark.parametrize("case", CASES)
def test_complete_answer(case: dict[str, Any]) -> None:
    """Accepting the whole answer gives the expected document."""
    before, after = case["before"], case["after"]
    document = Document("file:///case", case["language"], before + after, 1)
    cursor = document.cursor(Position(before.count("\n"), len(before.rpartition("\n")[2])), "utf-32")
    wanted = policy.answer_limits(
        policy.RequestPolicy(scope="block"), manual=not case.get("automatic", False)
    )
    cut_off = case.get("finish") == "length"
    mended = shape.mend(case["raw"], cursor)
    shown = shape.trim(mended, cursor, wanted, ended_by_model=not cut_off, hit_token_limit=cut_off)
    assert plain(Typed(before, after, [shown]).document) == plain(case["document"])


@pytest.mark.parametrize("case", CASES)
def test_streaming_answer(case: dict[str, Any]) -> None:
    """The last suggestion gives the expected document; earlier suggestions are its start."""
    typed = ask(
        case["before"],
        case["after"],
        case["raw"],
        case["language"],
        automatic=case.get("automatic", False),
        finish_reason=case.get("finish", "stop"),
    )
    assert plain(typed.document) == plain(case["document"])
    assert all(typed.last.text.startswith(earlier.text) for earlier in typed.shown)
