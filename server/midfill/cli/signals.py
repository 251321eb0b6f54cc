"""A signal that ends midfill first ends the user's key command, which can be in a process group of its own."""

import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any, TypeVar

from midfill.keys.command import commands

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
"""The signals of a terminal, a service and another program that end a process. Windows has no SIGHUP."""

Result = TypeVar("Result")

_Handler = Callable[[int, FrameType | None], object] | int | None


@contextmanager
def ending_key_commands() -> Iterator[None]:
    """End the running key commands when a signal arrives within the block; the signal then has its usual effect.

    Within the block, key commands may only be started in other threads: the signal's handler, which runs in the main
    thread, waits until a start is complete.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    handlers = {number: signal.getsignal(number) for number in numbers}
    handlers = {number: old for number, old in handlers.items() if old not in {signal.SIG_IGN, None}}  # nohup
    for number, handler in handlers.items():
        signal.signal(number, partial(_end, handler))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Return the result of a coroutine; an interrupt cancels it, so that it closes what it has opened.

    `asyncio.run` cancels only in place of Python's own handler, which would raise KeyboardInterrupt within any task.
    """
    import asyncio  # Imported here: most commands need no event loop.

    async def with_key_commands() -> Result:
        with ending_key_commands():
            return await main

    before = signal.getsignal(signal.SIGINT)
    if before == signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
        return asyncio.run(main)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return asyncio.run(with_key_commands())
    finally:
        signal.signal(signal.SIGINT, before)


def _end(handler: _Handler, number: int, frame: FrameType | None) -> None:
    commands.close()
    if callable(handler):
        handler(number, frame)
    else:
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
