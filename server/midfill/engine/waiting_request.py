"""A waiting request."""

import asyncio
from contextlib import suppress

from midfill.core.model import Prompt


class WaitingRequest:
    """The wait of one request: an event wakes it, and a newer request of the document ends it."""

    def __init__(self, prompt: Prompt) -> None:
        self.prompt = prompt
        self.superseded = False
        """A newer request has replaced this one, and its answer is no longer used."""
        self._woken = asyncio.Event()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The running event loop."""
        return asyncio.get_running_loop()

    def wake(self) -> None:
        """Wake the request."""
        self._woken.set()

    def supersede(self) -> None:
        """Mark the request as superseded and wake it."""
        self.superseded = True
        self.wake()

    async def wait(self, seconds: float) -> bool:
        """Wait for `wake`, at most `seconds`; return whether it was called."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        woken = self._woken.is_set()
        self._woken.clear()
        return woken

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds`, or until the request is superseded."""
        end_time = self.loop.time() + seconds
        while not self.superseded and (left := end_time - self.loop.time()) > 0:
            await self.wait(left)
