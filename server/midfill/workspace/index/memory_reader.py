"""Reads the memories of the embedded engine from the index."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from midfill.core.lookup import Memory
from midfill.workspace.exclusions import Exclusions
from midfill.workspace.index import memory_file
from midfill.workspace.index.index_location import index_path_of
from midfill.workspace.index.memory_update import family_name, memory_paths
from midfill.workspace.uri import to_path

_FileState = tuple[int, int]
"""Inode and modification time, in nanoseconds of the file system's clock."""


class MemoryReader:
    """The memories of workspaces, each read at the first use and after a change. Not thread-safe.

    Args:
        folders: the workspace folders.
        excluded_globs: globs of excluded files.
        key_file: the file with the key.
    """

    def __init__(
        self, folders: Sequence[str | Path] = (), excluded_globs: Sequence[str] = (), key_file: str = ""
    ) -> None:
        self._folders = sorted(
            (Path(os.path.realpath(folder)) for folder in folders), key=lambda folder: -len(folder.parts)
        )
        self._exclusions = Exclusions(tuple(map(str, self._folders)), tuple(excluded_globs), key_file)
        self._read: dict[Path, tuple[_FileState | None, memory_file.StoredMemory | None]] = {}

    def memories(self, uri: str) -> tuple[Memory, ...]:
        """Return the memories for the file of `uri`; empty if its workspace has no index yet."""
        path = to_path(uri)
        real = Path(os.path.realpath(path)) if path is not None else None
        folder = next((folder for folder in self._folders if real and real.is_relative_to(folder)), None)
        if real is None or folder is None:
            return ()
        inner = real.relative_to(folder).as_posix()
        name = family_name(inner)
        found = () if name is None else self._of(folder, name)
        return tuple(memory.without_file(inner) for memory in found)

    def _of(self, folder: Path, name: str) -> tuple[Memory, ...]:
        """Return the memories of a family of languages, the newest first."""
        whole, new = (self._stored(path) for path in memory_paths(index_path_of(folder), name))
        if whole is None:
            return ()
        if new is None:
            return (self._shown(folder, whole.memory, lambda path: False),)
        newer = new.outdated_paths.union(new.memory.paths)
        return (
            self._shown(folder, new.memory, lambda path: False),
            self._shown(folder, whole.memory, newer.__contains__),
        )

    def _stored(self, path: Path) -> memory_file.StoredMemory | None:
        state = _state(path)
        if path not in self._read or self._read[path][0] != state:
            self._read[path] = state, memory_file.read(path)
        return self._read[path][1]

    def _shown(self, folder: Path, memory: Memory, is_old: Callable[[str], bool]) -> Memory:
        """Return a memory without files that are outdated, secret or excluded."""
        hidden = {
            number
            for number, path in enumerate(memory.paths)
            if is_old(path) or self._exclusions.why(str(folder / path), (str(folder / path),))
        }
        return memory._replace(hidden=frozenset(hidden))


def _state(path: Path) -> _FileState | None:
    """Return the state of a file; None if there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
