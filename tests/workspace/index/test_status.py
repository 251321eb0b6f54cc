"""The status of an index, and its checks for unreported changes."""

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from midfill.workspace.index import database, index, update_process
from midfill.workspace.index.git_state import stamp
from midfill.workspace.index.index import Index, status
from midfill.workspace.index.index_location import DATABASE, created, disk_size, index_path_of, remove_index
from midfill.workspace.index.reader import BrokenIndexError, IndexReader
from midfill.workspace.index.update import UpdateLimits, UpdateProgress, update
from tests.workspace.index.conftest import fill, git, put

WAIT_S = 60
WAITS = 'import sys; sys.stdin.readline(); print(\'{"done": 1, "of": 3}\', flush=True); sys.stdin.read()'
"""A child process that ends with its input."""


@pytest.fixture(autouse=True)
def no_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes are not collected before an update."""
    monkeypatch.setattr(index, "UPDATE_DELAY_S", 0.0)


@pytest.fixture
def reader(workspace: Path) -> Iterator[IndexReader]:
    """A reader of the index on disk."""
    with closing(IndexReader(workspace, index_path_of(workspace) / DATABASE, ())) as reader:
        yield reader


def files(one: Index, word: str) -> list[str]:
    return sorted({chunk.path for chunk in one.search([word], 9)})


def test_status_is_building_during_an_update(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This holds even if the earlier database is complete; the status has the progress."""
    put(workspace / "a.py", "alpha")
    update(workspace)
    begun: list[UpdateProgress] = []
    reported = threading.Event()

    def report(progress: UpdateProgress) -> None:
        begun.append(progress)
        reported.set()

    monkeypatch.setattr(update_process, "update_command", lambda workspace: [sys.executable, "-c", WAITS])
    wanted = Index(workspace)
    assert (wanted.status().state, wanted.status().progress) == ("building", None)
    assert not wanted.wait(0)
    wanted.close()
    with closing(Index.open(workspace, on_progress=report)) as one:
        assert reported.wait(WAIT_S)
        assert (one.status().state, one.status().files) == ("building", 1)
        assert one.status().progress == UpdateProgress(1, 3)
        assert not one.wait(0)
    assert begun == [UpdateProgress(1, 3), UpdateProgress(3, 3)]
    assert one.status()._replace(updated=0, disk=0)[2:] == ("ready", 1, 1, 5, 0, 0, "", None)


def test_status_detects_a_broken_database(workspace: Path) -> None:
    """It is then rebuilt, as after a search."""
    put(workspace / "a.py", "alpha")
    with closing(Index.open(workspace)) as one:
        assert one.wait(WAIT_S)
        assert one.status().state == "ready"
        one._reader.close()
        path = index_path_of(workspace) / DATABASE
        path.unlink()
        path.write_bytes(b"not a database" * 999)
        assert (one.status().workspace, one.status().files) == (str(workspace), 0)
        assert one.wait(WAIT_S)
        assert (one.status().state, one.status().files) == ("ready", 1)
        assert files(one, "alpha") == ["a.py"]


def test_status_without_an_index(workspace: Path, reader: IndexReader) -> None:
    """It has the path nevertheless."""
    assert status(workspace, reader)[:3] == (str(workspace), str(index_path_of(workspace)), "missing")
    assert reader.facts() == {}


def test_status_counts_files_with_text(workspace: Path, reader: IndexReader) -> None:
    """Files without text count neither as files nor by their bytes."""
    fill(workspace, {"a.py": "alpha\n" * 11, "b.bin": b"\0\0", "c.py": "beta"})
    update(workspace)
    known = status(workspace, reader)
    assert (known.state, known.files, known.chunks, known.bytes) == ("ready", 2, 3, 70)
    assert known.disk == sum(entry.stat().st_size for entry in index_path_of(workspace).iterdir())


def test_status_of_an_incomplete_index_has_the_reason(workspace: Path, reader: IndexReader) -> None:
    """A limited update leaves a partial index; an interrupted one is not ready."""
    fill(workspace, {"a.py": "alpha", "b.py": "alpha"})
    short = update(workspace, limits=UpdateLimits(files=1))
    assert (status(workspace, reader).state, status(workspace, reader).short) == ("partial", short)
    update(workspace)
    assert (status(workspace, reader).state, status(workspace, reader).short) == ("ready", "")
    connection = database.open_to_write(index_path_of(workspace) / DATABASE)
    database.set_facts(connection, finished=0)
    connection.close()
    assert status(workspace, reader).state == "building"


def test_closed_index_has_no_open_file(workspace: Path) -> None:
    """Its folder can then be removed on Windows."""
    put(workspace / "a.py", "alpha")
    update(workspace)
    place = str(index_path_of(workspace))

    def held() -> list[str]:
        return [file.path for file in psutil.Process().open_files() if file.path.startswith(place)]

    reader = IndexReader(workspace, index_path_of(workspace) / DATABASE, ())
    assert reader.facts()["files"] == 1
    assert held()
    reader.close()
    assert held() == []
    assert reader.facts()["files"] == 1
    update(workspace, fresh=True)
    assert reader.facts()["files"] == 1
    reader.close()
    assert held() == []


def test_broken_database_raises_an_error(workspace: Path, reader: IndexReader) -> None:
    """Each search reports it; a database of another version does not count."""
    path = created(index_path_of(workspace)) / DATABASE
    path.write_bytes(b"not a database" * 999)
    for question in (
        lambda: reader.search(["a"], 9, set(), {}),
        lambda: reader.definitions(["a"], 9, {}),
        reader.facts,
    ):
        with pytest.raises(BrokenIndexError):
            question()
    path.write_bytes(b"")
    assert reader.facts() == {}
    assert reader.search(["a"], 9, set(), {}) == reader.definitions(["a"], 9, {}) == []


def test_unreported_change_is_found_after_some_minutes(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not found earlier, and not without a search."""
    monkeypatch.setattr(index, "GIT_CHECK_S", 0.0)
    put(workspace / "a.py", "alpha")
    with closing(Index.open(workspace)) as one:
        assert one.wait(WAIT_S)
        put(workspace / "b.py", "alpha")
        assert files(one, "alpha") == ["a.py"]
        assert one.wait(0), "nothing was wanted"
        monkeypatch.setattr(index, "RESCAN_S", 0.0)
        assert one.wait(0)
        one.search(["alpha"], 9)
        assert not one.wait(0)
        assert one.wait(WAIT_S)
        monkeypatch.setattr(index, "RESCAN_S", 600.0)
        assert files(one, "alpha") == ["a.py", "b.py"]
        assert one.wait(0), "the minutes count from the last look"


def test_git_state_is_checked_every_two_seconds(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search for definitions also checks it."""
    monkeypatch.setattr(index, "GIT_CHECK_S", 600.0)
    put(workspace / "a.py", "alpha")
    git(workspace, "init")
    with closing(Index.open(workspace)) as one:
        assert one.wait(WAIT_S)
        git(workspace, "add", "a.py")
        one.search(["alpha"], 9)
        assert one.wait(0)
        monkeypatch.setattr(index, "GIT_CHECK_S", 0.0)
        one.definitions(["alpha"], 9)
        assert not one.wait(0)
        assert one.wait(WAIT_S)
        one.definitions(["alpha"], 9)
        assert one.wait(0)


def test_few_saved_files_are_read_alone(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other changes stay unread until an ignore file or many files change."""
    monkeypatch.setattr(index, "MAX_CHANGED_FILES", 2)
    fill(workspace, {f"{name}.py": "alpha" for name in "abcd"})
    with closing(Index.open(workspace)) as one:
        assert one.wait(WAIT_S)
        fill(workspace, {f"{name}.py": "beta" for name in "abcd"})
        one.files_changed(["a.py", "b.py"])
        assert one.wait(WAIT_S)
        assert files(one, "beta") == ["a.py", "b.py"]
        one.files_changed([".gitignore"])
        assert one.wait(WAIT_S)
        assert files(one, "beta") == ["a.py", "b.py", "c.py", "d.py"]
        one.files_changed(["/elsewhere/a.py"])
        assert one.wait(0)


def test_words_of_open_documents_count(workspace: Path) -> None:
    """Unsaved texts are passed by their paths within the workspace, until they are closed."""
    fill(workspace, {"deep/a.py": "alpha"})
    with closing(Index.open(workspace)) as one:
        assert one.wait(WAIT_S)
        one.changed(str(workspace / "deep" / "a.py"), "omega")
        assert one.opened() == {"deep/a.py": "omega"}
        assert one.wait(0), "what is not saved is not indexed"
        one.changed("deep/a.py", None)
        assert one.opened() == {}


def test_stamp_changes_with_the_git_state(workspace: Path, tmp_path: Path) -> None:
    """It depends on git's index and branch, in a worktree on its own; without git there is no stamp."""
    put(workspace / "a.py", "1")
    assert stamp(workspace) == ()
    git(workspace, "init")
    git(workspace, "add", ".")
    git(workspace, "commit", "-m", "a")
    stamps = [stamp(workspace)]
    git(workspace, "checkout", "-b", "other-branch")
    stamps.append(stamp(workspace))
    put(workspace / "b.py", "1")
    stamps.append(stamp(workspace))
    git(workspace, "add", ".")
    stamps.append(stamp(workspace / "deep"))
    assert stamps[0] != stamps[1] == stamps[2] != stamps[3]
    tree = tmp_path / "tree"
    git(workspace, "worktree", "add", "--detach", str(tree))
    before = stamp(tree)
    put(tree / "c.py", "1")
    git(tree, "add", ".")
    assert stamp(tree) != before
    (tree / ".git").write_text("something else")
    assert stamp(tree) == ((0, 0), (0, 0))


def test_index_folder_is_created_and_removed(workspace: Path) -> None:
    """Each workspace has its own folder, with its name; a repetition is no error."""
    place = index_path_of(workspace)
    assert place != index_path_of(workspace / "project")
    assert place.name.startswith("project-")
    odd = index_path_of(Path("/x/a b?ü" + "y" * 99)).name
    assert odd.startswith("a_b_ü" + "y" * 35 + "-")
    assert disk_size(place) == 0
    remove_index(place)
    assert created(created(place)) == place
    (place / "x").write_bytes(b"12345")
    assert disk_size(place) == 5
    remove_index(place)
    assert not os.path.exists(place)


def test_program_that_cannot_start_is_reported(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The server continues with the earlier index."""
    put(workspace / "a.py", "alpha")
    update(workspace)
    monkeypatch.setattr(
        update_process, "update_command", lambda workspace: [str(workspace / "no such program")]
    )
    with caplog.at_level(logging.WARNING), closing(Index.open(workspace)) as one:
        one._thread.join(WAIT_S)
        assert not one._thread.is_alive()
        assert files(one, "alpha") == ["a.py"]
    assert any("the workspace is not indexed" in message for message in caplog.messages)
