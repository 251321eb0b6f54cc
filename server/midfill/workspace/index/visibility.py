"""The files of a workspace that an index may contain and return."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from midfill.core.privacy import is_excluded, is_secret
from midfill.workspace.ignores import Ignores, repository

IGNORE_FILES_TTL_S = 30.0
"""Seconds after which the ignore files are read again, even without a reported change."""

GENERATED = (
    *(".lock", ".min.js", ".min.css", ".map", "go.sum", "-lock.json", "-lock.yaml", "npm-shrinkwrap.json"),
    *(".svg", ".ipynb", ".snap"),
)
"""Suffixes of files that are not written by hand."""


class Visibility:
    """The files that are not secret, ignored, excluded or outside the workspace. Not thread-safe."""

    def __init__(self, workspace: Path, excluded_globs: Sequence[str] = ()) -> None:
        self._workspace = workspace
        self._excluded_globs = tuple(excluded_globs)
        self._hidden: dict[Path, bool] = {}
        self.forget()

    def may_be_indexed(self, path: str) -> bool:
        """Return whether a file, by its name alone, may be in the index; `path` is relative to the workspace."""
        whole = os.path.join(self._workspace, path)
        return (
            not path.endswith(GENERATED)
            and not is_secret(whole)
            and not is_excluded(whole, self._excluded_globs, str(self._workspace))
        )

    def may_be_shown(self, path: str) -> bool:
        """Return the same for the current file: it has not become a link, and nothing ignores it."""
        whole = self._workspace / path
        return (
            self.may_be_indexed(path) and os.path.realpath(whole) == str(whole) and not self.is_ignored(whole)
        )

    def is_ignored(self, path: Path) -> bool:
        """Return whether an ignore file excludes a file or a folder above it."""
        if time.monotonic() - self._read_at > IGNORE_FILES_TTL_S:
            self.forget()
        if path not in self._hidden:
            self._hidden[path] = self._ignores.is_ignored(path) or self._hides(path.parent)
        return self._hidden[path]

    def forget(self) -> None:
        """Read the ignore files again."""
        self._ignores, self._read_at = ignores_for(self._workspace), time.monotonic()
        self._hidden = {}

    def _hides(self, folder: Path) -> bool:
        if folder == self._workspace:
            return False
        if folder not in self._hidden:
            self._hidden[folder] = self._ignores.is_ignored(folder, folder=True) or self._hides(folder.parent)
        return self._hidden[folder]


def ignores_for(workspace: Path) -> Ignores:
    """Return the ignore files for a workspace: those of its repository, unless they ignore all of it."""
    rules = Ignores(repository(workspace) or workspace)
    return Ignores(workspace) if rules.is_any_ignored(workspace) else rules
