"""A request while it waits for its answer."""

import asyncio
from contextlib import suppress

from midfill.core.model import Prompt


class Waiter:
    """One request's wait: woken by news, ended by a newer request of its document."""

    def __init__(self, prompt: Prompt) -> None:
        self.prompt = prompt
        self.superseded = False
        """A newer request has taken the place of this one; nobody looks at its answer any more."""
        self._news = asyncio.Event()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that it waits in, whose clock the engine goes by."""
        return asyncio.get_running_loop()

    def wake(self) -> None:
        """Say that something has happened that the request waits for."""
        self._news.set()

    def end(self) -> None:
        """Say that the request has been superseded."""
        self.superseded = True
        self.wake()

    async def wait(self, seconds: float) -> bool:
        """Wait for news, at most so long; return whether there was any."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._news.wait()
        news = self._news.is_set()
        self._news.clear()
        return news

    async def sleep(self, seconds: float) -> None:
        """Let that time pass, unless the request is superseded sooner."""
        until = self.loop.time() + seconds
        while not self.superseded and (left := until - self.loop.time()) > 0:
            await self.wait(left)
