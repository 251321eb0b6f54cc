"""Places in real commits: each new line after a third and two thirds of it, in the file at that time."""

import random
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from midfill.core.cursor import MAX_LINES_AROUND, Cursor
from tests.quality.context.history import CODE, Commit, History, Hunk, language

MIN_LINE = 6
"""Minimum visible characters of a measured line."""
SHARES = (1 / 3, 2 / 3)
"""The typed shares of a line."""
AHEAD = 12
"""New lines after the cursor's that an answer may contain."""
MAX_CHARACTERS = 256 * 1024
"""Characters of a file."""
MAX_PLACES = 12
"""New lines of one commit that are measured."""


class Place(NamedTuple):
    """A cursor in a new line, and the written text."""

    path: str
    cursor: Cursor
    rest: str
    """The rest of the line."""
    below: str
    """The new lines that follow it, each after a line end."""


class Sample(NamedTuple):
    """A workspace before some commits, and places in their text."""

    name: str
    files: dict[str, str]
    places: list[Place]


class _Whole(History):
    """Leaves out a commit of which a copy of the repository lacks a file."""

    def _hunks(self, name: str, parent: str) -> Iterator[Hunk]:
        try:
            yield from list(super()._hunks(name, parent))
        except subprocess.CalledProcessError:
            return


def sample(repository: Path, commits: int, seed: int = 0, shares: Sequence[float] = SHARES) -> Sample:
    """Return places in the latest commits of a repository, and the workspace before the first of them."""
    history = _Whole(repository)
    try:
        wanted = history.commits(commits)
        files = _files(history, wanted[0].parent)
        chance = random.Random(seed)
        places = [place for commit in wanted for place in _places(history, commit, shares, chance)]
        name = repository.parent.name if repository.name in {"repo", ".git"} else repository.name
        return Sample(name.rpartition("+")[2], files, places)
    finally:
        history.close()


def _files(history: History, commit: str) -> dict[str, str]:
    blobs = history.tree(commit)
    texts = {path: history.text(blob) for path, blob in blobs.items() if path.rpartition(".")[2] in CODE}
    return {path: text for path, text in texts.items() if 0 < len(text) <= MAX_CHARACTERS}


def _places(
    history: History, commit: Commit, shares: Sequence[float], chance: random.Random
) -> Iterator[Place]:
    """Replay the commit, and yield its measured places."""
    blobs, found = history.tree(commit.parent), list[Place]()
    texts: dict[str, list[str]] = {}
    for hunk in commit.hunks:
        if hunk.path not in texts:
            blob = blobs.get(hunk.path)
            texts[hunk.path] = (history.text(blob) if blob else "").split("\n")
        lines = texts[hunk.path]
        lines[hunk.row : hunk.row + hunk.removed] = []
        found += _in_hunk(hunk, lines, shares)
        lines[hunk.row : hunk.row] = hunk.added
    rows = sorted({(place.path, place.cursor.row) for place in found})
    kept = set(chance.sample(rows, min(MAX_PLACES, len(rows))))
    yield from (place for place in found if (place.path, place.cursor.row) in kept)


def _in_hunk(hunk: Hunk, lines: Sequence[str], shares: Sequence[float]) -> Iterator[Place]:
    for index, line in enumerate(hunk.added):
        if len(line.strip()) < MIN_LINE or len(line) > 500:
            continue
        row = hunk.row + index
        above = [*lines[max(0, hunk.row - MAX_LINES_AROUND) : hunk.row], *hunk.added[:index]][
            -MAX_LINES_AROUND:
        ]
        below = lines[hunk.row : hunk.row + MAX_LINES_AROUND]
        indent = len(line) - len(line.lstrip())
        for share in shares:
            at = indent + int(share * (len(line) - indent))
            cursor = Cursor(
                uri=f"file:///{hunk.path}",
                language=language(hunk.path),
                row=row,
                above=tuple(text + "\n" for text in above),
                head=line[:at],
                below=tuple(text + "\n" for text in below),
                end="\n",
            )
            yield Place(
                hunk.path, cursor, line[at:], "".join("\n" + more for more in hunk.added[index + 1 :][:AHEAD])
            )
