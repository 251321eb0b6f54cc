"""Commits as sessions of small edits, and the groups of similar ones, independently of the measured code."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from midfill.core.edit_rules.edit_tokens import changes, token_texts, tokens
from tests.quality.context.history import Commit, History, Hunk

ALIKE = 0.5
"""Minimum share of common changed tokens of two similar edits."""
SAME_LINE = 0.5
"""Minimum share of common tokens of a line and its replacement, to be one edit."""
MAX_LINES = 6
"""Maximum lines of an edit, on either side, that is compared with others."""
MIN_STEPS = 3
"""Edits that make a group."""


class Step(NamedTuple):
    """An edit of a commit: lines at a row of the file before the commit, and their replacement."""

    path: str
    row: int
    before: tuple[str, ...]
    after: tuple[str, ...]


class Session(NamedTuple):
    """The edits of a commit in the order of its files and rows, and the groups of similar ones, by their numbers."""

    commit: Commit
    steps: tuple[Step, ...]
    groups: tuple[tuple[int, ...], ...]


def sessions(history: History, commits: Sequence[Commit]) -> Iterator[Session]:
    """Return the commits as sessions."""
    for commit in commits:
        tree = history.tree(commit.parent)
        steps: list[Step] = []
        for hunk in sorted(commit.hunks, key=lambda hunk: hunk.path):
            if hunk.path in tree and (text := history.text(tree[hunk.path])):
                steps += _steps(hunk.path, text.split("\n"), hunk, steps)
        yield Session(commit, tuple(steps), tuple(_groups(steps)))


def _steps(path: str, lines: list[str], hunk: Hunk, earlier: Sequence[Step]) -> list[Step]:
    """Return the edits of a hunk; its row counts in the file after the hunks above it."""
    shift = sum(len(step.after) - len(step.before) for step in earlier if step.path == path)
    row = hunk.row - shift
    before = tuple(lines[row : row + hunk.removed])
    pairs = list(zip(before, hunk.added, strict=False))
    if len(before) != len(hunk.added) or any(_same(*pair) < SAME_LINE for pair in pairs):
        return [Step(path, row, before, hunk.added)]
    return [Step(path, row + at, (old,), (new,)) for at, (old, new) in enumerate(pairs) if old != new]


@lru_cache(maxsize=100_000)
def _counted(line: str) -> Counter[str]:
    return Counter(re.findall(r"\w+|[^\w\s]", line))


def _same(one: str, other: str) -> float:
    mine, yours = _counted(one), _counted(other)
    return 2 * (mine & yours).total() / max(1, mine.total() + yours.total())


def _groups(steps: Sequence[Step]) -> list[tuple[int, ...]]:
    groups: list[tuple[Counter[tuple[str, str]], list[int]]] = []
    for number, step in enumerate(steps):
        changed = _changed(step)
        if not changed or max(len(step.before), len(step.after)) > MAX_LINES:
            continue
        group = next((numbers for first, numbers in groups if _similar(first, changed)), None)
        if group is None:
            groups.append((changed, [number]))
        else:
            group.append(number)
    return [tuple(numbers) for _, numbers in groups if len(numbers) >= MIN_STEPS]


def _changed(step: Step) -> Counter[tuple[str, str]]:
    before = token_texts(tokens("\n".join(step.before)))
    after = token_texts(tokens("\n".join(step.after)))
    found: Counter[tuple[str, str]] = Counter()
    for change in changes(before, after):
        found.update(("-", token) for token in before[change.old_start : change.old_end] if token != "\n")
        found.update(("+", token) for token in after[change.new_start : change.new_end] if token != "\n")
    return found


def _similar(one: Counter[tuple[str, str]], other: Counter[tuple[str, str]]) -> bool:
    return (one & other).total() >= ALIKE * (one | other).total()
