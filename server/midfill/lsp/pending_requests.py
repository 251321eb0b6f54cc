"""The requests that wait until the backend is known; those of the newest place wait, with a time limit."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

Ready = TypeVar("Ready")


class _WaitingPosition:
    """A position in a document, and how many requests wait there: a popup and an inline completion come together."""

    def __init__(self, position: object) -> None:
        self.position = position
        self.requests = 0
        self.superseded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when a request at another place supersedes these requests."""


class PendingRequests:
    """Lets each request wait until it is superseded by a newer one at another place of its document."""

    def __init__(self) -> None:
        self._newest: dict[str, _WaitingPosition] = {}

    async def wait(self, uri: str, position: object, ready: Awaitable[Ready], seconds: float) -> Ready | None:
        """Return the awaited result; None for a superseded request.

        Raises TimeoutError after `seconds`.
        """
        here = self._at(uri, position)
        here.requests += 1
        waiting = asyncio.ensure_future(ready)
        either: set[asyncio.Future[Any]] = {waiting, here.superseded}
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            return None if here.superseded.done() else waiting.result()
        finally:
            waiting.cancel()
            here.requests -= 1
            if not here.requests and self._newest.get(uri) is here:
                del self._newest[uri]

    def supersede(self, uri: str) -> None:
        """End the wait of a document's requests."""
        older = self._newest.pop(uri, None)
        if older is not None and not older.superseded.done():
            older.superseded.set_result(None)

    def _at(self, uri: str, position: object) -> _WaitingPosition:
        """Return the place where a request waits; those at another place are superseded."""
        here = self._newest.get(uri)
        if here is None or here.position != position:
            self.supersede(uri)
            here = self._newest[uri] = _WaitingPosition(position)
        return here
