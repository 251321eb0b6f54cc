"""The handlers of signals that end a key command; their effect is tested in `tests/lsp/test_key_command.py`."""

import asyncio
import signal
import sys
import threading
from types import SimpleNamespace

import pytest

from midfill.cli import signals
from midfill.cli.signals import ending_key_commands, run

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


@pytest.mark.parametrize("within", [True, False], ids=["in another task", "between tasks"])
def test_an_interrupt_lets_a_coroutine_close_what_it_has_opened(
    monkeypatch: pytest.MonkeyPatch, within: bool
) -> None:
    """Wherever it arrives: what the coroutine still waits for is not broken off."""
    ended: list[str] = []
    monkeypatch.setattr(signals, "commands", SimpleNamespace(close=lambda: ended.append("key commands")))
    closed: list[str] = []

    async def interrupt() -> None:
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(0)

    async def main() -> None:
        if not within:
            asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGINT)
        task = asyncio.create_task(interrupt() if within else asyncio.sleep(0))
        try:
            await asyncio.sleep(60)
        finally:
            await task
            closed.append("closed")

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), ending_key_commands():
        run(main())
    assert closed == ["closed"]
    assert ended
    assert signal.getsignal(signal.SIGINT) == before


def test_a_coroutine_runs_where_interrupts_are_ignored() -> None:
    """In the background of a shell without job control, and in another thread."""

    async def main() -> object:
        return signal.getsignal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert run(main()) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    seen: list[object] = []
    thread = threading.Thread(target=lambda: seen.append(run(main())))
    thread.start()
    thread.join()
    assert seen == [before]
