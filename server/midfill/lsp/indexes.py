"""The indexes of the workspace's folders, each opened when it is first asked."""

import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from midfill.core.document import Document
from midfill.workspace import to_path
from midfill.workspace.index import Index

LARGEST = 256 * 1024
"""Characters of an open document whose unsaved text is searched; of a larger one, what is on disk."""


class Indexes:
    """One index for each folder. All but `texts` is for threads.

    Args:
        patience: seconds for which an index that is not made yet is waited for.
    """

    def __init__(self, patience: float = 0) -> None:
        self._patience = patience
        self._off: tuple[str, ...] = ()
        self._indexes: dict[Path, Index] = {}
        self._changes: dict[str, int] = {}
        """By path: how far the text of an open document was taken."""
        self._lock = threading.Lock()

    def configure(self, off: Sequence[str]) -> None:
        """Take the globs of files about which nothing is sent; other globs need other indexes."""
        if self._off != tuple(off):
            self.close()
            self._off = tuple(off)

    def texts(self, documents: Iterable[Document]) -> dict[str, str]:
        """Return the texts of those documents that have changed since the last time, by path."""
        found = {}
        for document in documents:
            path = to_path(document.uri)
            known = self._changes.get(document.uri, 1)
            if path is not None and document.changes != known and document.size <= LARGEST:
                self._changes[document.uri] = document.changes
                found[path] = document.text
        return found

    def of(self, folder: Path, texts: Mapping[str, str]) -> Index:
        """Return the index of a folder, told of the `texts` of documents that are not saved yet."""
        with self._lock:
            if folder not in self._indexes:
                self._indexes[folder] = Index.open(folder, self._off)
                self._indexes[folder].wait(self._patience)
            index = self._indexes[folder]
        for path, text in texts.items():
            if Path(path).is_relative_to(folder):
                index.changed(os.path.realpath(path), text)
        return index

    def closed(self, uri: str) -> None:
        """Learn that a document was closed: what is on disk counts."""
        self._changes.pop(uri, None)
        path = to_path(uri)
        for folder, index in self._indexes.items() if path is not None else ():
            if Path(path or "").is_relative_to(folder):
                index.changed(os.path.realpath(path or ""), None)

    def close(self) -> None:
        """Stop what is done in the background."""
        with self._lock:
            for index in self._indexes.values():
                index.close()
            self._indexes.clear()
            self._changes.clear()
