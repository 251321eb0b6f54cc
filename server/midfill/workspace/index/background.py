"""Updates of an index in a low-priority process, which does not slow down typing."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from midfill.workspace.index.update import Progress

BROKEN, STOPPED = 1, 130
"""Exit codes of a failed process, and of one that was told to stop."""


class UpdateJob(NamedTuple):
    """The work of an update: a whole workspace, or some of its files."""

    off: tuple[str, ...] = ()
    paths: tuple[str, ...] | None = None
    fresh: bool = False

    def with_more(self, other: "UpdateJob") -> "UpdateJob":
        """Return one order for both."""
        both = None if self.paths is None or other.paths is None else (*self.paths, *other.paths)
        return UpdateJob(
            other.off, None if both is None else tuple(dict.fromkeys(both)), self.fresh or other.fresh
        )


def written(job: UpdateJob) -> str:
    """Return an order as a line of JSON."""
    return json.dumps(job._asdict()) + "\n"


def read(line: str) -> UpdateJob:
    """Return the order in a line of JSON. Raises ValueError or TypeError."""
    tree = json.loads(line)
    paths = tree["paths"]
    return UpdateJob(tuple(tree["off"]), None if paths is None else tuple(paths), bool(tree["fresh"]))


def command(workspace: Path) -> list[str]:
    """Return the command that updates the index of a workspace: this program, not one in the current folder."""
    own = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-m", "midfill"]
    return [*own, "index", "update", "--background", str(workspace)]


def start(workspace: Path, job: UpdateJob) -> "subprocess.Popen[str]":
    """Start a process that carries out an order; it ends when its standard input is closed. Raises OSError."""
    process = subprocess.Popen(  # noqa: S603 (our own program)
        command(workspace),
        cwd=workspace.anchor,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
        | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
    )
    assert process.stdin is not None
    with suppress(OSError):  # It has ended already; its exit code tells why.
        process.stdin.write(written(job))
        process.stdin.flush()
    return process


def follow(process: "subprocess.Popen[str]", on_progress: Callable[[Progress], None]) -> str:
    """Wait until a process ends; return why the index is incomplete, or nothing. Raises OSError if it failed."""
    assert process.stdin is not None
    assert process.stdout is not None
    short = ""
    with process.stdout, process:
        for line in process.stdout:
            report = json.loads(line)
            if "of" in report:
                on_progress(Progress(report["done"], report["of"]))
            short = report.get("short", short)
    if process.returncode:
        raise OSError(f"its process ended with {process.returncode}")
    return short


def lower_priority() -> None:
    """Lower the priority of this process; on Windows `start` has done so."""
    if sys.platform != "win32":
        os.nice(19)


def relative(workspace: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the `paths` in a workspace, a real path, relative to it and with `/`."""
    found = []
    for path in paths:
        whole = os.path.normpath(workspace / path)
        real = os.path.join(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))
        inner = next((Path(way) for way in (whole, real) if Path(way).is_relative_to(workspace)), None)
        if inner is not None:
            found.append(inner.relative_to(workspace).as_posix())
    return tuple(found)
