"""The memories of the embedded engine for an open file."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from midfill.core.credentials import without_credentials
from midfill.core.lookup import Memory, memory_of_files
from midfill.workspace.index.memory_reader import MemoryReader
from midfill.workspace.nearby import NearbyFiles, family
from midfill.workspace.uri import to_path

MAX_NEARBY_CHARACTERS = 200_000
"""Maximum characters of nearby files without an index: they are sorted in 0.1 s."""
MAX_OPEN_CHARACTERS = 60_000
"""Maximum characters of the other unsaved open documents."""

PathAndText = tuple[str, str]
"""A path and a text."""


class Memories:
    """The memories for a file: from its workspace's index, or from nearby files while there is none. Thread-safe.

    Args:
        folders: the workspace folders.
        excluded_globs: globs of excluded files.
        key_file: the file with the key.
        opened: returns the texts of unsaved open documents, by path.
    """

    def __init__(
        self,
        folders: Sequence[str | Path] = (),
        excluded_globs: Sequence[str] = (),
        key_file: str = "",
        opened: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._nearby = NearbyFiles(folders, excluded_globs, key_file)
        self._reader = MemoryReader(folders, excluded_globs, key_file)
        self._opened = opened
        self._memories_by_kind: dict[str, tuple[list[PathAndText], Memory]] = {}
        """By kind: the texts, and their last memory."""
        self._lock = threading.Lock()

    def memories(self, uri: str) -> tuple[Memory, ...]:
        """Return the memories for the file of `uri`, the newest first."""
        with self._lock:
            path = os.path.realpath(to_path(uri) or "")
            opened = [
                pair for pair in self._opened().items() if pair[0] != path and family(pair[0]) == family(path)
            ]
            found = self._reader.memories(uri)
            if found:
                return (*self._memory_of("open", _within_limit(opened, MAX_OPEN_CHARACTERS)), *found)
            nearby = [(file.path, file.text) for file in self._nearby.files_near(uri)]
            return self._memory_of("near", _within_limit(nearby, MAX_NEARBY_CHARACTERS))

    def _memory_of(self, kind: str, pairs: list[PathAndText]) -> tuple[Memory, ...]:
        """Return a memory of texts, the last one if they are the same; empty without texts."""
        known = self._memories_by_kind.get(kind)
        if known is None or known[0] != pairs:
            known = self._memories_by_kind[kind] = (
                pairs,
                memory_of_files([(path, without_credentials(text)) for path, text in pairs]),
            )
        return (known[1],) if pairs else ()


def _within_limit(pairs: Sequence[PathAndText], limit: int) -> list[PathAndText]:
    """Return the first texts, up to this many characters in total."""

    def taken() -> Iterator[PathAndText]:
        size = 0
        for path, text in pairs:
            size += len(text)
            if size <= limit:
                yield path, text

    return list(taken())
