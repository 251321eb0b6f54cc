"""The place in a document where the user works, and its context, which is made outside the path of a key."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from midfill.core.context import Block, is_another
from midfill.core.cursor import Cursor


class Survey(Protocol):
    """Makes the context of a place."""

    def survey(self, cursor: Cursor, block: Block) -> Callable[[], Block]:
        """Collect the facts at once, and return a function that makes the new block from them, in a thread."""
        ...

    async def declared(self, cursor: Cursor) -> Callable[[Block], Block] | None:
        """Wait for a pause, and ask the editor for declarations; return a function that adds them to a block."""
        ...


CONTEXT_TIMEOUT_S, CONTEXT_TIMEOUT_MANUAL_S = 0.02, 0.3
"""Maximum seconds that a call waits for its context, beyond the debounce."""


@dataclass
class Place:
    """The place of a document's latest context; while the user types there, the context stays byte-identical.

    One exception: declarations from the editor's language servers are added once, in the first pause.
    """

    block: Block = field(default_factory=Block)
    _row: int | None = None
    _settling: "asyncio.Task[None] | None" = None
    _asking: "asyncio.Task[None] | None" = None

    def come(self, cursor: Cursor, survey: Survey | None) -> None:
        """Start a new context if the cursor has come to another place."""
        if survey is None or self._settling is not None or not is_another(self._row, cursor):
            return
        self._row = cursor.row
        loop = asyncio.get_running_loop()
        self.leave()
        self._settling = loop.create_task(self._settle(survey.survey(cursor, self.block)))
        self._asking = loop.create_task(self._ask(survey, cursor, self._settling))

    async def settled(self, seconds: float) -> None:
        """Wait until the context is ready, at most this many seconds."""
        if self._settling is not None:
            await asyncio.wait({self._settling}, timeout=seconds)

    def leave(self) -> None:
        """Cancel the work in progress."""
        for task in (self._settling, self._asking):
            if task is not None:
                task.cancel()

    async def _settle(self, work: Callable[[], Block]) -> None:
        try:
            self.block = await asyncio.to_thread(work)
        finally:
            self._settling = None

    async def _ask(self, survey: Survey, cursor: Cursor, settling: "asyncio.Task[None]") -> None:
        added = await survey.declared(cursor)
        if added is not None:
            await asyncio.wait({settling})
            self.block = await asyncio.to_thread(added, self.block)
