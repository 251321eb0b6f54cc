"""What the embedded engine needs of a place: an up-to-date index of the workspace, and no context."""

from collections.abc import Callable

from midfill.core.context import Block
from midfill.core.cursor import Cursor
from midfill.lsp.surveyor import Surveyor


class Watch:
    """Keeps the indexes of a surveyor up to date, and finds nothing."""

    def __init__(self, surveyor: Surveyor) -> None:
        self._surveyor = surveyor

    def survey(self, cursor: Cursor, block: Block) -> Callable[[], Block]:
        """Return what brings the index up to date, in a thread, and leaves the block as it is."""
        watched = self._surveyor.watched(cursor)

        def unchanged() -> Block:
            watched()
            return block

        return unchanged

    async def declared(self, cursor: Cursor) -> Callable[[Block], Block] | None:
        """Ask nothing of the editor."""
        return None
