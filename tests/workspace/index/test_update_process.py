"""The process of an update, and its messages."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from midfill.workspace.index import update_process
from midfill.workspace.index.update import UpdateProgress
from midfill.workspace.index.update_process import UpdateJob, start_update, update_command, wait_for_update


def ended(program: str, monkeypatch: pytest.MonkeyPatch, workspace: Path) -> tuple[str, list[UpdateProgress]]:
    """Return the result of a process with this program, and its progress."""
    reported: list[UpdateProgress] = []
    monkeypatch.setattr(update_process, "update_command", lambda workspace: [sys.executable, "-c", program])
    return wait_for_update(start_update(workspace, UpdateJob(paths=("a.py",))), reported.append), reported


def test_result_of_a_process_is_its_last_reason(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later progress does not replace it; without one the index is complete."""
    lines = '{"short": "3 of 9 files"}', '{"done": 1, "of": 2}', '{"done": 2, "of": 2}'
    progress = [UpdateProgress(1, 2), UpdateProgress(2, 2)]
    for first, short in ((0, "3 of 9 files"), (1, "")):
        program = f"import sys; sys.stdin.readline(); print({chr(10).join(lines[first:])!r})"
        assert ended(program, monkeypatch, workspace) == (short, progress)


def test_process_receives_its_job_as_a_line(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts in the root folder, so that the workspace can be removed."""
    program = """if True:
        import json, os, sys
        line = sys.stdin.readline()
        print(json.dumps({"short": f"{os.getcwd()} {json.loads(line)['paths']} {line[-1:]!r}"}))
    """
    assert ended(program, monkeypatch, workspace)[0] == f"{workspace.anchor} ['a.py'] '\\n'"


@pytest.mark.parametrize("code", [1, 3])
def test_failed_process_raises_an_error(workspace: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """The error has the exit code."""
    with pytest.raises(OSError, match=rf"^its process ended with {code}$"):
        ended(f"raise SystemExit({code})", monkeypatch, workspace)


def test_command_runs_this_program(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a self-contained program there is no module to name."""
    task = ["index", "update", "--background", str(workspace)]
    assert update_command(workspace) == [sys.executable, "-P", "-m", "midfill", *task]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert update_command(workspace) == [sys.executable, *task]


@pytest.mark.skipif(sys.platform == "win32", reason="the process is started with a lower priority")
def test_update_has_the_lowest_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would otherwise slow down typing."""
    added: list[int] = []
    monkeypatch.setattr(os, "nice", added.append)
    update_process.lower_priority()
    assert len(added) == 1
    assert added[0] >= 19


def test_job_is_read_as_written() -> None:
    """A job for the whole workspace names no files."""
    for job in (UpdateJob(), UpdateJob(("*.gen",), (), fresh=True), UpdateJob(paths=("ü.py", "\udcff"))):
        assert update_process.decoded_job(update_process.encoded_job(job)) == job


def test_output_that_is_no_report_is_an_error(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process does not remain."""
    started: list[subprocess.Popen[str]] = []
    begin = subprocess.Popen

    def record(*arguments: object, **options: object) -> subprocess.Popen[str]:
        started.append(begin(*arguments, **options))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", record)
    with pytest.raises(ValueError, match="Expecting value"):
        ended("print('hello')", monkeypatch, workspace)
    assert started[0].returncode is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such wait")
def test_process_that_ends_before_it_has_read_its_job_has_failed(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit code is told, not that the pipe is broken."""
    before = {child.pid for child in psutil.Process().children()}

    def encoded_late(job: UpdateJob) -> str:
        (ended_one,) = {child.pid for child in psutil.Process().children()} - before
        os.waitid(os.P_PID, ended_one, os.WEXITED | os.WNOWAIT)
        return "the job\n"

    monkeypatch.setattr(update_process, "encoded_job", encoded_late)
    with pytest.raises(OSError, match=r"^its process ended with 3$"):
        ended("raise SystemExit(3)", monkeypatch, workspace)
