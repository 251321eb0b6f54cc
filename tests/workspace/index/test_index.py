"""The index as the server uses it."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from midfill.workspace.index import index, update_process
from midfill.workspace.index.index import Index
from midfill.workspace.index.index_location import DATABASE, index_path_of
from midfill.workspace.index.update import UpdateProgress, update
from midfill.workspace.index.update_process import UpdateJob
from tests.workspace.index.conftest import fill, git, put

WAIT_S = 60


@pytest.fixture(autouse=True)
def no_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is cached, and each search asks git."""
    monkeypatch.setattr(index, "UPDATE_DELAY_S", 0.0)
    monkeypatch.setattr(index, "GIT_CHECK_S", 0.0)


@pytest.fixture
def opened(workspace: Path) -> Iterator[Callable[[], Index]]:
    """Return a function that opens the index of the workspace and waits until it is made."""
    made: list[Index] = []

    def open_and_wait() -> Index:
        made.append(Index.open(workspace))
        assert made[-1].wait(WAIT_S)
        return made[-1]

    yield open_and_wait
    for one in made:
        one.close()


def found(opened: Index, word: str) -> list[str]:
    """Return the files in which a word is found, once nothing is under way."""
    opened.search([word], 9)
    assert opened.wait(WAIT_S)
    return sorted({chunk.path for chunk in opened.search([word], 9)})


def test_index_is_built_in_the_background(workspace: Path, opened: Callable[[], Index]) -> None:
    """The index reports its status."""
    fill(workspace, {"a.py": "def alpha(): pass", "b.py": "beta", "c.bin": b"\0"})
    one = opened()
    assert found(one, "beta") == ["b.py"]
    assert [chunk.path for chunk in one.definitions(["alpha"], 9)] == ["a.py"]
    known = one.status()
    assert (known.state, known.files, known.chunks, known.bytes, known.short) == ("ready", 2, 2, 21, "")
    assert known.disk > 0
    assert time.time() - known.updated < WAIT_S


def test_saved_file_is_indexed_again(workspace: Path, opened: Callable[[], Index]) -> None:
    """A new file, too, by its absolute or relative path; a file elsewhere is ignored."""
    put(workspace / "a.py", "alpha")
    one = opened()
    fill(workspace, {"a.py": "beta", "new.py": "beta"})
    one.changed("a.py", None)
    one.changed(str(workspace / "new.py"), None)
    one.changed(str(workspace.parent / "outside.py"), "beta")
    assert (found(one, "alpha"), found(one, "beta")) == ([], ["a.py", "new.py"])


def test_unsaved_text_of_an_open_document_is_searched(workspace: Path, opened: Callable[[], Index]) -> None:
    """Until it is closed; keys in it are masked; a document that git does not list is not found."""
    fill(workspace, {"a.py": "alpha", ".gitignore": "b.py", "b.py": "1"})
    git(workspace, "init")
    one = opened()
    for name in ("a.py", "b.py", ".env", "new.py"):
        one.changed(name, "omega\npassword = 'hunter22'\ndef alpha(): pass")
    (chunk,) = one.search(["omega"], 9)
    assert (chunk.path, chunk.text) == ("a.py", "omega\npassword = '***'\ndef alpha(): pass")
    assert found(one, "hunter22") == []
    one.changed("a.py", None)
    assert (found(one, "omega"), found(one, "alpha")) == ([], ["a.py"])


def test_branch_switch_is_detected(workspace: Path, opened: Callable[[], Index]) -> None:
    """The editor sends no event."""
    put(workspace / "a.py", "alpha")
    git(workspace, "init")
    git(workspace, "add", ".")
    git(workspace, "commit", "-m", "a")
    one = opened()
    git(workspace, "checkout", "-b", "other")
    git(workspace, "mv", "a.py", "b.py")
    assert found(one, "alpha") == ["b.py"]


def test_changed_ignore_file_applies_at_once(workspace: Path, opened: Callable[[], Index]) -> None:
    """Before the index has caught up, and afterwards."""
    fill(workspace, {"a.py": "alpha", "b.py": "alpha"})
    one = opened()
    put(workspace / ".midfillignore", "b.py")
    one.changed(".midfillignore", None)
    assert [chunk.path for chunk in one.search(["alpha"], 9)] == ["a.py"]
    assert one.wait(WAIT_S)
    assert one.status().files == 1 + 1, "a.py, and the ignore file itself"


def test_broken_database_is_rebuilt(workspace: Path, opened: Callable[[], Index]) -> None:
    """A search detects it and returns nothing; the next ones do."""
    put(workspace / "a.py", "alpha")
    update(workspace)
    one = opened()
    one.close()
    path = index_path_of(workspace) / DATABASE
    path.write_bytes(b"not a database" * 999)
    assert one.search(["alpha"], 9) == []
    assert one.definitions(["alpha"], 9) == []
    assert found(opened(), "alpha") == ["a.py"]


def test_removed_database_is_closed(workspace: Path, opened: Callable[[], Index]) -> None:
    """`midfill index clear` and `rebuild` work while a server runs."""
    put(workspace / "a.py", "alpha")
    one = opened()
    assert found(one, "alpha") == ["a.py"]
    put(workspace / "a.py", "beta")
    update(workspace, fresh=True)
    assert (found(one, "alpha"), found(one, "beta")) == ([], ["a.py"])


def test_many_threads_may_search(workspace: Path, opened: Callable[[], Index]) -> None:
    """While documents change and files are saved."""
    fill(workspace, {f"f{number}.py": f"def alpha{number}(): pass" for number in range(40)})
    one = opened()

    def ask(number: int) -> bool:
        one.changed(f"f{number}.py", None if number % 2 else f"def alpha{number}(): pass")
        hits = one.search([f"alpha{number}"], 3) + one.definitions([f"alpha{number}"], 3)
        return {chunk.path for chunk in hits} == {f"f{number}.py"}

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(40)))


def test_two_servers_share_the_index(workspace: Path, opened: Callable[[], Index]) -> None:
    """One finds what the other has read."""
    put(workspace / "a.py", "alpha")
    one, other = opened(), opened()
    put(workspace / "a.py", "beta")
    one.changed("a.py", None)
    assert (found(one, "beta"), found(other, "beta")) == (["a.py"], ["a.py"])


def test_child_process_ends_with_the_server(workspace: Path) -> None:
    """The process ends when its standard input closes, in any state."""
    fill(workspace, {f"f{number}.py": "word " * 20_000 for number in range(100)})
    before = psutil.Process().nice()
    process = update_process.start_update(workspace, UpdateJob())
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    with process.stdout:
        assert process.wait(WAIT_S) in {0, update_process.EXIT_STOPPED}
    if sys.platform != "win32":
        assert psutil.Process().nice() == before, "the priority is the child's alone"


def test_closing_does_not_wait(workspace: Path) -> None:
    """No process remains after a server's end."""
    fill(workspace, {f"f{number}.py": "word " * 20_000 for number in range(100)})
    reported = threading.Event()

    def report(progress: UpdateProgress) -> None:
        reported.set()

    with closing(Index.open(workspace, on_progress=report)):
        assert reported.wait(WAIT_S)
    assert not [child for child in psutil.Process().children() if "index" in child.cmdline()]


def test_failed_process_is_reported(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The server continues without an index."""
    monkeypatch.setattr(
        update_process, "update_command", lambda workspace: [sys.executable, "-c", "raise SystemExit(3)"]
    )
    with closing(Index.open(workspace)) as one, caplog.at_level(logging.WARNING):
        assert one.wait(WAIT_S)
        assert one.search(["alpha"], 9) == []
        assert one.status().state == "missing"
    assert "not up to date" in caplog.text


def test_too_large_workspace_is_reported_once(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """This holds after any number of searches."""
    program = 'import sys; sys.stdin.readline(); print(\'{"short": "3 of 9 files"}\')'
    monkeypatch.setattr(update_process, "update_command", lambda workspace: [sys.executable, "-c", program])
    with closing(Index.open(workspace)) as one, caplog.at_level(logging.WARNING):
        for _ in range(3):
            one.changed(".gitignore", None)
            assert one.wait(WAIT_S)
    assert caplog.text.count("has 3 of 9 files") == 1


@pytest.mark.parametrize(
    ("path", "inner"),
    [
        ("a.py", ["a.py"]),
        ("{}/x/../a.py", ["a.py"]),
        ("{}/../b.py", []),
        ("{link}/a.py", ["a.py"]),
        ("/etc/passwd", []),
    ],
)
def test_paths_within_the_workspace(workspace: Path, tmp_path: Path, path: str, inner: list[str]) -> None:
    """They may be absolute or relative, or go through a link to the workspace."""
    (tmp_path / "link").symlink_to(workspace)
    named = path.format(workspace, link=tmp_path / "link")
    assert update_process.relative_paths(workspace, [named]) == tuple(inner)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (UpdateJob(paths=("a",)), UpdateJob(paths=("b", "a")), UpdateJob(paths=("a", "b"))),
        (UpdateJob(), UpdateJob(paths=("b",)), UpdateJob()),
        (UpdateJob(paths=("a",)), UpdateJob(("x",), fresh=True), UpdateJob(("x",), fresh=True)),
    ],
)
def test_tasks_are_merged(one: UpdateJob, other: UpdateJob, both: UpdateJob) -> None:
    """A file for both is listed once."""
    assert one.with_more(other) == both
    assert update_process.decoded_job(update_process.encoded_job(both)) == both


def test_program_in_the_workspace_is_not_run(workspace: Path, opened: Callable[[], Index]) -> None:
    """A module of the same name in the workspace is not run, in any current folder."""
    fill(
        workspace, {"midfill/__main__.py": "open('run', 'w')", "json.py": "open('run', 'w')", "a.py": "alpha"}
    )
    before = Path.cwd()
    os.chdir(workspace)
    try:
        assert found(opened(), "alpha") == ["a.py"]
    finally:
        os.chdir(before)
    assert not (workspace / "run").exists()


def test_files_changed_on_disk_are_read_again(workspace: Path, opened: Callable[[], Index]) -> None:
    """The text of an open document still counts; a deleted file is not found."""
    fill(workspace, {"a.py": "alpha", "b.py": "alpha", "c.py": "alpha"})
    one = opened()
    one.changed("b.py", "gamma")
    fill(workspace, {"a.py": "beta", "b.py": "beta"})
    (workspace / "c.py").unlink()
    one.files_changed([str(workspace / name) for name in ("a.py", "b.py", "c.py")])
    assert found(one, "alpha") == []
    assert found(one, "beta") == ["a.py"]
    assert found(one, "gamma") == ["b.py"]


def test_many_changes_cause_a_complete_update(
    workspace: Path, opened: Callable[[], Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "MAX_CHANGED_FILES", 1)
    fill(workspace, {"a.py": "alpha", "b.py": "alpha", "c.py": "alpha"})
    one = opened()
    fill(workspace, {"a.py": "beta", "b.py": "beta", "c.py": "beta"})
    one.files_changed([str(workspace / "a.py"), str(workspace / "b.py")])
    assert found(one, "beta") == ["a.py", "b.py", "c.py"]


def test_saved_ignore_file_hides_files_at_once(workspace: Path, opened: Callable[[], Index]) -> None:
    """Earlier decisions about files are dropped."""
    fill(workspace, {"a.py": "alpha", "b.py": "alpha"})
    one = opened()
    assert found(one, "alpha") == ["a.py", "b.py"]
    put(workspace / ".gitignore", "b.py")
    one.changed(".gitignore", None)
    assert [chunk.path for chunk in one.search(["alpha"], 9)] == ["a.py"]
