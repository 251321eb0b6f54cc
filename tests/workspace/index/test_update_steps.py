"""What one update reads, writes and removes."""

import logging
import os
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from midfill.workspace.index import database
from midfill.workspace.index import update as updates
from midfill.workspace.index.index_location import DATABASE, index_path_of
from midfill.workspace.index.listing import listed_files
from midfill.workspace.index.update import UpdateLimits, UpdateProgress, update
from tests.workspace.index.conftest import fill, paths, put, searched


def rows(workspace: Path) -> int:
    """Return the number of rows in the index, with those of earlier contents."""
    with closing(database.open_to_write(index_path_of(workspace) / DATABASE)) as connection:
        return int(database.facts(connection)["rows"])


@pytest.mark.parametrize("batch", [6, 10])
def test_files_are_searchable_before_an_update_ends(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """A batch is written when its files have this many bytes."""
    monkeypatch.setattr(updates, "BATCH_BYTES", batch)
    fill(workspace, {f"f{number}.py": "alpha" for number in range(5)})
    seen: list[int] = []

    def look(progress: UpdateProgress) -> None:
        seen.append(len(searched(workspace, "alpha")))

    update(workspace, on_progress=look)
    assert seen == [0, 2, 2, 4, 4]
    assert len(searched(workspace, "alpha")) == 5


def test_index_with_too_many_removed_rows_is_made_anew(workspace: Path) -> None:
    """The removed rows may be as many as the others."""
    found = []
    for word in ("alpha", "beta", "gamma", "delta"):
        put(workspace / "a.py", "\n".join([word] * 10_010))
        update(workspace)
        found.append(rows(workspace))
    assert found == [1_001, 2_002, 3_003, 1_001]
    assert paths(workspace, "gamma") == []


def test_small_index_keeps_up_to_a_thousand_removed_rows(workspace: Path) -> None:
    """Making it anew would read all files after a few changes."""
    for count in range(1, 5):
        put(workspace / "a.py", "alpha" * count)
        update(workspace)
        assert rows(workspace) == count


def test_first_update_reads_all_files(workspace: Path) -> None:
    """This holds even if some files are named; afterwards only those are read."""
    fill(workspace, {"a.py": "alpha", "b.py": "alpha"})
    update(workspace, paths=["a.py"])
    fill(workspace, {"a.py": "gamma", "b.py": "gamma"})
    assert {chunk.path for chunk in searched(workspace, "alpha")} == {"a.py", "b.py"}
    update(workspace, paths=["a.py"])
    assert {chunk.path for chunk in searched(workspace, "gamma")} == {"a.py"}


def test_time_of_a_touched_file_is_remembered(workspace: Path) -> None:
    """The next update does not read it again."""
    put(workspace / "a.py", "alpha")
    for seconds in (1_000_000, 2_000_000):
        os.utime(workspace / "a.py", (seconds, seconds))
        update(workspace)
    put(workspace / "a.py", "gamma")
    os.utime(workspace / "a.py", (2_000_000, 2_000_000))
    assert paths(workspace, "gamma") == []


@pytest.mark.parametrize("content", ["gamma", "epsilon"])
def test_file_with_another_size_is_read_whatever_its_time(workspace: Path, content: str) -> None:
    """A file of the same size and time is not."""
    for text in ("alpha", content):
        put(workspace / "a.py", text)
        os.utime(workspace / "a.py", (1_000_000, 1_000_000))
        update(workspace)
    assert bool(searched(workspace, content)) is (content == "epsilon")


def test_skipped_file_is_named_in_the_detailed_log(
    workspace: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It disappeared during the update."""
    put(workspace / "a.py", "alpha")
    listed = list(listed_files(workspace, ()))
    monkeypatch.setattr(updates, "listed_files", lambda *arguments: listed)
    (workspace / "a.py").unlink()
    with caplog.at_level(logging.DEBUG):
        update(workspace)
    assert "skipped a.py: No such file or directory" in caplog.messages


def test_reason_of_an_incomplete_index_has_the_numbers(workspace: Path) -> None:
    """The files before the limit are kept."""
    fill(workspace, {f"f{number}.py": "alpha" for number in range(4)})
    kept = "3 of 4 files: no more than 3 files or 1,000,000,000 bytes are kept"
    assert update(workspace, limits=UpdateLimits(files=3)) == kept
    assert update(workspace, limits=UpdateLimits(seconds=-1)) == (
        "the first 0 of 4 files: -1 seconds are over"
    )


def test_update_ends_after_its_time(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that it reads then is finished, and the next update reads the others."""
    fill(workspace, {f"f{number}.py": "alpha" for number in range(4)})
    now = [0.0]
    clock = SimpleNamespace(monotonic=lambda: now[0], time=time.time, time_ns=time.time_ns)
    monkeypatch.setattr(updates, "time", clock)

    def advance(progress: UpdateProgress) -> None:
        now[0] += 10

    short = update(workspace, limits=UpdateLimits(seconds=20), on_progress=advance)
    assert short == "the first 3 of 4 files: 20 seconds are over"
    assert {chunk.path for chunk in searched(workspace, "alpha")} == {"f0.py", "f1.py", "f2.py"}
    assert paths(workspace, "alpha") == [f"f{number}.py" for number in range(4)]


def test_complete_update_logs_nothing(workspace: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A warning would mean that files are missing."""
    put(workspace / "a.py", "alpha")
    with caplog.at_level(logging.DEBUG):
        assert update(workspace) == update(workspace, paths=["a.py"]) == update(workspace, fresh=True) == ""
    assert caplog.messages == []


def test_time_of_the_last_update_is_kept(workspace: Path) -> None:
    """The time of an update of some files counts, too; a complete one notes the workspace."""
    put(workspace / "a.py", "alpha")
    for paths_ in (None, ["a.py"]):
        before = time.time()
        update(workspace, paths=paths_)
        with closing(database.open_to_write(index_path_of(workspace) / DATABASE)) as connection:
            known = database.facts(connection)
        assert before <= float(known["updated"]) <= time.time()
        assert (known["workspace"], known["short"], bool(known["finished"])) == (str(workspace), "", True)
