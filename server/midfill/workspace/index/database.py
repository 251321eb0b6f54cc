"""The database of an index: the words of each ten lines, and the names that each file defines.

The words are a contentless table of FTS5 without positions, which takes a third of the space. Rows are only added:
those of a changed file stay as dead rows, to which no row of `files` refers. FTS5's own `bm25` needs positions; the
weights of `midfill.workspace.index.search` do not.
"""

import sqlite3
from pathlib import Path

VERSION = 1
"""The version of the tables; a database of another version is replaced."""
BUSY_TIMEOUT_S = 10.0
"""Maximum seconds that a statement waits for another process."""

ROWS_BITS, SIZE_BITS = 24, 7
"""Bits of a row's number below the file's number, and its lowest bits.

The lowest bits hold the number of words (at most 127), those between the number of the chunk in its file.
"""
CHUNK_LINES = 10
"""Lines of a chunk, which is a row of `words`."""

_SCHEMA = f"""
CREATE TABLE facts(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE files(
    id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT UNIQUE NOT NULL,
    changed INTEGER NOT NULL, size INTEGER NOT NULL, hash BLOB NOT NULL, chunks INTEGER NOT NULL
);
CREATE TABLE names(
    name TEXT NOT NULL, file INTEGER NOT NULL, line INTEGER NOT NULL, PRIMARY KEY(name, file, line)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(
    chunk, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '_'"
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'row');
PRAGMA user_version = {VERSION};
"""  # SQLite's ascii tokenizer treats all characters beyond ASCII as letters, so words stay whole.


def row_number(file: int, chunk: int, size: int) -> int:
    """Return the number of a row of `words`."""
    return file << ROWS_BITS | chunk << SIZE_BITS | min(size, (1 << SIZE_BITS) - 1)


def chunk_number(row: int) -> int:
    """Return which ten lines of its file a row of `words` indexes."""
    return (row & (1 << ROWS_BITS) - 1) >> SIZE_BITS


def open_to_read(path: Path) -> sqlite3.Connection | None:
    """Open a database; None if there is none of this version. Raises sqlite3.Error for a broken one."""
    connection = _connected(path) if path.exists() else None
    if connection is not None:
        connection.execute("PRAGMA query_only = 1")
    return connection


def open_to_write(path: Path, *, fresh: bool = False) -> sqlite3.Connection:
    """Open a database; replace it if it is missing, of another version, or to be `fresh`.

    Raises sqlite3.Error for a broken one.
    """
    return (None if fresh else _connected(path)) or _created(path)


def _created(path: Path) -> sqlite3.Connection:
    """Create a new database in place of an old one."""
    try:
        delete_database(path)
    except PermissionError:  # On Windows, while another process reads it.
        connection = _connection(path)
        delete_rows(connection)
        return connection
    connection = _connection(path)
    _configure(connection)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
    return connection


def delete_rows(connection: sqlite3.Connection) -> None:
    """Delete all rows of a database."""
    connection.executescript(
        "BEGIN; DELETE FROM files; DELETE FROM names; DELETE FROM facts;"
        " INSERT INTO words(words) VALUES ('delete-all'); COMMIT;"
    )


def delete_database(path: Path) -> None:
    """Remove a database. Raises OSError."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def is_broken(error: sqlite3.Error) -> bool:
    """Return whether an error means a broken database, not a busy or full one."""
    name = getattr(error, "sqlite_errorname", "")
    return name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or "no such table" in str(error)


def facts(connection: sqlite3.Connection) -> dict[str, int | float | str]:
    """Return the facts that the writer noted about the whole index."""
    return dict(connection.execute("SELECT name, value FROM facts"))


def set_facts(connection: sqlite3.Connection, **values: float | str) -> None:
    """Note a fact about the whole index."""
    connection.executemany("REPLACE INTO facts VALUES (?, ?)", values.items())


def _connected(path: Path) -> sqlite3.Connection | None:
    """Open a database; None if it has another version. Raises sqlite3.Error for a broken one."""
    connection = _connection(path)
    try:
        _configure(connection)
        if _version(connection) == VERSION:
            return connection
    except sqlite3.Error:
        connection.close()
        raise
    connection.close()
    return None


def _configure(connection: sqlite3.Connection) -> None:
    # A killed process leaves the database intact; after a power cut it is rebuilt.
    connection.execute("PRAGMA synchronous = OFF")


def _connection(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
