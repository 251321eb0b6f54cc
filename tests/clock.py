"""An event loop whose clock jumps: seconds of waiting take no time, and happen in the exact order."""

import asyncio
import selectors
from collections.abc import Callable
from typing import Any


class JumpingLoop(asyncio.SelectorEventLoop):
    """Runs asyncio in virtual time: when nothing is left to do, the clock jumps to the next timer.

    After trio's `MockClock(autojump_threshold=0)`. Sockets are not waited for: a test that uses them needs the real
    clock. Functions for a thread are called at once.
    """

    def __init__(self) -> None:
        super().__init__(_Jumping(self))
        self.now = 1000.0

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self.now

    def run_in_executor(self, executor: object, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Call a function, at once, and return its outcome."""
        outcome: asyncio.Future[Any] = self.create_future()
        try:
            outcome.set_result(func(*args))
        except Exception as error:  # The caller gets it, as from a thread.
            outcome.set_exception(error)
        return outcome


class _Jumping(selectors.DefaultSelector):
    def __init__(self, loop: JumpingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events: list[Any] = super().select(0)
        if not events:
            if timeout is None:
                raise RuntimeError("every task waits for something that will never happen")
            self._loop.now += max(0.0, timeout)
        return events
