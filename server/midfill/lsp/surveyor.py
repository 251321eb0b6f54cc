"""What the context of a place is made of: what was edited lately, the user's notes, and an index of the workspace."""

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from midfill.core.context import Block, Chunk, Facts, Recent, Sizes, gathered
from midfill.core.cursor import Cursor
from midfill.core.document import Document
from midfill.core.edit import Edit
from midfill.core.privacy import is_secret
from midfill.lsp.documents import Documents
from midfill.lsp.indexes import Indexes, Shown
from midfill.settings import ContextSettings
from midfill.workspace import Closed, read_notes, to_path
from midfill.workspace.index.visible import Visibility


class Surveyor:
    """Takes note of what happens in the open documents, and makes blocks of context from it.

    Args:
        documents: the open documents.
        context_of: gives what the settings of a document's folder say of context; asked in threads too.
        is_hidden: whether a file, by URI, is kept out of the context of others; asked in threads too.
        patience: seconds for which an index that is not made yet is waited for.
    """

    def __init__(
        self,
        documents: Documents,
        context_of: Callable[[str], ContextSettings],
        is_hidden: Callable[[str], bool] = lambda uri: False,
        patience: float = 0,
    ) -> None:
        self._documents = documents
        self._context_of = context_of
        self._is_hidden = is_hidden
        self._indexes = Indexes(patience)
        self._recent = Recent()
        self._sizes = Sizes()
        self._folders: tuple[Path, ...] = ()
        self._closed = Closed()
        self._visibility: dict[Path, Visibility] = {}
        self._lock = threading.Lock()

    def configure(self, off: Sequence[str], key_file: str, sizes: Sizes, folders: Iterable[Path]) -> None:
        """Take other patterns of files that are never read, file of the key, sizes or workspace folders."""
        self._sizes, self._folders = sizes, tuple(folders)
        self._visibility = {}
        self._closed = Closed(tuple(map(str, self._folders)), tuple(off), key_file)
        self._indexes.configure(tuple(off))

    # Events.

    def edited(self, document: Document, edit: Edit) -> None:
        """Take note of an edit."""
        for span in edit.spans:
            self._recent.edited(document.uri, span)

    def closing(self, uri: str) -> None:
        """Keep what was edited in a document that is about to be closed."""
        self._recent.closed(uri, self._rows)
        self._indexes.closed(uri)

    def close(self) -> None:
        """Stop what is done in the background."""
        self._indexes.close()

    def survey(self, cursor: Cursor, block: Block) -> Callable[[], Block]:
        """Take the facts of a place now, and return what makes its block of them, in a thread."""
        self._recent.visited(cursor.uri, cursor.row)
        recent = self._recent.chunks(cursor.uri, self._rows, self._path)
        return partial(self._made, cursor, block, recent, self._indexes.texts(self._documents))

    def _made(self, cursor: Cursor, block: Block, recent: Sequence[Chunk], texts: Mapping[str, str]) -> Block:
        context, path = self._context_of(cursor.uri), to_path(cursor.uri) or ""
        folder = self._folder(path)
        if not context.enabled:
            return Block(path=_relative(path, folder))
        with self._lock:
            facts = Facts(
                cursor=cursor,
                path=_relative(path, folder),
                recent=[self._named(chunk) for chunk in recent if self._is_open(chunk.path)],
                notes=read_notes(context.extra, folder, self._closed),
                sources=context.sources,
            )
            index = (
                None if folder is None else Shown(self._indexes.of(folder, texts), folder, self._is_hidden)
            )
            return gathered(facts, index, block, self._sizes)

    # Facts.

    def _rows(self, uri: str, first: int, last: int) -> str | None:
        document = self._documents.get(uri)
        return None if document is None else document.rows(first, last)

    def _path(self, uri: str) -> str:
        """Return the path of a document; empty for what is no file, a diff for one."""
        return "" if is_secret(uri) or self._is_hidden(uri) else to_path(uri) or ""

    def _named(self, chunk: Chunk) -> Chunk:
        return replace(chunk, path=_relative(chunk.path, self._folder(chunk.path)))

    def _is_open(self, path: str) -> bool:
        """Whether a file may be shown: it is not closed, and no ignore file of the workspace hides it. Reads files."""
        if self._closed.why(path, (path, os.path.realpath(path))):
            return False
        folder = self._folder(path)
        if folder is None:
            return True  # The user opened it.
        if folder not in self._visibility:
            self._visibility[folder] = Visibility(folder)
        return not self._visibility[folder].is_ignored(Path(path))

    def _folder(self, path: str) -> Path | None:
        """Return the innermost workspace folder that a file lies in."""
        around = [folder for folder in self._folders if path and Path(path).is_relative_to(folder)]
        return max(around, key=lambda folder: len(folder.parts), default=None)


def _relative(path: str, folder: Path | None) -> str:
    """Return a path as it is shown: within its folder; of a file outside of all of them only the name."""
    return Path(path).relative_to(folder).as_posix() if folder is not None else Path(path).name
