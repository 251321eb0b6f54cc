"""Detects that git has changed the files of a workspace: a branch switch, a pull, a reset."""

import os
from contextlib import suppress
from pathlib import Path

from midfill.workspace.ignores import repository


def stamp(workspace: Path) -> tuple[object, ...]:
    """Return a stamp that changes whenever git writes its HEAD or its index; empty without a repository."""
    root = repository(workspace)
    if root is None:
        return ()
    folder = _git_folder(root / ".git")
    return tuple(_time(folder / name) for name in ("HEAD", "index"))


def _git_folder(path: Path) -> Path:
    """Return the folder of a repository's data; a worktree and a submodule have a file with its path."""
    with suppress(OSError):
        if path.is_file() and (text := path.read_text("utf-8", "surrogateescape")).startswith("gitdir:"):
            return Path(os.path.join(path.parent, text.removeprefix("gitdir:").strip()))
    return path


def _time(path: Path) -> tuple[int, int]:
    with suppress(OSError):
        found = os.stat(path)
        return found.st_mtime_ns, found.st_size
    return 0, 0
