"""The embedded engine as a backend: no key, no network, no model; the open file and those beside it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable

from midfill.core.lookup import Memory, complete
from midfill.core.model import Chunk, Question

FILES = 4
"""Open files for which is kept what is beside them."""
FRESH = 10.0
"""Seconds until what is beside the open file is looked at again."""

Neighbours = Callable[[str], tuple[Memory, ...]]
"""Returns what is remembered beside the file of a URI."""


class Local:
    """Answers from text that is already there, and only when it is sure; see `core.lookup`.

    `neighbours` is asked in a thread, for a file's first question and then every `FRESH` seconds.
    """

    name = model = "local"
    paid = False
    thinks = False
    caches_prefix = False

    def __init__(
        self, neighbours: Neighbours | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._neighbours = neighbours
        self._clock = clock
        self._beside: dict[str, tuple[float, tuple[Memory, ...]]] = {}
        """By URI: when it was asked what is beside a file, and the answer."""

    async def stream(self, question: Question) -> AsyncGenerator[Chunk]:
        """Yield one chunk, empty when nothing is sure enough; raises nothing."""
        memories = await self._look(question.cursor.uri)
        yield Chunk(complete(question.cursor, question.ask, memories), finish="stop", model=self.name)

    async def warm(self) -> None:
        """Do nothing: there is no connection to open."""

    async def close(self) -> None:
        """Forget what was read."""
        self._beside.clear()

    async def _look(self, uri: str) -> tuple[Memory, ...]:
        """Return what is remembered beside the file of `uri`."""
        if (neighbours := self._neighbours) is None:
            return ()
        seen, memories = self._beside.get(uri, (None, ()))
        if seen is None or self._clock() - seen > FRESH:
            memories = await asyncio.to_thread(neighbours, uri)
            self._beside.pop(uri, None)
            while len(self._beside) >= FILES:
                del self._beside[next(iter(self._beside))]
            self._beside[uri] = self._clock(), memories
        return memories
