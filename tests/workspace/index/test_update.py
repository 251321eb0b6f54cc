"""Building, updating and repairing an index."""

import logging
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from midfill.workspace.index import database, listing
from midfill.workspace.index.index_location import DATABASE, LOCK, created, index_path_of
from midfill.workspace.index.lock import IndexLockedError, locked
from midfill.workspace.index.reader import IndexReader
from midfill.workspace.index.update import UpdateLimits, UpdateProgress, update
from tests.workspace.index.conftest import defined, fill, git, paths, put, searched


def numbers(workspace: Path) -> dict[str, int]:
    """Return the number of each file in the index; a file that is read again gets a new one."""
    connection = sqlite3.connect(index_path_of(workspace) / DATABASE)
    try:
        return dict(connection.execute("SELECT path, id FROM files"))
    finally:
        connection.close()


def test_only_changed_files_are_read_again(workspace: Path) -> None:
    """Time and size are compared; if only the time differs, the content is."""
    fill(workspace, {"same.py": "alpha", "touched.py": "beta", "changed.py": "gamma", "gone.py": "delta"})
    for name in ("same.py", "touched.py", "changed.py", "gone.py"):
        os.utime(workspace / name, (1_000_000, 1_000_000))
    update(workspace)
    before = numbers(workspace)
    os.utime(workspace / "touched.py", (1_000_001, 1_000_001))
    put(workspace / "changed.py", "gemma")
    (workspace / "gone.py").unlink()
    put(workspace / "new.py", "epsilon")
    update(workspace)
    after = numbers(workspace)
    assert (after["same.py"], after["touched.py"]) == (before["same.py"], before["touched.py"])
    assert after["changed.py"] != before["changed.py"]
    assert set(after) == {"same.py", "touched.py", "changed.py", "new.py"}
    assert (paths(workspace, "gamma"), paths(workspace, "gemma"), paths(workspace, "delta")) == (
        [],
        ["changed.py"],
        [],
    )


def test_change_within_the_same_clock_tick_is_detected(workspace: Path) -> None:
    """A file that was just written is compared by its content the next time."""
    put(workspace / "a.py", "alpha")
    update(workspace)
    stamp = (workspace / "a.py").stat()
    put(workspace / "a.py", "gamma")
    os.utime(workspace / "a.py", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert paths(workspace, "gamma") == ["a.py"]


def test_branch_switch_updates_the_index(workspace: Path) -> None:
    """The files of the new branch are found, those of the old one are not."""
    put(workspace / "a.py", "alpha")
    git(workspace, "init")
    git(workspace, "add", ".")
    git(workspace, "commit", "-m", "a")
    git(workspace, "checkout", "-b", "other")
    git(workspace, "rm", "a.py")
    put(workspace / "b.py", "beta")
    git(workspace, "add", ".")
    git(workspace, "commit", "-m", "b")
    assert (paths(workspace, "alpha"), paths(workspace, "beta")) == ([], ["b.py"])
    git(workspace, "checkout", "main")
    assert (paths(workspace, "alpha"), paths(workspace, "beta")) == (["a.py"], [])


def test_update_of_some_files(workspace: Path) -> None:
    """Only given files are checked; a deleted one is removed."""
    fill(workspace, {"a.py": "alpha", "b.py": "beta", "c.py": "gamma"})
    update(workspace)
    fill(workspace, {"a.py": "omega", "b.py": "omega"})
    (workspace / "c.py").unlink()
    update(workspace, paths=["a.py", "c.py"])
    assert {chunk.path for chunk in searched(workspace, "omega")} == {"a.py"}
    assert set(numbers(workspace)) == {"a.py", "b.py"}


@pytest.mark.parametrize("limits", [UpdateLimits(files=3), UpdateLimits(bytes=17)])
def test_limits_are_logged_once(
    workspace: Path, limits: UpdateLimits, caplog: pytest.LogCaptureFixture
) -> None:
    """The first files are kept, and one line of the log says so."""
    fill(workspace, {f"f{number}.py": "alpha" for number in range(9)})
    with caplog.at_level(logging.WARNING):
        short = update(workspace, limits=limits)
    assert short.startswith("3 of 9 files")
    assert len(numbers(workspace)) == 3
    assert [record.message for record in caplog.records if "3 of 9 files" in record.message] != []
    assert len(caplog.records) == 1


def test_time_of_an_update_is_limited(workspace: Path) -> None:
    """The files read so far are kept, and the next update continues."""
    fill(workspace, {"a.py": "alpha", "b.py": "alpha"})
    assert "seconds are over" in update(workspace, limits=UpdateLimits(seconds=-1))
    assert update(workspace) == ""
    assert paths(workspace, "alpha") == ["a.py", "b.py"]


def test_progress_is_reported(workspace: Path) -> None:
    """The progress is reported after each file."""
    fill(workspace, {"a.py": "alpha", "b.py": "alpha"})
    reported: list[UpdateProgress] = []
    update(workspace, on_progress=reported.append)
    assert reported == [(1, 2), (2, 2)]


def _broken(path: Path) -> None:
    path.write_bytes(b"no database at all, " * 500)


def _torn(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def _older(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def _half_made(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE names")
    connection.close()


@pytest.mark.parametrize("harm", [_broken, _torn, _older, _half_made])
def test_broken_or_foreign_database_is_rebuilt(workspace: Path, harm: object) -> None:
    """Each fault of the file causes a rebuild."""
    fill(workspace, {f"f{number}.py": f"def alpha{number}(): beta" for number in range(50)})
    update(workspace)
    path = index_path_of(workspace) / DATABASE
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    assert callable(harm)
    harm(path)
    put(workspace / "new.py", "gamma")
    update(workspace)
    assert len(numbers(workspace)) == 51
    assert [chunk.path for chunk in defined(workspace, "alpha7")] == ["f7.py"]


def test_removed_rows_do_not_accumulate(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many changes cause a rebuild, and the results are the same."""
    monkeypatch.setattr("midfill.workspace.index.update.MAX_DEAD_SHARE", -0.999)
    put(workspace / "a.py", "alpha\n" * 100)
    update(workspace)
    put(workspace / "b.py", "beta")
    update(workspace)
    connection = database.open_to_read(index_path_of(workspace) / DATABASE)
    assert connection is not None
    assert database.facts(connection)["rows"] == 12
    connection.close()
    assert (paths(workspace, "alpha"), paths(workspace, "beta")) == (["a.py"], ["b.py"])


def test_a_rebuild_after_one_saved_file_reads_all(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other files are found afterwards, too."""
    monkeypatch.setattr("midfill.workspace.index.update.MAX_DEAD_SHARE", -0.999)
    fill(workspace, {"a.py": "alpha\n" * 100, "b.py": "beta"})
    update(workspace)
    put(workspace / "a.py", "gamma")
    update(workspace, paths=["a.py"])
    assert set(numbers(workspace)) == {"a.py", "b.py"}
    assert [paths(workspace, word) for word in ("alpha", "beta", "gamma")] == [[], ["b.py"], ["a.py"]]


CHILD = """
import signal, sys
from pathlib import Path
from midfill.workspace.index import update
update.BATCH_BYTES = 2_000
print("ready", flush=True)
update.update(Path(sys.argv[1]), on_progress=lambda progress: print(progress.done, flush=True))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_killed_process_leaves_a_valid_index(workspace: Path) -> None:
    """Its written part is kept; the lock is free; the next update continues."""
    fill(
        workspace,
        {f"f{number:03}.py": f"def alpha{number}():\n    {'word ' * 50}\n" for number in range(300)},
    )
    ends = CHILD.replace("print(progress.done, flush=True)", "progress.done < 100 or signal.raise_signal(9)")
    done = subprocess.run(
        [sys.executable, "-c", ends, str(workspace)], stdout=subprocess.DEVNULL, check=False
    )
    assert done.returncode == -signal.SIGKILL
    kept = numbers(workspace)
    assert 50 < len(kept) < 300
    update(workspace, wait_s=0)
    after = numbers(workspace)
    assert len(after) == 300
    assert {name: after[name] for name in kept} == kept
    connection = sqlite3.connect(index_path_of(workspace) / DATABASE)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_two_processes_build_one_index(workspace: Path) -> None:
    """The second waits for the first, and finds nothing to do."""
    fill(workspace, {f"f{number:03}.py": f"def alpha{number}(): pass\n" for number in range(100)})
    command = [sys.executable, "-c", CHILD, str(workspace)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    for process in both:
        process.communicate(timeout=60)
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(numbers(workspace).values()) == list(range(1, 101))


def test_unavailable_lock_is_reported(workspace: Path) -> None:
    """A process that does not get it reports this."""
    put(workspace / "a.py", "alpha")
    with (
        locked(created(index_path_of(workspace)) / LOCK, 0),
        pytest.raises(IndexLockedError, match="another process"),
    ):
        update(workspace, wait_s=0.2)
    update(workspace, wait_s=0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_only_the_user_can_read_the_index(workspace: Path) -> None:
    """The index contains words of the user's files."""
    put(workspace / "a.py", "alpha")
    update(workspace)
    assert index_path_of(workspace).stat().st_mode & 0o077 == 0


def test_file_removed_during_the_update_is_skipped(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The update continues with the next file."""
    put(workspace / "a.py", "alpha")
    monkeypatch.setattr(
        "midfill.workspace.index.update.listed_files",
        lambda *_: [listing.ListedFile("a.py", 5, 1), listing.ListedFile("b.py", 5, 1)],
    )
    assert paths(workspace, "alpha") == ["a.py"]


def test_file_of_the_same_time_and_size_is_not_read(workspace: Path) -> None:
    """Reading every file again would take as long as the first time."""
    put(workspace / "a.py", "alpha")
    os.utime(workspace / "a.py", (1_000_000, 1_000_000))
    update(workspace)
    put(workspace / "a.py", "gamma")
    os.utime(workspace / "a.py", (1_000_000, 1_000_000))
    assert paths(workspace, "gamma") == []
    os.utime(workspace / "a.py", (1_000_001, 1_000_001))
    assert paths(workspace, "gamma") == ["a.py"]


def test_number_of_files_and_bytes_is_limited(workspace: Path) -> None:
    """The limits are exact; an update of some files counts those in the index."""
    fill(workspace, {f"f{number}.py": "alpha" for number in range(3)})
    assert update(workspace, limits=UpdateLimits(files=3, bytes=15)) == ""
    put(workspace / "f3.py", "alpha")
    assert update(workspace, paths=["f3.py"], limits=UpdateLimits(files=3)).startswith("3 of 1 files")
    assert update(workspace, paths=["f3.py"], limits=UpdateLimits(bytes=19)).startswith("3 of 1 files")
    assert len(numbers(workspace)) == 3
    assert update(workspace, paths=["f3.py"], limits=UpdateLimits(files=4, bytes=20)) == ""
    assert len(numbers(workspace)) == 4


def test_partial_update_does_not_mark_the_index_complete(
    workspace: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Only an update of all files reports whether the index is complete."""
    fill(workspace, {"a.py": "alpha", "b.py": "alpha"})
    update(workspace, limits=UpdateLimits(files=1))
    with caplog.at_level(logging.WARNING):
        caplog.clear()
        assert update(workspace, paths=["b.py"], limits=UpdateLimits(files=1)) != ""
    assert caplog.messages == []
    with closing(IndexReader(workspace, index_path_of(workspace) / DATABASE, ())) as reader:
        assert str(reader.facts()["short"]).startswith("1 of 2 files")
        assert update(workspace) == ""
        assert (reader.facts()["short"], reader.facts()["finished"], reader.facts()["workspace"]) == (
            "", 1, str(workspace),
        )  # fmt: skip


def test_broken_index_is_logged_once(workspace: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The index is then rebuilt."""
    put(workspace / "a.py", "alpha")
    update(workspace)
    connection = sqlite3.connect(index_path_of(workspace) / DATABASE)
    connection.execute("DROP TABLE files")
    connection.close()
    with caplog.at_level(logging.WARNING):
        assert update(workspace, paths=["a.py"]) == ""
    assert [message.partition(" was broken")[0] for message in caplog.messages] == [
        f"the index of {workspace}"
    ]
    assert paths(workspace, "alpha") == ["a.py"]


def test_emptied_database_has_no_rows(workspace: Path) -> None:
    """A database that cannot be removed, as on Windows during a read, is emptied."""
    put(workspace / "a.py", "def alpha(): pass")
    update(workspace)
    connection = database.open_to_write(index_path_of(workspace) / DATABASE)
    database.delete_rows(connection)
    counts = [
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("files", "names", "facts")
    ]
    assert counts == [0, 0, 0]
    assert connection.execute("SELECT count(*) FROM words WHERE words MATCH 'alpha'").fetchone()[0] == 0
    connection.close()
    assert searched(workspace, "alpha") == defined(workspace, "alpha") == []
    assert paths(workspace, "alpha") == ["a.py"]
