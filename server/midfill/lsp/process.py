"""Whether a process lives."""

import os
import sys


def exists(process: int) -> bool:
    """Whether there is a process with this id."""
    if sys.platform == "win32":
        import psutil

        return psutil.pid_exists(process)
    # psutil asks the system the same way, and takes longer to import than all that `initialize` needs.
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
