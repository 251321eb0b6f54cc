"""Reads an index through one connection, which is reopened when the database has been replaced."""

import logging
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from midfill.core.context.snippet import Snippet
from midfill.core.credentials import without_credentials, without_private_keys
from midfill.core.cursor import normalized_line_ends
from midfill.core.outline import outline
from midfill.workspace.index import database
from midfill.workspace.index.database import CHUNK_LINES
from midfill.workspace.index.index_entry import MAX_LINE_LENGTH
from midfill.workspace.index.listing import MAX_FILE_BYTES
from midfill.workspace.index.open_document import OpenDocumentText
from midfill.workspace.index.search import Hit, RowCounts, best_rows
from midfill.workspace.index.visibility import Visibility
from midfill.workspace.text import decoded

SNIPPET_LINES = 2 * CHUNK_LINES
"""Lines of a snippet: the ten that were found, and the lines after them."""
MAX_DEFINITIONS = 8
"""Maximum definitions of one name; a name with more of them is not useful."""
MAX_MOVED_LINES = 40
"""Maximum lines that a definition may have moved since it was indexed."""

logger = logging.getLogger(__name__)


class BrokenIndexError(Exception):
    """The database is unusable and has to be rebuilt."""


class IndexReader:
    """Searches one index; thread-safe."""

    def __init__(self, workspace: Path, database_: Path, excluded_globs: Sequence[str]) -> None:
        self._workspace = workspace
        self._database = database_
        self._visibility = Visibility(workspace, excluded_globs)
        self._connection: sqlite3.Connection | None = None
        self._inode: int | None = None
        self._row_counts = RowCounts()
        self._lock = threading.Lock()

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection | None]:
        """Return a connection to the current database; None without a usable one. Raises BrokenIndexError."""
        with self._lock:
            connection = None
            with self._closed_by_errors():
                connection = self._current()
            with self._closed_by_errors():
                yield connection

    def _current(self) -> sqlite3.Connection | None:
        inode = _inode(self._database)
        if self._connection is None or inode != self._inode:
            self._close()
            self._connection, self._inode = database.open_to_read(self._database), inode
        return self._connection

    @contextmanager
    def _closed_by_errors(self) -> Iterator[None]:
        """Close the database after an error of SQLite. Raises BrokenIndexError."""
        try:
            yield
        except sqlite3.Error as error:
            self._close()
            if database.is_broken(error):
                raise BrokenIndexError(str(error)) from error
            logger.debug("an index could not be read: %s", error)

    def search(
        self, words: Sequence[str], limit: int, skip: set[str], opened: Mapping[str, OpenDocumentText]
    ) -> list[Snippet]:
        """Return the snippets that share the rarest of `words`, the best first. Raises BrokenIndexError."""
        snippets: list[Snippet] = []
        with self._connected() as connection:
            if connection is None:
                return snippets
            documents = [
                document
                for path, document in opened.items()
                if path not in skip and self._knows(connection, path)
            ]
            weights = self._row_counts.weights(
                connection, words, lambda wanted: sum((one.counts(wanted) for one in documents), Counter())
            )
            hits = [hit for hit in best_rows(connection, weights, 4 * limit + 64) if hit.path not in opened]
            hits += [hit for document in documents for hit in document.hits(weights)]
            hits.sort(key=lambda hit: (-hit.score, hit.path, hit.chunk))
            texts = _Texts(self._workspace, self._visibility, opened)
            snippets += _snippets([hit for hit in hits if hit.path not in skip], texts, limit)
        return snippets

    def definitions(
        self, names: Sequence[str], limit: int, opened: Mapping[str, OpenDocumentText]
    ) -> list[Snippet]:
        """Return the outlines of the definitions of these names, the rarest names first. Raises BrokenIndexError."""
        snippets: list[Snippet] = []
        with self._connected() as connection:
            if connection is None:
                return snippets
            texts = _Texts(self._workspace, self._visibility, opened)
            found = [(name, _definition_places(connection, name)) for name in dict.fromkeys(names)]
            for name, places in sorted(found, key=lambda pair: len(pair[1])):
                for path, line in places if len(places) <= MAX_DEFINITIONS else ():
                    snippet = _definition(texts, path, name, line, 1 / len(places))
                    if snippet is not None and not _is_within(snippet, snippets):
                        snippets.append(snippet)
                    if len(snippets) == limit:
                        return snippets
        return snippets

    def facts(self) -> dict[str, int | float | str]:
        """Return the facts about the whole index; empty if there is none. Raises BrokenIndexError."""
        with self._connected() as connection:
            if connection is not None:
                files, chunks, size = connection.execute(
                    "SELECT count(*) FILTER (WHERE chunks), coalesce(sum(chunks), 0),"
                    " coalesce(sum(size) FILTER (WHERE chunks), 0) FROM files"
                ).fetchone()
                return {**database.facts(connection), "files": files, "chunks": chunks, "bytes": size}
        return {}

    def forget(self) -> None:
        """Read the ignore files again."""
        with self._lock:
            self._visibility.forget()

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    @staticmethod
    def _knows(connection: sqlite3.Connection, path: str) -> bool:
        """Return whether git lists a file: an open document is only shown if it does."""
        return connection.execute("SELECT 1 FROM files WHERE path = ?", (path,)).fetchone() is not None


class _Texts:
    """The current lines of the files; each file is read once."""

    def __init__(
        self, workspace: Path, visibility: Visibility, opened: Mapping[str, OpenDocumentText]
    ) -> None:
        self._workspace = workspace
        self._visibility = visibility
        self._opened = opened
        self._read: dict[str, str] = {}

    def lines(self, path: str) -> list[str]:
        """Return a file's lines; empty if it must not be shown any more."""
        return self._whole(path).split("\n")

    def rows(self, path: str, first: int, last: int) -> list[str]:
        """Return the lines of a file from row `first` to before row `last`."""
        return self._whole(path).split("\n", last)[first:last]

    def _whole(self, path: str) -> str:
        if path not in self._read:  # One text, which takes a tenth of the memory of its lines.
            self._read[path] = self._text(path) if self._visibility.may_be_shown(path) else ""
        return self._read[path]

    def _text(self, path: str) -> str:
        if path in self._opened:
            return self._opened[path].text
        text = None
        with suppress(OSError), open(self._workspace / path, "rb") as file:
            text = decoded(file.read(MAX_FILE_BYTES))
        return "" if text is None else without_private_keys(normalized_line_ends(text))


def _snippets(hits: Sequence[Hit], texts: _Texts, limit: int) -> Iterator[Snippet]:
    """Yield the best hits with the lines after them, without overlaps."""
    taken: set[tuple[str, int]] = set()
    for hit in hits:
        if len(taken) == limit:
            return
        if taken & {(hit.path, hit.chunk - 1), (hit.path, hit.chunk + 1)}:
            continue
        first = hit.chunk * CHUNK_LINES
        text = _shown(texts.rows(hit.path, first, first + SNIPPET_LINES))
        if text.strip():
            taken.add((hit.path, hit.chunk))
            yield Snippet(hit.path, first, text, "search", hit.score)


def _definition_places(connection: sqlite3.Connection, name: str) -> list[tuple[str, int]]:
    """Return the places where a name is defined."""
    return connection.execute(
        "SELECT path, line FROM names JOIN files ON files.id = names.file WHERE name = ? ORDER BY path, line LIMIT ?",
        (name, MAX_DEFINITIONS + 1),
    ).fetchall()


def _definition(texts: _Texts, path: str, name: str, line: int, value: float) -> Snippet | None:
    """Return the outline of a definition, which may have moved a little since it was indexed."""
    lines = texts.lines(path)
    near = sorted(
        range(max(0, line - MAX_MOVED_LINES), min(line + MAX_MOVED_LINES + 1, len(lines))),
        key=lambda at: abs(at - line),
    )
    at = next((at for at in near if name in lines[at]), None)
    if at is None:
        return None
    found_ = outline(lines, at)
    return Snippet(path, found_.first, _shown(found_.lines), "declarations", value)


def _is_within(snippet: Snippet, others: Sequence[Snippet]) -> bool:
    return any(other.path == snippet.path and snippet.text in other.text for other in others)


def _shown(lines: Sequence[str]) -> str:
    """Return lines without secrets."""
    return without_credentials(
        "\n".join(line if len(line) <= MAX_LINE_LENGTH else "" for line in lines)
    ).rstrip()


def _inode(path: Path) -> int | None:
    with suppress(OSError):
        return os.stat(path).st_ino
    return None
