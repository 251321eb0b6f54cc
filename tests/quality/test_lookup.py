"""The measurement of the embedded engine, on a small history; `python -m tests.quality.lookup` takes any."""

import math
import random
import subprocess
from pathlib import Path

import pytest

from midfill.core.model import AnswerLimits
from tests.quality.lookup.fit import fitted, observed
from tests.quality.lookup.measure import measured, together
from tests.quality.lookup.places import SHARES, Sample, sample

LINES = "".join(
    f"def read_{name}(path):\n    return open_ledger(path, environ)\n\n\n" for name in ("a", "b", "c")
)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Return a repository of two commits: the second adds a function like those of the first."""

    def git(*arguments: str) -> None:
        names = ["-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", tmp_path, *names, *arguments], check=True, capture_output=True)

    git("init", "-q")
    for text in (LINES, f"{LINES}def read_d(path):\n    return open_ledger(path, environ)\n"):
        (tmp_path / "a.py").write_text(text)
        git("add", ".")
        git("commit", "-qm", "more")
    return tmp_path


def test_places_in_a_history(history: Path) -> None:
    """Each new line is measured at each share, with the text above and below it."""
    found = sample(history, 5)
    assert list(found.files) == ["a.py"]
    assert [(place.cursor.head, place.rest) for place in found.places[2:]] == [
        ("    return open", "_ledger(path, environ)"),
        ("    return open_ledger(pat", "h, environ)"),
    ]
    assert found.places[0].below == "\n    return open_ledger(path, environ)"
    assert "".join(found.places[2].cursor.above).startswith(LINES)


def test_answers_at_the_places_are_counted(history: Path) -> None:
    """The engine answers the second line, and right answers are counted."""
    result = measured(sample(history, 5), AnswerLimits())
    assert result.places == 2 * len(SHARES)
    assert result.answers >= result.right >= 2
    assert 0 < result.saved < result.missing
    assert together("all", [result, result]).right == 2 * result.right
    assert "100.0%" in result.row()


def test_steps_are_observed(history: Path) -> None:
    """A place's steps end with the first wrong one."""
    rows = list(observed(sample(history, 5)))
    assert any(right for _, right in rows)
    assert list(observed(Sample("none", {}, []))) == []


def test_known_weights_are_found() -> None:
    """Outcomes that are drawn with known weights give about the same weights."""
    chance = random.Random(1)
    rows = []
    for _ in range(20_000):
        row = {"constant": 1.0, "one": chance.uniform(-2, 2), "two": chance.uniform(-2, 2)}
        rows.append((row, chance.random() < 1 / (1 + math.exp(-(0.5 + row["one"] - 2 * row["two"])))))
    assert list(fitted(rows).values()) == pytest.approx([0.5, 1.0, -2.0], abs=0.15)
