"""Settings for all tests."""

import signal

import pytest
from hypothesis import settings

from midfill.keys import known_keys

# A deadline is an absolute time: on a loaded machine it fails for any code.
settings.register_profile("midfill", deadline=None)
settings.load_profile("midfill")

# A shell starts background processes with interrupts ignored, and their children inherit this.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def no_known_keys() -> None:
    """The keys of other tests are unknown, so that they are not masked."""
    known_keys.clear()
