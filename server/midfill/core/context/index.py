"""The interface to an index of the workspace."""

from collections.abc import Sequence
from typing import Protocol

from midfill.core.context.chunk import Chunk


class Index(Protocol):
    """Finds chunks in the workspace's files; it is called in a thread."""

    def search(self, words: Sequence[str], limit: int, skip: str) -> list[Chunk]:
        """Return the chunks that share the rarest of `words`, the best first, without those of the file `skip`."""
        ...

    def definitions(self, names: Sequence[str], limit: int) -> list[Chunk]:
        """Return the declarations of `names`, the best first."""
        ...
