"""The handlers of signals that end a key command; their effect is tested in `tests/lsp/test_key_command.py`."""

import signal
import sys
import threading

import pytest

from midfill.cli.signals import ending_key_commands

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the signals are POSIX's")


def test_an_ignored_signal_stays_ignored() -> None:
    """`nohup midfill complete` survives the end of its terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ending_key_commands():
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) != signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


def test_handlers_are_restored() -> None:
    """Those of the caller are in force again after the block, even after an error."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [*map(signal.getsignal, numbers)]
    with pytest.raises(KeyError), ending_key_commands():
        raise KeyError
    assert [*map(signal.getsignal, numbers)] == before


def test_other_threads_may_use_it() -> None:
    """Only the main thread can set handlers; elsewhere the block changes none."""
    seen: list[object] = []

    def run() -> None:
        with ending_key_commands():
            seen.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [before]
