"""Updates an index: new and changed files are read, and deleted ones removed."""

import logging
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from midfill.workspace.index import database
from midfill.workspace.index.index_entry import digest, index_entry
from midfill.workspace.index.index_location import DATABASE, LOCK, created, index_path_of
from midfill.workspace.index.listing import MAX_FILE_BYTES, ListedFile, listed_files
from midfill.workspace.index.lock import locked
from midfill.workspace.index.memory_update import update_memories

BATCH_BYTES = 4_000_000
"""Bytes of files that are written at once; a killed process loses no more."""
MAX_DEAD_SHARE = 1.0
"""Dead rows per live row from which an index is rebuilt."""
RACY_NS = 2_000_000_000
"""A file changed this short before it was read may change again without a new time."""

logger = logging.getLogger(__name__)


class UpdateLimits(NamedTuple):
    """The maximum size of an index, and the maximum time of an update."""

    files: int = 100_000
    bytes: int = 1_000_000_000
    seconds: float = 1_800


class UpdateProgress(NamedTuple):
    """The progress of an update, in files."""

    done: int
    of: int


OnProgress = Callable[[UpdateProgress], None]


def update(
    workspace: Path,
    excluded_globs: Sequence[str] = (),
    paths: Collection[str] | None = None,
    *,
    fresh: bool = False,
    limits: UpdateLimits = UpdateLimits(),  # noqa: B008 (it cannot be changed)
    wait_s: float = 600,
    on_progress: OnProgress = lambda progress: None,
) -> str:
    """Update the index of a workspace, or its part for `paths`; return why it is incomplete, or nothing.

    `workspace` is a real path. `fresh` discards the old index. Raises Busy, OSError or sqlite3.Error.
    """
    index_path = created(index_path_of(workspace))
    with locked(index_path / LOCK, wait_s):
        try:
            return _updated(index_path, workspace, excluded_globs, paths, fresh, limits, on_progress)
        except sqlite3.DatabaseError as error:
            if not database.is_broken(error):
                raise
            logger.warning("the index of %s was broken (%s), and is rebuilt", workspace, error)
            return _updated(index_path, workspace, excluded_globs, None, True, limits, on_progress)


def _updated(
    index_path: Path,
    workspace: Path,
    excluded_globs: Sequence[str],
    paths: Collection[str] | None,
    fresh: bool,
    limits: UpdateLimits,
    on_progress: OnProgress,
) -> str:
    with closing(database.open_to_write(index_path / DATABASE, fresh=fresh)) as connection:
        facts = database.facts(connection)
        if not facts.get("finished"):
            paths = None
        if int(facts.get("rows", 0)) > (1 + MAX_DEAD_SHARE) * max(_live_rows(connection), 1_000):
            database.delete_rows(connection)
            paths = None
        run = _Update(connection, workspace, limits, on_progress)
        files = list(listed_files(workspace, excluded_globs, paths))
        run.update_files(files, paths)
        short = run.finish(paths is None)
        update_memories(index_path, workspace, connection)
        return short


def _live_rows(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(sum(chunks), 0) FROM files").fetchone()[0])


class _Known(NamedTuple):
    id: int
    changed: int
    size: int
    hash: bytes


class _Update:
    """One update."""

    def __init__(
        self, connection: sqlite3.Connection, workspace: Path, limits: UpdateLimits, on_progress: OnProgress
    ) -> None:
        self._connection = connection
        self._workspace = workspace
        self._limits = limits
        self._on_progress = on_progress
        self._until = time.monotonic() + limits.seconds
        self._why_incomplete = ""
        self._written = 0
        facts = database.facts(connection)
        self._rows, self._words = int(facts.get("rows", 0)), int(facts.get("words", 0))

    def update_files(self, files: Sequence[ListedFile], paths: Collection[str] | None) -> None:
        """Read the changed files, and remove the deleted ones."""
        self._connection.execute("BEGIN IMMEDIATE")
        known = self._known(paths)
        files = list(self._within_limits(files, paths))
        deleted = known.keys() - {file.path for file in files}
        self._connection.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in deleted])
        for done, file in enumerate(files):
            if time.monotonic() > self._until:
                self._why_incomplete = (
                    f"the first {done:,} of {len(files):,} files: {self._limits.seconds:,} seconds are over"
                )
                break
            if (old := known.get(file.path)) is None or old[1:3] != (file.modified_ns, file.size):
                self._take(file, old)
            if self._written >= BATCH_BYTES:
                self._commit()
                self._connection.execute("BEGIN IMMEDIATE")
            self._on_progress(UpdateProgress(done + 1, len(files)))

    def finish(self, whole: bool) -> str:
        """Write the rest; return why the index is incomplete, or nothing."""
        if whole:
            database.set_facts(
                self._connection, finished=1, short=self._why_incomplete, workspace=str(self._workspace)
            )
        database.set_facts(self._connection, updated=time.time())
        self._commit()
        if self._why_incomplete and whole:
            logger.warning("the index of %s has %s", self._workspace, self._why_incomplete)
        return self._why_incomplete

    def _known(self, paths: Collection[str] | None) -> dict[str, _Known]:
        rows = self._connection.execute("SELECT path, id, changed, size, hash FROM files")
        return {path: _Known(*rest) for path, *rest in rows if paths is None or path in paths}

    def _within_limits(
        self, files: Sequence[ListedFile], paths: Collection[str] | None
    ) -> Iterator[ListedFile]:
        """Yield files until the index is full."""
        count = total = 0
        if paths is not None:
            count, total = self._connection.execute(
                "SELECT count(*), coalesce(sum(size), 0) FROM files"
            ).fetchone()
        for file in files:
            count, total = count + 1, total + file.size
            if count > self._limits.files or total > self._limits.bytes:
                self._why_incomplete = (
                    f"{count - 1:,} of {len(files):,} files: no more than {self._limits.files:,} files"
                    f" or {self._limits.bytes:,} bytes are kept"
                )
                return
            yield file

    def _take(self, file: ListedFile, old: _Known | None) -> None:
        try:
            with open(self._workspace / file.path, "rb") as opened:
                data = opened.read(MAX_FILE_BYTES)
        except OSError as error:
            logger.debug("skipped %s: %s", file.path, error.strerror)
            return
        changed = file.modified_ns if time.time_ns() - file.modified_ns > RACY_NS else 0
        hashed = digest(data)
        if old is not None and old.hash == hashed:
            self._connection.execute(
                "UPDATE files SET changed = ?, size = ? WHERE id = ?", (changed, len(data), old.id)
            )
            return
        self._write(file.path, data, (changed, file.size, hashed))

    def _write(self, path: str, data: bytes, stamp: tuple[int, int, bytes]) -> None:
        kept = index_entry(path, data)
        number = self._connection.execute(
            "REPLACE INTO files(path, changed, size, hash, chunks) VALUES (?, ?, ?, ?, ?)",
            (path, *stamp, len(kept.chunks)),
        ).lastrowid
        assert number is not None
        self._connection.executemany(
            "INSERT INTO words(rowid, chunk) VALUES (?, ?)",
            (
                (database.row_number(number, at, len(words)), " ".join(words))
                for at, words in enumerate(kept.chunks)
            ),
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO names VALUES (?, ?, ?)",
            ((name, number, line) for name, line in kept.definitions),
        )
        self._rows += len(kept.chunks)
        self._words += sum(map(len, kept.chunks))
        self._written += len(data)

    def _commit(self) -> None:
        database.set_facts(self._connection, rows=self._rows, words=self._words)
        self._connection.execute("COMMIT")
        self._written = 0
