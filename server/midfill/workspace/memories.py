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

NEAR_LIMIT = 200_000
"""Maximum characters of nearby files without an index: they are sorted in 0.1 s."""
OPEN_LIMIT = 60_000
"""Maximum characters of the other unsaved open documents."""

Pair = tuple[str, str]
"""A path and a text."""


class Memories:
    """The memories for a file: from its workspace's index, or from nearby files while there is none. Thread-safe.

    Args:
        folders: the workspace folders.
        off: globs of excluded files.
        key_file: the file with the key.
        opened: returns the texts of unsaved open documents, by path.
    """

    def __init__(
        self,
        folders: Sequence[str | Path] = (),
        off: Sequence[str] = (),
        key_file: str = "",
        opened: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._nearby = NearbyFiles(folders, off, key_file)
        self._reader = MemoryReader(folders, off, key_file)
        self._opened = opened
        self._made: dict[str, tuple[list[Pair], Memory]] = {}
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
                return (*self._of("open", _first(opened, OPEN_LIMIT)), *found)
            return self._of(
                "near", _first([(near.path, near.text) for near in self._nearby.neighbours(uri)], NEAR_LIMIT)
            )

    def _of(self, kind: str, pairs: list[Pair]) -> tuple[Memory, ...]:
        """Return a memory of texts, the last one if they are the same; empty without texts."""
        known = self._made.get(kind)
        if known is None or known[0] != pairs:
            known = self._made[kind] = (
                pairs,
                memory_of_files([(path, without_credentials(text)) for path, text in pairs]),
            )
        return (known[1],) if pairs else ()


def _first(pairs: Sequence[Pair], limit: int) -> list[Pair]:
    """Return the first texts, up to this many characters in total."""

    def taken() -> Iterator[Pair]:
        size = 0
        for path, text in pairs:
            size += len(text)
            if size <= limit:
                yield path, text

    return list(taken())
