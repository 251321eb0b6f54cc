"""The embedded engine as a backend: it needs no key, network or model, only the open file and its memories."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable

from midfill.core.lookup import Memory, complete
from midfill.core.model import BackendRequest, Chunk

MAX_FILES = 4
"""Maximum number of open files whose memories are kept."""
LOOKUP_INTERVAL_S = 10.0
"""Seconds until the memories of a file are looked up again."""

FindMemories = Callable[[str], tuple[Memory, ...]]
"""Returns the memories for the file of a URI."""


class EmbeddedBackend:
    """Answers from existing text, and only if it is certain enough; see `core.lookup`.

    `find_memories` is called in a thread, at a file's first request and then every `LOOKUP_INTERVAL_S` seconds.
    """

    name = model = "local"
    paid = False
    thinks = False
    chats = False
    caches_prefix = False

    def __init__(
        self, find_memories: FindMemories | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._find_memories = find_memories
        self._clock = clock
        self._memories: dict[str, tuple[float, tuple[Memory, ...]]] = {}
        """By URI: the time of the latest lookup, and the memories found."""

    async def stream(self, request: BackendRequest) -> AsyncGenerator[Chunk]:
        """Yield one chunk, empty if nothing is certain enough; raises nothing."""
        memories = await self._memories_of(request.cursor.uri)
        yield Chunk(complete(request.cursor, request.limits, memories), finish_reason="stop", model=self.name)

    async def warm(self) -> None:
        """Do nothing: there is no connection to open."""

    async def close(self) -> None:
        """Forget the memories."""
        self._memories.clear()

    async def _memories_of(self, uri: str) -> tuple[Memory, ...]:
        """Return the memories of the file of `uri`."""
        if (find_memories := self._find_memories) is None:
            return ()
        seen, memories = self._memories.get(uri, (None, ()))
        if seen is None or self._clock() - seen > LOOKUP_INTERVAL_S:
            memories = await asyncio.to_thread(find_memories, uri)
            self._memories.pop(uri, None)
            while len(self._memories) >= MAX_FILES:
                del self._memories[next(iter(self._memories))]
            self._memories[uri] = self._clock(), memories
        return memories
