"""Updates of an index in a process of their own, at low priority: they take nothing from whoever types."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from midfill.workspace.index.update import Progress

BROKEN, LEFT = 1, 130
"""Exit codes of a process that could not do it, and of one that was told to stop."""


class Order(NamedTuple):
    """What to bring up to date: all of a workspace, or some of its files."""

    off: tuple[str, ...] = ()
    paths: tuple[str, ...] | None = None
    fresh: bool = False

    def with_more(self, other: "Order") -> "Order":
        """Return one order for both."""
        both = None if self.paths is None or other.paths is None else (*self.paths, *other.paths)
        return Order(
            other.off, None if both is None else tuple(dict.fromkeys(both)), self.fresh or other.fresh
        )


def written(order: Order) -> str:
    """Return an order as a line of JSON."""
    return json.dumps(order._asdict()) + "\n"


def read(line: str) -> Order:
    """Return the order in a line of JSON. Raises ValueError or TypeError."""
    tree = json.loads(line)
    paths = tree["paths"]
    return Order(tuple(tree["off"]), None if paths is None else tuple(paths), bool(tree["fresh"]))


def command(workspace: Path) -> list[str]:
    """Return what updates the index of a workspace: this program itself, not one in the current folder."""
    own = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-m", "midfill"]
    return [*own, "index", "update", "--background", str(workspace)]


def start(workspace: Path, order: Order) -> "subprocess.Popen[str]":
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
    with suppress(OSError):  # It has ended at once; its exit code says why.
        process.stdin.write(written(order))
        process.stdin.flush()
    return process


def follow(process: "subprocess.Popen[str]", tell: Callable[[Progress], None]) -> str:
    """Wait until a process is done; return why the index is not whole, or nothing. Raises OSError if it failed."""
    assert process.stdin is not None
    assert process.stdout is not None
    short = ""
    with process.stdout, process:
        for line in process.stdout:
            said = json.loads(line)
            if "of" in said:
                tell(Progress(said["done"], said["of"]))
            short = said.get("short", short)
    if process.returncode:
        raise OSError(f"its process ended with {process.returncode}")
    return short


def lower_priority() -> None:
    """Let every other process go first; on Windows `start` has seen to it."""
    if sys.platform != "win32":
        os.nice(19)


def relative(workspace: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Return those of `paths` that are in a workspace, a real path, relative to it and with `/`."""
    found = []
    for path in paths:
        whole = os.path.normpath(workspace / path)
        real = os.path.join(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))
        inner = next((Path(way) for way in (whole, real) if Path(way).is_relative_to(workspace)), None)
        if inner is not None:
            found.append(inner.relative_to(workspace).as_posix())
    return tuple(found)
