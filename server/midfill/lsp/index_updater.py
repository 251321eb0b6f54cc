"""The context provider of the embedded engine: it updates the workspace's index, and returns no context."""

from collections.abc import Callable

from midfill.core.context import PromptContext
from midfill.core.cursor import Cursor
from midfill.lsp.context_collector import ContextCollector


class IndexUpdater:
    """Updates the indexes of a context collector, and returns no context."""

    def __init__(self, collector: ContextCollector) -> None:
        self._collector = collector

    def collect(self, cursor: Cursor, prompt_context: PromptContext) -> Callable[[], PromptContext]:
        """Return a function that updates the index, for a thread, and returns the context unchanged."""
        watched = self._collector.watched(cursor)

        def unchanged() -> PromptContext:
            watched()
            return prompt_context

        return unchanged

    async def declarations(self, cursor: Cursor) -> Callable[[PromptContext], PromptContext] | None:
        """Do nothing."""
        return None
