"""Standard streams that are closed, full, or without a reader."""

import errno
import os
import sys
from collections.abc import Callable

_NUMBERS = {"stdin": 0, "stdout": 1, "stderr": 2}

FULL = "midfill: the output cannot be written: no space is left there\n"
NO_FOLDER = "midfill: the current folder no longer exists; change to another one\n"


def guarded(run: Callable[[], int]) -> int:
    """Run a command; return its exit code, even if its output fails."""
    reopen_closed("stderr")
    try:
        code = run()
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except SystemExit as leaving:  # argparse: `--help`, or wrong usage.
        code = leaving.code if isinstance(leaving.code, int) else 0
        return guarded(lambda: code)
    except OSError as error:
        return _failed(error)


def reopen_closed(*names: str) -> None:
    """Open the standard streams that are closed to the null device."""
    for name in names:
        if getattr(sys, name) is None:
            number = _NUMBERS[name]
            _redirect_to_null(number)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))


def _failed(error: OSError) -> int:
    """Report a failed stream or a deleted folder, and return the exit code; raise any other error."""
    if error.errno == errno.EPIPE:
        _redirect_to_null(
            _NUMBERS["stdout"]
        )  # `| head`. Without this Python reports the error again at shutdown.
        return 0
    if error.errno == errno.ENOSPC:
        _redirect_to_null(_NUMBERS["stdout"])
        sys.stderr.write(FULL)
        return 4
    if isinstance(error, FileNotFoundError) and not _has_folder():
        sys.stderr.write(NO_FOLDER)
        return 2
    raise error


def _has_folder() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def _redirect_to_null(number: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    if null != number:
        os.dup2(null, number)
        os.close(null)
