"""The requests that wait until the backend is known; the newest of each document waits, with a time limit."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

Ready = TypeVar("Ready")


class PendingRequests:
    """Lets each request wait until it is superseded by a newer one of its document."""

    def __init__(self) -> None:
        self._newest: dict[str, asyncio.Future[None]] = {}

    async def wait(self, uri: str, ready: Awaitable[Ready], seconds: float) -> Ready | None:
        """Return the awaited result; None for a superseded request.

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
