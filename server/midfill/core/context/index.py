"""What the context asks of an index of the workspace."""

from collections.abc import Sequence
from typing import Protocol

from midfill.core.context.chunk import Chunk


class Index(Protocol):
    """Finds pieces of the workspace's files; it is asked in a thread."""

    def search(self, words: Sequence[str], limit: int, skip: str) -> list[Chunk]:
        """Return the pieces that share the rarest of `words`, the best first, none of them of the file `skip`."""
        ...

    def definitions(self, names: Sequence[str], limit: int) -> list[Chunk]:
        """Return the declarations of `names`, the best first."""
        ...
