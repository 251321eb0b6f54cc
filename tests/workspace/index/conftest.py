"""The fixtures of these tests: an empty workspace, a cache folder, and git."""

import os
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from midfill.core.context.snippet import Snippet
from midfill.workspace.index.index_location import DATABASE, index_path_of
from midfill.workspace.index.reader import IndexReader
from midfill.workspace.index.update import update


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a separate cache folder; the user's git configuration is ignored."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "project"
    folder.mkdir()
    return Path(os.path.realpath(folder))


def fill(workspace: Path, tree: Mapping[str, str | bytes]) -> None:
    """Write files into the workspace, by their names."""
    for name, content in tree.items():
        put(workspace / name, content)


def put(path: Path, content: str | bytes) -> None:
    """Write a file, and the folders it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def git(workspace: Path, *arguments: str) -> None:
    """Run git in the workspace."""
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], cwd=workspace, check=True, capture_output=True)


def searched(
    workspace: Path, *words: str, skip: set[str] | None = None, excluded_globs: tuple[str, ...] = ()
) -> list[Snippet]:
    """Return the results of a search of the index on disk."""
    with closing(IndexReader(workspace, index_path_of(workspace) / DATABASE, excluded_globs)) as reader:
        return reader.search(words, 20, skip or set(), {})


def defined(workspace: Path, *names: str) -> list[Snippet]:
    """Return the definitions that the index on disk finds."""
    with closing(IndexReader(workspace, index_path_of(workspace) / DATABASE, ())) as reader:
        return reader.definitions(names, 20, {})


def paths(workspace: Path, word: str) -> list[str]:
    """Bring the index up to date, and return the files in which a word is found."""
    update(workspace)
    return sorted({chunk.path for chunk in searched(workspace, word)})
