"""The interface to an index of the workspace."""

from collections.abc import Sequence
from typing import Protocol

from midfill.core.context.snippet import Snippet


class ContextIndex(Protocol):
    """Finds snippets in the workspace's files; it is called in a thread."""

    def search(self, words: Sequence[str], limit: int, skip: str) -> list[Snippet]:
        """Return the snippets that share the rarest of `words`, the best first, without those of the file `skip`."""
        ...

    def definitions(self, names: Sequence[str], limit: int) -> list[Snippet]:
        """Return the declarations of `names`, the best first."""
        ...
