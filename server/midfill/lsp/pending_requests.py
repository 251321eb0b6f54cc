"""Requests that come before it is known who is asked: of each document the newest waits, and none for ever."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

Ready = TypeVar("Ready")


class PendingRequests:
    """Lets requests wait for something, each until a newer one of its document comes."""

    def __init__(self) -> None:
        self._newest: dict[str, asyncio.Future[None]] = {}

    async def wait(self, uri: str, ready: Awaitable[Ready], seconds: float) -> Ready | None:
        """Return what is awaited. Return None for a request that a newer one supersedes.

        Raises TimeoutError after `seconds`.
        """
        self.supersede(uri)
        newer = self._newest[uri] = asyncio.get_running_loop().create_future()
        waiting = asyncio.ensure_future(ready)
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await asyncio.wait({waiting, newer}, return_when=asyncio.FIRST_COMPLETED)
            return None if newer.done() else waiting.result()
        finally:
            waiting.cancel()
            if self._newest.get(uri) is newer:
                del self._newest[uri]

    def supersede(self, uri: str) -> None:
        """End the wait of a document's request."""
        older = self._newest.pop(uri, None)
        if older is not None and not older.done():
            older.set_result(None)
