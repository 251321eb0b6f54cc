"""The resources of a server process."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import psutil


class Usage(NamedTuple):
    """Processor seconds and resident megabytes of a process and its children."""

    cpu: float
    rss: float


def usage(pid: int) -> Usage:
    """Return what the process has used so far; zero for values that cannot be read any more."""
    cpu, rss = 0.0, 0
    try:
        parent = psutil.Process(pid)
        for process in [parent, *parent.children(recursive=True)]:
            times = process.cpu_times()
            cpu += times.user + times.system
            rss += process.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return Usage(cpu, rss / 1e6)


PATIENT = "[timing]\nfirst_token_ms = 45000\ntotal_ms = 45000\n"
"""A settings file with deadlines for a loaded machine."""

TIMEOUT_S = 60.0
QUIET = 0.5
"""Seconds without any work after which a process is at rest."""


async def at_rest(pid: int) -> Usage:
    """Wait until the process has finished the background work of its start; return what it has used.

    Raises TimeoutError if it does not.
    """
    before, used = Usage(-1, 0), usage(pid)
    async with asyncio.timeout(TIMEOUT_S):
        while used.cpu > before.cpu:
            await asyncio.sleep(QUIET)
            before, used = used, usage(pid)
    return used


@contextmanager
def quiet_home() -> Iterator[dict[str, str]]:
    """Yield an environment without the user's own settings, keys and data."""
    home = tempfile.mkdtemp(prefix="midfill-bench-")
    try:
        folders = {name: os.path.join(home, name.lower()) for name in _FOLDERS}
        unset = dict.fromkeys((name for name in os.environ if _is_ours(name)), "")
        yield {**unset, **folders, "HOME": home, "USERPROFILE": home}
    finally:
        _remove(home)


def _remove(folder: str) -> None:
    """Remove a folder; a child of a killed server may still write into it until it sees that its input has ended.

    Raises OSError when something still writes there after `TIMEOUT_S` seconds.
    """
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        try:
            return shutil.rmtree(folder)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


_FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")


def _is_ours(name: str) -> bool:
    return name.startswith("MIDFILL_") or name.endswith("_API_KEY") or name.lower().endswith("_proxy")
