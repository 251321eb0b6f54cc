"""The context source of the embedded engine: it updates the workspace's index, and returns no context."""

from collections.abc import Callable

from midfill.core.context import Block
from midfill.core.cursor import Cursor
from midfill.lsp.surveyor import Surveyor


class Watch:
    """Updates the indexes of a surveyor, and returns no context."""

    def __init__(self, surveyor: Surveyor) -> None:
        self._surveyor = surveyor

    def survey(self, cursor: Cursor, block: Block) -> Callable[[], Block]:
        """Return a function that updates the index, for a thread, and returns the block unchanged."""
        watched = self._surveyor.watched(cursor)

        def unchanged() -> Block:
            watched()
            return block

        return unchanged

    async def declared(self, cursor: Cursor) -> Callable[[Block], Block] | None:
        """Do nothing."""
        return None
