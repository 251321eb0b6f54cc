"""Updates of an index in a low-priority process, which does not slow down typing."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from midfill.workspace.index.update import UpdateProgress

EXIT_BROKEN, EXIT_STOPPED = 1, 130
"""Exit codes of a failed process, and of one that was told to stop."""


class UpdateJob(NamedTuple):
    """The work of an update: a whole workspace, or some of its files."""

    excluded_globs: tuple[str, ...] = ()
    paths: tuple[str, ...] | None = None
    fresh: bool = False

    def with_more(self, other: "UpdateJob") -> "UpdateJob":
        """Return one job for both."""
        both = None if self.paths is None or other.paths is None else (*self.paths, *other.paths)
        return UpdateJob(
            other.excluded_globs,
            None if both is None else tuple(dict.fromkeys(both)),
            self.fresh or other.fresh,
        )


def encoded_job(job: UpdateJob) -> str:
    """Return a job as a line of JSON."""
    return json.dumps({"off": job.excluded_globs, "paths": job.paths, "fresh": job.fresh}) + "\n"


def decoded_job(line: str) -> UpdateJob:
    """Return the job in a line of JSON. Raises ValueError or TypeError."""
    tree = json.loads(line)
    paths = tree["paths"]
    return UpdateJob(tuple(tree["off"]), None if paths is None else tuple(paths), bool(tree["fresh"]))


def update_command(workspace: Path) -> list[str]:
    """Return the command that updates the index of a workspace: this program, not one in the current folder."""
    own = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-m", "midfill"]
    return [*own, "index", "update", "--background", str(workspace)]


def start_update(workspace: Path, job: UpdateJob) -> "subprocess.Popen[str]":
    """Start a process that does a job; it ends when its standard input is closed. Raises OSError."""
    process = subprocess.Popen(  # noqa: S603 (our own program)
        update_command(workspace),
        cwd=workspace.anchor,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
        | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
    )
    assert process.stdin is not None
    try:
        process.stdin.write(encoded_job(job))
        process.stdin.flush()
    except OSError:  # It has ended already; its exit code tells why.
        with suppress(OSError):
            process.stdin.close()  # A later attempt would fail with what is still unwritten.
    return process


def wait_for_update(process: "subprocess.Popen[str]", on_progress: Callable[[UpdateProgress], None]) -> str:
    """Wait until a process ends; return why the index is incomplete, or nothing. Raises OSError if it failed."""
    assert process.stdin is not None
    assert process.stdout is not None
    short = ""
    with process.stdout, process:
        for line in process.stdout:
            report = json.loads(line)
            if "of" in report:
                on_progress(UpdateProgress(report["done"], report["of"]))
            short = report.get("short", short)
    if process.returncode:
        raise OSError(f"its process ended with {process.returncode}")
    return short


def lower_priority() -> None:
    """Lower the priority of this process; on Windows `start_update` has done so."""
    if sys.platform != "win32":
        os.nice(19)


def relative_paths(workspace: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the `paths` in a workspace, a real path, relative to it and with `/`."""
    found = []
    for path in paths:
        whole = os.path.normpath(workspace / path)
        real = os.path.join(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))
        inner = next((Path(way) for way in (whole, real) if Path(way).is_relative_to(workspace)), None)
        if inner is not None:
            found.append(inner.relative_to(workspace).as_posix())
    return tuple(found)
