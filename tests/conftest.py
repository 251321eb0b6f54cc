"""Settings for all tests."""

import os
import signal
import sys

import pytest
from hypothesis import HealthCheck, settings

from midfill.keys import known_keys

# Both are absolute times: on a loaded machine they fail whatever the code does.
settings.register_profile("midfill", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("midfill")

# A shell starts background processes with interrupts ignored, and their children inherit this.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    # Under nohup: the tests run on, but the processes that they start do not inherit a handler, so a hangup ends them.
    signal.signal(signal.SIGHUP, lambda number, frame: None)


# Otherwise each of the thousand processes that the tests start compiles all that it imports, in half a second or more.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.fixture(autouse=True)
def no_known_keys() -> None:
    """The keys of other tests are unknown, so that they are not masked."""
    known_keys.clear()
