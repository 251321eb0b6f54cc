"""The embedded engine as a backend: no key, no network, no model; the open file and those beside it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence

from midfill.core.lookup import Source, complete
from midfill.core.model import Chunk, Question

BESIDE_LIMIT = 500_000
"""Characters of the files beside the open one that are searched; twice as many made no answer better."""
FILES = 4
"""Open files whose neighbours are kept in memory (about 1 MB each)."""
FRESH = 10.0
"""Seconds until the files beside the open one are looked at again."""

Neighbours = Callable[[str], Sequence[tuple[str, str]]]
"""Names the files beside that of a URI, as pairs of path and text, the most relevant first."""


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
        self._beside: dict[str, tuple[float, Source]] = {}
        """By URI: when the files beside it were looked at, and their text."""

    async def stream(self, question: Question) -> AsyncGenerator[Chunk]:
        """Yield one chunk, empty when nothing is sure enough; raises nothing."""
        beside = await self._look(question.cursor.uri)
        yield Chunk(complete(question.cursor, question.ask, beside), finish="stop", model=self.name)

    async def warm(self) -> None:
        """Do nothing: there is no connection to open."""

    async def close(self) -> None:
        """Forget what was read."""
        self._beside.clear()

    async def _look(self, uri: str) -> Source | None:
        """Return the text of the files beside that of `uri`."""
        if (neighbours := self._neighbours) is None:
            return None
        seen, source = self._beside.get(uri, (0.0, None))
        if source is None or self._clock() - seen > FRESH:
            source = await asyncio.to_thread(lambda: joined(neighbours(uri)))
            self._beside.pop(uri, None)
            while len(self._beside) >= FILES:
                del self._beside[next(iter(self._beside))]
            self._beside[uri] = self._clock(), source
        return source


def joined(neighbours: Sequence[tuple[str, str]]) -> Source:
    """Return the texts of pairs of path and text as one, up to `BESIDE_LIMIT`."""
    lines: list[str] = []
    size = 0
    for _, text in neighbours:
        size += len(text)
        if size <= BESIDE_LIMIT:
            lines += text.split("\n")
    return Source(lines)
