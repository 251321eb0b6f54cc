"""Checks whether a process is running."""

import os
import sys


def exists(process: int) -> bool:
    """Whether a process with this id exists."""
    if sys.platform == "win32":
        import psutil

        return psutil.pid_exists(process)
    # psutil uses the same system call, and takes longer to import than all that `initialize` needs.
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
