"""The lock of the process that writes an index; it is released when the process ends in any way."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

RETRY_S = 0.1
"""Seconds between two attempts to take the lock."""


class IndexLockedError(Exception):
    """Another process writes this index."""


@contextmanager
def locked(path: Path, wait_s: float) -> Iterator[None]:
    """Hold the lock in the file `path`.

    Raises `IndexLockedError` if another process holds it for longer than `wait_s`.
    """
    until = time.monotonic() + wait_s
    with path.open("ab") as file:
        while not _taken(file):
            if time.monotonic() >= until:
                raise IndexLockedError(f"another process writes the index in {path.parent}")
            time.sleep(RETRY_S)
        yield


def _taken(file: BinaryIO) -> bool:
    """Take the lock, which is released when the file is closed."""
    with suppress(OSError):
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
