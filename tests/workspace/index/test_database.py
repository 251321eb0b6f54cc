"""The database of an index and its files."""

import logging
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from midfill.workspace.index import database
from midfill.workspace.index.git_state import stamp
from midfill.workspace.index.index_location import DATABASE, created, index_path_of
from midfill.workspace.index.reader import BrokenIndexError, IndexReader
from midfill.workspace.index.update import update
from tests.workspace.index.conftest import fill, git, paths, put, searched


@pytest.fixture
def reader(workspace: Path) -> Iterator[IndexReader]:
    """A reader of the index on disk."""
    with closing(IndexReader(workspace, index_path_of(workspace) / DATABASE, ())) as reader:
        yield reader


def opened_files(folder: Path) -> list[str]:
    """Return the files of a folder that this process has open."""
    return [file.path for file in psutil.Process().open_files() if file.path.startswith(str(folder))]


@pytest.mark.skipif(sys.platform != "linux", reason="each system has its own cache folder")
def test_versions_of_midfill_share_an_index(workspace: Path, tmp_path: Path) -> None:
    """Its folder and the names of its files do not change between versions."""
    put(workspace / "a.py", "alpha")
    update(workspace)
    assert index_path_of(workspace).parent == tmp_path / "cache" / "midfill" / "index"
    assert index_path_of(Path("/home/me/project")).name == "project-21501a64cba0940a"
    with closing(database.open_to_write(index_path_of(workspace) / DATABASE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,), (
            "two versions would rebuild it in turns"
        )
        names = {path.name for path in index_path_of(workspace).iterdir()}
    assert names - {"index.db-wal", "index.db-shm"} == {"index.db", "lock", "memory-_py.all"}


@pytest.mark.parametrize("again", [False, True])
def test_an_update_does_not_wait_for_the_disk(tmp_path: Path, again: bool) -> None:
    """A power cut may break the index, which is then rebuilt."""
    path = tmp_path / "index.db"
    if again:
        database.open_to_write(path).close()
    with closing(database.open_to_write(path)) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (0,)


def test_search_does_not_change_the_index(workspace: Path) -> None:
    """A connection for reading cannot write."""
    put(workspace / "a.py", "alpha")
    update(workspace)
    connection = database.open_to_read(index_path_of(workspace) / DATABASE)
    assert connection is not None
    with closing(connection), pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM files")
    assert [chunk.path for chunk in searched(workspace, "alpha")] == ["a.py"]


def test_search_without_an_index_makes_no_file(workspace: Path, reader: IndexReader) -> None:
    """An empty database would count as one of another version."""
    folder = created(index_path_of(workspace))
    assert (reader.facts(), reader.search(["alpha"], 9, set(), {})) == ({}, [])
    assert list(folder.iterdir()) == []


def test_search_does_not_delay_an_update(workspace: Path) -> None:
    """The update is written while a search still reads the state before."""
    fill(workspace, {f"f{number}.py": "alpha" for number in range(9)})
    update(workspace)
    connection = database.open_to_read(index_path_of(workspace) / DATABASE)
    assert connection is not None
    with closing(connection):
        rows = connection.execute("SELECT path FROM files")
        rows.fetchone()
        put(workspace / "new.py", "beta")
        assert paths(workspace, "beta") == ["new.py"]
        assert len(rows.fetchall()) == 8


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
def test_removed_database_leaves_no_file(tmp_path: Path, suffix: str) -> None:
    """A log of an older database would be applied to a new one."""
    (tmp_path / f"index.db{suffix}").write_bytes(b"old")
    database.delete_database(tmp_path / "index.db")
    assert list(tmp_path.iterdir()) == []


def test_database_that_cannot_be_removed_is_emptied(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows a database cannot be removed while another process reads it."""
    for word in ("alpha", "gamma"):
        put(workspace / "a.py", word)
        os.utime(workspace / "a.py", (1_000_000, 1_000_000))
        update(workspace)
    assert searched(workspace, "gamma") == [], "its time and size are the same"

    def refuse(path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(database, "delete_database", refuse)
    update(workspace, fresh=True)
    assert [chunk.path for chunk in searched(workspace, "gamma")] == ["a.py"]


def test_busy_database_is_neither_searched_nor_rebuilt(
    workspace: Path,
    reader: IndexReader,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A search finds nothing, and an update raises an error; both work afterwards."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.0)
    put(workspace / "a.py", "def alpha(): pass")
    update(workspace)
    with closing(sqlite3.connect(index_path_of(workspace) / DATABASE, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("REPLACE INTO facts VALUES ('mark', 1)")
        other.execute("COMMIT")
        assert reader.search(["alpha"], 9, set(), {}) == []
        assert reader.definitions(["alpha"], 9, {}) == []
        assert reader.facts() == {}
        assert caplog.messages == ["an index could not be read: database is locked"] * 3
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            update(workspace)
    assert reader.facts()["mark"] == 1, "it is the same database"
    assert [chunk.path for chunk in reader.search(["alpha"], 9, set(), {})] == ["a.py"]


def test_unusable_database_is_not_kept_open(workspace: Path, reader: IndexReader) -> None:
    """An open file could not be replaced on Windows."""
    path = created(index_path_of(workspace)) / DATABASE
    path.write_bytes(b"not a database" * 999)
    with pytest.raises(BrokenIndexError) as caught:
        reader.facts()
    assert caught.tb is not None, "it keeps the objects of the failed call"
    assert opened_files(path.parent) == []


def test_broken_connection_is_closed(workspace: Path, reader: IndexReader) -> None:
    """An error during a search closes the database, and its replacement is read."""
    put(workspace / "a.py", "alpha")
    update(workspace)
    assert reader.facts()["files"] == 1
    with closing(sqlite3.connect(index_path_of(workspace) / DATABASE)) as connection:
        connection.execute("DROP TABLE facts")
    with pytest.raises(BrokenIndexError, match="no such table: facts"):
        reader.facts()
    assert opened_files(index_path_of(workspace)) == []
    update(workspace)
    assert reader.facts()["files"] == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems reject such names")
def test_worktree_of_a_repository_with_any_name_has_a_stamp(workspace: Path, tmp_path: Path) -> None:
    """Git writes the bytes of the repository's path, which may not be UTF-8."""
    repository = tmp_path / os.fsdecode(b"caf\xe9")
    repository.mkdir()
    put(repository / "a.py", "1")
    git(repository, "init")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "a")
    git(repository, "worktree", "add", "--detach", str(workspace / "tree"))
    before = stamp(workspace / "tree")
    put(workspace / "tree" / "b.py", "1")
    git(workspace / "tree", "add", ".")
    assert (0, 0) not in before
    assert stamp(workspace / "tree") != before
