"""Settings for all tests."""

import signal

from hypothesis import settings

# A deadline is an absolute time: on a loaded machine it fails whatever the code does.
settings.register_profile("midfill", deadline=None)
settings.load_profile("midfill")

# A shell starts what runs in the background with interrupts ignored, and processes hand that on to their children.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
