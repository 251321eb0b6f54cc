"""The context of a document at the place where the user types, collected outside the path of a key."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from midfill.core.context import PromptContext, is_new_place
from midfill.core.cursor import Cursor
from midfill.core.timing import CONTEXT_TIMEOUT_MANUAL_S, CONTEXT_TIMEOUT_S


class ContextProvider(Protocol):
    """Makes the context of a place."""

    def collect(self, cursor: Cursor, prompt_context: PromptContext) -> Callable[[], PromptContext]:
        """Collect the facts at once, and return a function that makes the new context from them, in a thread."""
        ...

    async def declarations(self, cursor: Cursor) -> Callable[[PromptContext], PromptContext] | None:
        """Wait for a pause, and ask the editor for declarations; return a function that adds them to a context."""
        ...


@dataclass
class DocumentContext:
    """The context of a document; while the user types at one place, it stays byte-identical.

    One exception: declarations from the editor's language servers are added once, in the first pause.
    """

    prompt_context: PromptContext = field(default_factory=PromptContext)
    _row: int | None = None
    _collection_task: "asyncio.Task[None] | None" = None
    _declarations_task: "asyncio.Task[None] | None" = None

    def update(self, cursor: Cursor, provider: ContextProvider | None) -> None:
        """Start a new context if the cursor has come to another place."""
        if provider is None or self._collection_task is not None or not is_new_place(self._row, cursor):
            return
        self._row = cursor.row
        loop = asyncio.get_running_loop()
        self.cancel()
        self._collection_task = loop.create_task(self._collect(provider.collect(cursor, self.prompt_context)))
        self._declarations_task = loop.create_task(
            self._add_declarations(provider, cursor, self._collection_task)
        )

    async def wait(self, *, manual: bool) -> None:
        """Wait until the context is ready, or until the timeout; a manual request waits longer."""
        if self._collection_task is not None:
            timeout = CONTEXT_TIMEOUT_MANUAL_S if manual else CONTEXT_TIMEOUT_S
            await asyncio.wait({self._collection_task}, timeout=timeout)

    def cancel(self) -> None:
        """Cancel the work in progress."""
        for task in (self._collection_task, self._declarations_task):
            if task is not None:
                task.cancel()

    async def _collect(self, work: Callable[[], PromptContext]) -> None:
        try:
            self.prompt_context = await asyncio.to_thread(work)
        finally:
            self._collection_task = None

    async def _add_declarations(
        self, provider: ContextProvider, cursor: Cursor, collecting: "asyncio.Task[None]"
    ) -> None:
        added = await provider.declarations(cursor)
        if added is not None:
            await asyncio.wait({collecting})
            self.prompt_context = await asyncio.to_thread(added, self.prompt_context)
