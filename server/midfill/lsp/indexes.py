"""The indexes of the workspace folders, each opened at its first use."""

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from midfill.core.context import Snippet
from midfill.core.document import Document
from midfill.workspace import to_path, to_uri
from midfill.workspace.index.index import Index
from midfill.workspace.index.update import UpdateProgress

MAX_DOCUMENT_CHARACTERS = 256 * 1024
"""Maximum characters of an open document whose unsaved text is searched; of a larger one, the file on disk."""


class VisibleIndex:
    """An index without the files in inner folders that are excluded.

    Args:
        index: the index of `folder`.
        folder: the folder of its relative paths.
        is_hidden: whether a file, by URI, is excluded from the context of others.
    """

    def __init__(self, index: Index, folder: Path, is_hidden: Callable[[str], bool]) -> None:
        self._index = index
        self._folder = folder
        self._is_hidden = is_hidden

    def search(self, words: Sequence[str], limit: int, skip: str) -> list[Snippet]:
        """Return the snippets that share the rarest of `words`, the best first, without those of the file `skip`."""
        return self._shown(self._index.search(words, limit, skip))

    def definitions(self, names: Sequence[str], limit: int) -> list[Snippet]:
        """Return the declarations of `names`, the best first."""
        return self._shown(self._index.definitions(names, limit))

    def _shown(self, found: list[Snippet]) -> list[Snippet]:
        return [snippet for snippet in found if not self._is_hidden(to_uri(str(self._folder / snippet.path)))]


class Indexes:
    """One index for each folder. All methods but `texts` are for threads.

    Args:
        wait_s: maximum seconds to wait for an index that is being built.
    """

    def __init__(self, wait_s: float = 0) -> None:
        self._wait_s = wait_s
        self.on_progress: Callable[[Path, UpdateProgress], None] = lambda folder, progress: None
        """Called with the progress of a folder's index, in that index's thread."""
        self._excluded_globs: tuple[str, ...] = ()
        self._indexes: dict[Path, Index] = {}
        self._changes: dict[str, int] = {}
        """By path: the last indexed state of an open document's text."""
        self._lock = threading.Lock()

    def configure(self, excluded_globs: Sequence[str]) -> None:
        """Set the globs of excluded files; other globs need other indexes."""
        if self._excluded_globs != tuple(excluded_globs):
            self.close()
            self._excluded_globs = tuple(excluded_globs)

    def texts(self, documents: Iterable[Document]) -> dict[str, str]:
        """Return the texts of the documents that have changed since the last call, by path."""
        found = {}
        for document in documents:
            path = to_path(document.uri)
            known = self._changes.get(document.uri, 1)
            if path is not None and document.changes != known and document.size <= MAX_DOCUMENT_CHARACTERS:
                self._changes[document.uri] = document.changes
                found[path] = document.text
        return found

    def index_for(self, folder: Path, texts: Mapping[str, str]) -> Index:
        """Return the index of a folder, with the `texts` of unsaved documents."""
        with self._lock:
            if folder not in self._indexes:
                self._indexes[folder] = Index.open(
                    folder, self._excluded_globs, lambda progress: self.on_progress(folder, progress)
                )
                self._indexes[folder].wait(self._wait_s)
            index = self._indexes[folder]
        for path, text in texts.items():
            if Path(path).is_relative_to(folder):
                index.changed(os.path.realpath(path), text)
        return index

    def saved(self, paths: Sequence[str]) -> None:
        """Handle saved documents: the files on disk count."""
        for index, inside in self._around(paths):
            for path in inside:
                index.changed(path, None)

    def files_changed(self, paths: Sequence[str]) -> None:
        """Handle files that changed on disk; the text of an open document still counts."""
        for index, inside in self._around(paths):
            index.files_changed(inside)

    def _around(self, paths: Sequence[str]) -> list[tuple[Index, list[str]]]:
        """Return the indexes of these files, with the real paths of the files in each."""
        with self._lock:
            indexes = dict(self._indexes)
        inside = {folder: [path for path in paths if Path(path).is_relative_to(folder)] for folder in indexes}
        return [
            (indexes[folder], [*map(os.path.realpath, inner)]) for folder, inner in inside.items() if inner
        ]

    def opened(self) -> dict[str, str]:
        """Return the texts of unsaved open documents, by path."""
        with self._lock:
            indexes = dict(self._indexes)
        return {
            str(folder / path): text
            for folder, index in indexes.items()
            for path, text in index.opened().items()
        }

    def closed(self, uri: str) -> None:
        """Handle a closed document: the file on disk counts."""
        self._changes.pop(uri, None)
        path = to_path(uri)
        for folder, index in self._indexes.items() if path is not None else ():
            if Path(path or "").is_relative_to(folder):
                index.changed(os.path.realpath(path or ""), None)

    def close(self) -> None:
        """Stop the background work."""
        with self._lock:
            for index in self._indexes.values():
                index.close()
            self._indexes.clear()
            self._changes.clear()
