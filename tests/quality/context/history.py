"""A repository's history: commits, their hunks, and the original files."""

import re
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from midfill.core.language_ids import language_id

CODE = frozenset(
    [
        "c",
        "cc",
        "cpp",
        "cs",
        "go",
        "h",
        "hpp",
        "java",
        "js",
        "jsx",
        "kt",
        "lua",
        "mjs",
        "php",
        "py",
        "rb",
        "rs",
        "swift",
        "ts",
        "tsx",
        "vue",
    ]
)
"""Endings of files whose lines are measured."""
MAX_ADDED = 400
"""Added lines of a commit; a larger one is an import or a move."""
_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_JUNK = re.compile(
    r"(?:^|/)(?:node_modules|vendor|dist|__snapshots__)/|\.min\.|\.lock$|-lock\.|\.svg$|\.snap$"
)


class Hunk(NamedTuple):
    """Lines of a commit that replace others; `row` counts from 0 in the file at that time."""

    path: str
    row: int
    removed: int
    added: tuple[str, ...]


class Commit(NamedTuple):
    """A commit and the one before it."""

    name: str
    parent: str
    hunks: tuple[Hunk, ...]


class History:
    """Reads a repository; nothing is checked out.

    A copy without its largest files is enough: a commit that needs one of them is omitted.
    """

    def __init__(self, path: Path) -> None:
        git = path / ".git"
        self._git = ["git", f"--git-dir={git if git.exists() else path}", "-c", "core.quotepath=off"]
        self._cat = subprocess.Popen(
            [*self._git, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def commits(self, count: int) -> list[Commit]:
        """Return the latest commits that add some code, the oldest first."""
        names = self._run("log", "--no-merges", "--format=%H %P", f"-{count * 12}").split("\n")
        found: list[Commit] = []
        for name, _, parent in (line.partition(" ") for line in names):
            if len(found) < count and parent and (hunks := tuple(self._hunks(name, parent))):
                found.append(Commit(name, parent, hunks))
        return found[::-1]

    def tree(self, commit: str) -> dict[str, str]:
        """Return the blobs of a commit's text files by path."""
        lines = self._run("ls-tree", "-r", commit).split("\n")
        entries = (line.partition("\t")[::2] for line in lines if line[:3] == "100")
        return {path: about.split()[2] for about, path in entries if not _JUNK.search(path)}

    @lru_cache(maxsize=20_000)  # noqa: B019 One history for each run.
    def text(self, blob: str) -> str:
        """Return a blob's text; empty if it is binary or large."""
        assert self._cat.stdin is not None
        assert self._cat.stdout is not None
        self._cat.stdin.write(f"{blob}\n".encode())
        self._cat.stdin.flush()
        _, kind, *number = self._cat.stdout.readline().split()
        if kind == b"missing":
            return ""
        size = int(number[0])
        data = self._cat.stdout.read(size + 1)[:-1]
        if size > 1 << 20 or b"\0" in data:
            return ""
        return data.decode("utf-8", "replace").replace("\r\n", "\n")

    def close(self) -> None:
        """End the process that reads."""
        self._cat.communicate()

    def _hunks(self, name: str, parent: str) -> Iterator[Hunk]:
        try:
            diff = self._run("diff", "-U0", "--no-color", "--no-renames", "--diff-filter=AM", parent, name)
        except subprocess.CalledProcessError:
            return
        found = [
            hunk
            for hunk in _parsed(diff)
            if hunk.path.rpartition(".")[2] in CODE and not _JUNK.search(hunk.path)
        ]
        if 0 < sum(len(hunk.added) for hunk in found) <= MAX_ADDED:
            yield from found

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([*self._git, *arguments], capture_output=True, check=True)
        return done.stdout.decode("utf-8", "replace")


def _parsed(diff: str) -> Iterator[Hunk]:
    path, hunk, added = "", None, list[str]()
    for line in [*diff.split("\n"), "@@"]:
        if hunk is not None and line[:1] in {"+", "-", "\\"} and not line.startswith(("+++ ", "--- ")):
            added += [line[1:]] if line[:1] == "+" else []
            continue
        if hunk is not None:
            yield hunk._replace(added=tuple(added))
            hunk, added = None, []
        if line.startswith("+++ b/"):
            path = line[6:].rstrip("\t")
        elif match := _HUNK.match(line):
            removed = int(match[2] or 1)
            row = int(match[3]) - (0 if match[4] == "0" else 1)
            hunk = Hunk(path, row, removed, ())


def language(path: str) -> str:
    """Return the language of a file by an editor's identifier."""
    return "vue" if path.endswith(".vue") else language_id(path)
