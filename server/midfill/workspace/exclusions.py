"""The files that are excluded from completion, by any of their names."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from os.path import dirname, expanduser, isabs, join, normcase, normpath, realpath, samefile
from pathlib import Path

from midfill.core.privacy import is_excluded, is_secret
from midfill.workspace.uri import to_path

_FRAGMENT = re.compile("[?#]")


MAX_LINKS = 40
"""Maximum links that are followed one by one; Linux follows as many."""


def paths_of(uri: str) -> tuple[str, ...]:
    """Return the paths of a document as `link_paths` does; empty if it is not on this machine.

    A notebook's cell has the notebook's path.
    """
    path = to_path(uri) or to_path("file:" + _FRAGMENT.split(uri.partition(":")[2], maxsplit=1)[0])
    return () if path is None else link_paths(path)


def link_paths(path: str) -> tuple[str, ...]:
    """Return a path, the path of each link that it leads over, and its real path."""
    found = {path: None}
    for _ in range(MAX_LINKS):
        try:
            path = normpath(join(realpath(dirname(path)), os.readlink(path)))
        except (OSError, ValueError):  # It is not a link.
            break
        found[path] = None
    found[realpath(path)] = None
    return tuple(found)


@dataclass(frozen=True)
class Exclusions:
    """The excluded files: those with secrets, and those that the user names.

    `folders` are the workspace folders, `excluded_globs` the user's globs, and `key_file` the setting `api_key_file`.
    """

    folders: tuple[str, ...] = ()
    excluded_globs: tuple[str, ...] = ()
    key_file: str = ""

    def why(self, name: str, paths: Sequence[str]) -> str:
        """Return why a file is excluded, as text for the user; empty if it is not. `name` is its path or URI."""
        if any(map(is_secret, (name, *paths))):
            return "files like this one contain secrets and are never sent"
        if self._key and any(_is_same_file(path, self._key) for path in paths):
            return "the setting api_key_file names this file"
        if any(is_excluded(path, self.excluded_globs, self._root(path)) for path in paths or (name,)):
            return "the setting trigger.paths_off names this file"
        return ""

    @cached_property
    def _key(self) -> str:
        path = expanduser(self.key_file.strip())
        return realpath(path) if isabs(path) and "\0" not in path else ""

    @cached_property
    def _roots(self) -> tuple[str, ...]:
        return tuple(root for folder in self.folders for root in (folder, realpath(folder)))

    def _root(self, path: str) -> str:
        """Return the workspace folder that contains a path; empty if there is none."""
        return next((root for root in self._roots if Path(path).is_relative_to(root)), "")


def _is_same_file(path: str, key: str) -> bool:
    """Whether both names mean the same file."""
    if normcase(path) == normcase(key):
        return True
    try:
        return os.path.isfile(key) and samefile(path, key)
    except OSError:
        return False
