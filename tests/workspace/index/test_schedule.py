"""When an index is updated, and which files: in virtual time, with updates in this process."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from midfill.core.context.snippet import Snippet
from midfill.workspace.index import index
from midfill.workspace.index.index import Index, IndexStatus
from midfill.workspace.index.index_location import DATABASE, index_path_of
from midfill.workspace.index.reader import IndexReader
from midfill.workspace.index.update import UpdateProgress, update
from midfill.workspace.index.update_process import UpdateJob
from tests.workspace.index.conftest import fill, git, put

WAIT_S = 60
GLOBS = ("private/**",)
WHOLE = UpdateJob(GLOBS)
Search = Callable[[Index, list[str], int], list[Snippet]]


class Updates:
    """The updates that an index has started, and the time that it reads."""

    def __init__(self) -> None:
        self.jobs: list[UpdateJob] = []
        self.now = 1_000.0
        self.started = threading.Event()
        self.may_end = threading.Event()
        self.may_end.set()
        self._workspace = Path()

    def monotonic(self) -> float:
        return self.now

    def start(self, workspace: Path, job: UpdateJob) -> object:
        self._workspace = workspace
        self.jobs.append(job)
        self.started.set()
        return SimpleNamespace(stdin=None)

    def wait(self, process: object, on_progress: Callable[[UpdateProgress], None]) -> str:
        assert self.may_end.wait(WAIT_S)
        job = self.jobs[-1]
        return update(
            self._workspace, job.excluded_globs, job.paths, fresh=job.fresh, on_progress=on_progress
        )


@pytest.fixture
def updates(monkeypatch: pytest.MonkeyPatch) -> Updates:
    """The updates of this test, which are not delayed."""
    updates = Updates()
    monkeypatch.setattr(index, "UPDATE_DELAY_S", 0.0)
    monkeypatch.setattr(index, "time", updates)
    monkeypatch.setattr(index, "start_update", updates.start)
    monkeypatch.setattr(index, "wait_for_update", updates.wait)
    return updates


@pytest.fixture
def opened(workspace: Path, updates: Updates) -> Iterator[Index]:
    """The open index of two files in a repository."""
    fill(workspace, {"a.py": "alpha", "b.py": "alpha"})
    git(workspace, "init")
    with closing(Index.open(workspace, GLOBS)) as one:
        assert one.wait(WAIT_S)
        assert updates.jobs.pop() == WHOLE
        updates.started.clear()
        yield one


def searched(one: Index, skip: str | set[str] = "") -> list[str]:
    return sorted(chunk.path for chunk in one.search(["alpha"], 9, skip))


@pytest.mark.parametrize("search", [Index.search, Index.definitions], ids=["search", "definitions"])
def test_git_is_checked_two_seconds_after_the_last_check(
    workspace: Path, opened: Index, updates: Updates, search: Search
) -> None:
    """A change of git causes one complete update."""
    steps = [(1.9, None, 0), (2.1, None, 1), (4.2, None, 1), (4.3, "b.py", 1), (6.1, None, 1), (6.3, None, 2)]
    git(workspace, "add", "a.py")
    for seconds, added, count in steps:
        if added:
            git(workspace, "add", added)
        updates.now = 1_000 + seconds
        search(opened, ["alpha"], 9)
        assert opened.wait(WAIT_S)
        assert updates.jobs == [WHOLE] * count, seconds


def test_workspace_is_scanned_ten_minutes_after_the_last_scan(opened: Index, updates: Updates) -> None:
    """The update of a saved file is no scan."""
    for seconds, count in ((599, 0), (601, 1), (1_200, 1), (1_202, 2)):
        updates.now = 1_000 + seconds
        searched(opened)
        assert opened.wait(WAIT_S)
        assert updates.jobs == [WHOLE] * count, seconds
    updates.now += 500
    opened.changed("a.py", None)
    assert opened.wait(WAIT_S)
    updates.now += 101
    searched(opened)
    assert opened.wait(WAIT_S)
    assert updates.jobs == [WHOLE, WHOLE, UpdateJob(GLOBS, ("a.py",)), WHOLE]


@pytest.mark.parametrize("by_git", [True, False])
def test_unreported_ignore_file_applies_with_the_next_scan(
    workspace: Path, opened: Index, updates: Updates, by_git: bool
) -> None:
    """The search that detects the change hides the file already."""
    assert searched(opened) == ["a.py", "b.py"]
    put(workspace / ".midfillignore", "b.py")
    assert searched(opened) == ["a.py", "b.py"]
    updates.may_end.clear()
    if by_git:
        git(workspace, "add", "a.py")
    updates.now += 3 if by_git else 601
    try:
        assert searched(opened) == ["a.py"]
    finally:
        updates.may_end.set()
    assert opened.wait(WAIT_S)
    assert opened.status().files == 2, "a.py and the ignore file"


MANY = tuple(f"f{number}.py" for number in range(201))


@pytest.mark.parametrize(
    ("changed", "job"),
    [
        (("a.py",), UpdateJob(GLOBS, ("a.py",))),
        (("a.py", "/elsewhere/b.py", "new/c.py"), UpdateJob(GLOBS, ("a.py", "new/c.py"))),
        (MANY[:200], UpdateJob(GLOBS, MANY[:200])),
        (MANY, WHOLE),
        ((".gitignore",), WHOLE),
        (("a.py", "deep/.midfillignore"), WHOLE),
        ((".gitignore.py",), UpdateJob(GLOBS, (".gitignore.py",))),
    ],
)
def test_changed_files_are_updated(
    opened: Index, updates: Updates, changed: tuple[str, ...], job: UpdateJob
) -> None:
    """More than 200 files, and a changed ignore file, cause a complete update."""
    opened.files_changed(changed)
    assert opened.wait(WAIT_S)
    assert updates.jobs == [job]


def test_files_elsewhere_cause_no_update(opened: Index, updates: Updates) -> None:
    """An editor reports files of all its folders."""
    opened.files_changed(["/elsewhere/a.py"])
    opened.changed("/elsewhere/a.py", None)
    opened.changed("/elsewhere/a.py", "text")
    assert opened.wait(0)
    assert (updates.jobs, opened.opened()) == ([], {})


def test_saved_document_is_updated_and_an_unsaved_one_is_not(
    workspace: Path, opened: Index, updates: Updates
) -> None:
    """Its text is searched until it is saved or closed, which may happen twice."""
    opened.changed(str(workspace / "a.py"), "omega")
    assert opened.wait(0)
    assert (searched(opened), opened.opened()) == (["b.py"], {"a.py": "omega"})
    opened.changed("a.py", None)
    opened.changed("a.py", None)
    assert opened.wait(WAIT_S)
    assert (searched(opened), opened.opened()) == (["a.py", "b.py"], {})
    assert set(updates.jobs) == {UpdateJob(GLOBS, ("a.py",))}


def test_changes_during_an_update_cause_one_more(opened: Index, updates: Updates) -> None:
    """Both are one job; the index is being built until it has ended."""
    updates.may_end.clear()
    opened.changed("a.py", None)
    assert updates.started.wait(WAIT_S)
    opened.files_changed(["b.py", "c.py"])
    opened.changed("b.py", None)
    assert not opened.wait(0)
    assert opened.status().state == "building"
    updates.may_end.set()
    assert opened.wait(WAIT_S)
    assert updates.jobs == [UpdateJob(GLOBS, ("a.py",)), UpdateJob(GLOBS, ("b.py", "c.py"))]
    assert opened.status().state == "ready"


def test_file_may_be_skipped_by_its_path_or_with_others(opened: Index) -> None:
    """A path is not taken for its characters."""
    assert searched(opened, "a.py") == ["b.py"]
    assert searched(opened, {"a.py", "b.py"}) == []
    assert searched(opened, "") == ["a.py", "b.py"]


@pytest.mark.parametrize("search", [Index.search, Index.definitions], ids=["search", "definitions"])
def test_broken_index_is_made_anew(
    workspace: Path,
    opened: Index,
    updates: Updates,
    caplog: pytest.LogCaptureFixture,
    search: Search,
) -> None:
    """An update alone would not notice a missing table; the cause is in the log."""
    with closing(sqlite3.connect(index_path_of(workspace) / DATABASE)) as connection:
        connection.execute("DROP TABLE names")
        connection.execute("DROP TABLE vocabulary")
    caplog.set_level(logging.WARNING)
    assert search(opened, ["alpha"], 9) == []
    assert opened.wait(WAIT_S)
    assert updates.jobs == [UpdateJob(GLOBS, fresh=True)]
    (message,) = caplog.messages
    assert message.startswith(f"the index of {workspace} is broken (no such table: ")
    assert searched(opened) == ["a.py", "b.py"]


def test_status_of_a_broken_index_is_missing_until_it_is_made_anew(workspace: Path, opened: Index) -> None:
    """The status causes this, like a search."""
    with closing(sqlite3.connect(index_path_of(workspace) / DATABASE)) as connection:
        connection.execute("DROP TABLE files")
    assert opened.status() == IndexStatus(str(workspace), str(index_path_of(workspace)), "missing")
    assert opened.wait(WAIT_S)
    assert (opened.status().state, opened.status().files) == ("ready", 2)


@pytest.mark.parametrize("state", ["missing", "building"])
def test_status_without_a_complete_index_has_no_time(workspace: Path, updates: Updates, state: str) -> None:
    """Of an interrupted first update the files are counted."""
    put(workspace / "a.py", "alpha")
    place = index_path_of(workspace)
    counts = (0, 0, 0)
    if state == "building":
        update(workspace)
        with closing(sqlite3.connect(place / DATABASE)) as connection:
            connection.execute("DELETE FROM facts WHERE name NOT IN ('rows', 'words')")
            connection.commit()
        counts = (1, 1, 5)
    with closing(IndexReader(workspace, place / DATABASE, ())) as reader:
        known = index.status(workspace, reader)
        disk = sum(path.stat().st_size for path in place.iterdir()) if counts[0] else 0
    assert known == (str(workspace), str(place), state, *counts, disk, 0.0, "", None)


def test_complete_update_logs_nothing(
    workspace: Path, updates: Updates, caplog: pytest.LogCaptureFixture
) -> None:
    """The log is for faults."""
    put(workspace / "a.py", "alpha")
    with caplog.at_level(logging.WARNING), closing(Index.open(workspace)) as one:
        assert one.wait(WAIT_S)
    assert caplog.messages == []


def test_index_closed_during_the_delay_starts_no_update(
    workspace: Path, updates: Updates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An update waits for further changes; closing does not wait, and ends the thread."""
    monkeypatch.setattr(index, "UPDATE_DELAY_S", 600.0)
    before = set(threading.enumerate())
    one = Index.open(workspace)
    (thread,) = set(threading.enumerate()) - before
    assert thread.daemon, "an index that is not closed does not keep the process"
    one.changed("a.py", None)
    assert not updates.started.wait(0.1)
    one.close()
    assert not thread.is_alive()
    assert updates.jobs == []


def test_closed_index_holds_no_file(workspace: Path, opened: Index) -> None:
    """Its folder can then be removed on Windows; a second time is no error."""
    assert searched(opened) == ["a.py", "b.py"]
    place = str(index_path_of(workspace))
    assert any(file.path.startswith(place) for file in psutil.Process().open_files())
    opened.close()
    opened.close()
    assert not any(file.path.startswith(place) for file in psutil.Process().open_files())
