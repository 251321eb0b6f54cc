"""The small changes: drawn by a seed, one on a line, each as a whole module."""

import ast
from pathlib import Path

from tests.mutation.__main__ import _holds
from tests.mutation.changes import all_lines, drawn
from tests.mutation.trials import LEAST

CODE = '''"""Says nothing."""

from typing import Literal

__all__ = ["LEAST", "Row"]
Scope = Literal["line", "block"]
LEAST = 3


class Row:
    @property
    def large(self) -> bool:
        """Whether it is."""
        if self.size > LEAST and not self.empty:
            self.seen = True
            return len(self.text[1:]) == 2
        note("small")
        return False
'''


def made(folder: Path, size: int, seed: int = 1) -> list[tuple[int, str, str]]:
    path = folder / "row.py"
    path.write_text(CODE, "utf-8")
    changes = drawn(all_lines([path]), size, seed)
    for change in changes:
        assert ast.dump(ast.parse(change.module)) != ast.dump(ast.parse(CODE))
        assert str(change).startswith(f"{path}:{change.line}: ")
    return [(change.line, change.before, change.after) for change in changes]


def test_seed_determines_the_changes(tmp_path: Path) -> None:
    """Each change is on another line, for every changeable line; another seed draws others."""
    assert made(tmp_path, 99) == made(tmp_path, 99)
    assert sorted(line for line, _, _ in made(tmp_path, 99)) == [7, 14, 15, 16, 17, 18]
    assert len(made(tmp_path, 3)) == 3
    assert len({tuple(made(tmp_path, 3, seed)) for seed in range(9)}) > 1


def test_each_kind_of_change_is_made(tmp_path: Path) -> None:
    """Numbers, operators, conditions, statements, texts, slices and booleans change; types and docstrings stay."""
    found = [change for seed in range(60) for change in made(tmp_path, 99, seed)]
    for line, before, after in [
        (7, "3", "4"),
        (14, "> LEAST", ">= LEAST"),
        (14, "and", "or"),
        (14, "if self", "if not (self"),
        (15, "self.seen = True", "pass"),
        (16, "1:", ":"),
        (17, "note", "pass"),
        (17, "small", "SMALL"),
        (18, "False", "True"),
    ]:
        assert any(line == at and before in old and after in new for at, old, new in found), (line, after)
    assert not any("Says" in old or "block" in old or "Row" in old for _, old, _ in found)


SOME = """LIMIT = 100
SMALL, LARGE = 2, 1_000
DAY = ((2026, 12), 31)


def f(size):
    logger.debug("large: %s", size + 10)
    return 100 if size > LIMIT else tell("small")
"""


def test_changes_without_a_visible_effect(tmp_path: Path) -> None:
    """They are a larger limit by one, unless it is a small count, and texts of the log."""
    path = tmp_path / "limits.py"
    path.write_text(SOME, "utf-8")
    found = {
        (change.line, change.before, change.harmless)
        for seed in range(60)
        for change in drawn(all_lines([path]), 99, seed)
    }
    harmless = {(line, before) for line, before, reason in found if reason}
    assert harmless == {(1, "100"), (2, "1_000"), (7, '"large: %s"')}
    assert {(2, "2", ""), (3, "2026", ""), (7, "10", ""), (8, "100", ""), (8, '"small"', "")} <= found


def test_bar_needs_enough_changes() -> None:
    """It applies to the sum; few changes are not judged."""
    assert _holds([True] * 28 + [False] * 12, 70)
    assert not _holds([True] * 27 + [False] * 13, 70)
    assert _holds([False] * (LEAST - 1), 70)
    assert _holds([], 70)
