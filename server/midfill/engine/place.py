"""The place that the user works at in a document, and the context for it, which is made off the path of a key."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from midfill.core.context import Block, is_another
from midfill.core.cursor import Cursor


class Survey(Protocol):
    """Finds out what goes along with a document at a place."""

    def survey(self, cursor: Cursor, block: Block) -> Callable[[], Block]:
        """Take note of the facts at once, and return what makes the new block of them, in a thread."""
        ...

    async def declared(self, cursor: Cursor) -> Callable[[Block], Block] | None:
        """Wait for a pause, and ask the editor what is declared; return what adds it to a block, in a thread."""
        ...


PATIENCE, PATIENCE_BY_HAND = 0.02, 0.3
"""Seconds that a call waits for a context that is being made, beyond its debounce."""


@dataclass
class Place:
    """Where the context of a document was settled last; while the user types there it stays the same, to the byte.

    But for one addition at its end, in the first pause: what the editor's language servers know.
    """

    block: Block = field(default_factory=Block)
    _row: int | None = None
    _settling: "asyncio.Task[None] | None" = None
    _asking: "asyncio.Task[None] | None" = None

    def come(self, cursor: Cursor, survey: Survey | None) -> None:
        """Have the context settled anew if the cursor has come to another place."""
        if survey is None or self._settling is not None or not is_another(self._row, cursor):
            return
        self._row = cursor.row
        loop = asyncio.get_running_loop()
        self.leave()
        self._settling = loop.create_task(self._settle(survey.survey(cursor, self.block)))
        self._asking = loop.create_task(self._ask(survey, cursor, self._settling))

    async def settled(self, seconds: float) -> None:
        """Wait until the context is settled, at most so many seconds."""
        if self._settling is not None:
            await asyncio.wait({self._settling}, timeout=seconds)

    def leave(self) -> None:
        """Give up what is under way."""
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
