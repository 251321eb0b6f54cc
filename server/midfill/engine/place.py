"""The place that the user works at in a document, and the context for it, which is made off the path of a key."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from midfill.core.context import Block, is_another
from midfill.core.cursor import Cursor

Survey = Callable[[Cursor, Block], Callable[[], Block]]
"""Takes note of the facts at once, and returns what makes the new block of them, in a thread."""

PATIENCE, PATIENCE_BY_HAND = 0.02, 0.3
"""Seconds that a call waits for a context that is being made, beyond its debounce."""


@dataclass
class Place:
    """Where the context of a document was settled last; it stays the same, to the byte, while the user types there."""

    block: Block = field(default_factory=Block)
    _row: int | None = None
    _settling: "asyncio.Task[None] | None" = None

    def come(self, cursor: Cursor, survey: Survey | None) -> None:
        """Have the context settled anew if the cursor has come to another place."""
        if survey is None or self._settling is not None or not is_another(self._row, cursor):
            return
        self._row = cursor.row
        self._settling = asyncio.get_running_loop().create_task(self._settle(survey(cursor, self.block)))

    async def settled(self, seconds: float) -> None:
        """Wait until the context is settled, at most so many seconds."""
        if self._settling is not None:
            await asyncio.wait({self._settling}, timeout=seconds)

    def leave(self) -> None:
        """Give up what is under way."""
        if self._settling is not None:
            self._settling.cancel()

    async def _settle(self, work: Callable[[], Block]) -> None:
        try:
            self.block = await asyncio.to_thread(work)
        finally:
            self._settling = None
