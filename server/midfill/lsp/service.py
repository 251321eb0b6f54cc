"""The server's functions without the protocol: documents and requests in, replies out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

from midfill.backends.open_backends import open_backends
from midfill.core.document import Document
from midfill.core.edit import Edit
from midfill.engine import SUPERSEDED, AcceptedText, Engine, Reply, Request
from midfill.ledger import Ledger, LedgerOptions
from midfill.lsp.background import BackgroundTasks
from midfill.lsp.client import Client
from midfill.lsp.configuration import Configuration
from midfill.lsp.context_collector import ContextCollector
from midfill.lsp.document_filter import DocumentFilter
from midfill.lsp.documents import Documents
from midfill.lsp.engine_lifecycle import EngineEvents, EngineLifecycle, OpenBackends
from midfill.lsp.items import RequestPosition
from midfill.lsp.next_edits import NextEdits
from midfill.lsp.pending_requests import PendingRequests
from midfill.lsp.retention_check import RetentionCheck
from midfill.lsp.spending_reporter import SpendingReporter
from midfill.settings import Problem, Settings
from midfill.workspace import paths_of

log = logging.getLogger(__name__)

CLOSED = "the document was closed"
NOT_YET = "the API key is still being looked for, or the editor has not sent its settings yet"


class Service:
    """The open documents, the engine that completes in them, and the filter that excludes some.

    Args:
        configuration: the sources of the settings.
        events: reports errors and changes to the user.
        spending: the caps and the ledger.
        open_all: opens the backends, in a thread.
    """

    def __init__(
        self,
        configuration: Configuration,
        events: EngineEvents,
        spending: SpendingReporter,
        open_all: OpenBackends = open_backends,
    ) -> None:
        self.configuration = configuration
        self.now = asyncio.get_running_loop().time
        """The loop's clock in seconds, which all timing uses."""
        self.documents = Documents()
        self.document_filter = DocumentFilter(configuration, self.now)
        self.shown: dict[str, RequestPosition] = {}
        """By URI: the position of the last suggestion."""
        self.reasons: dict[str, str] = {}
        """By URI: why the last request had no suggestion; empty if it had one."""
        self._spending = spending
        self._retention = RetentionCheck(lambda document: self.documents.get(document.uri) is document)
        self._client, self._pending, self._background = Client(), PendingRequests(), BackgroundTasks()
        self.collector = ContextCollector(
            self.documents, self.document_filter.context_of, self.document_filter.is_hidden
        )
        self._engine_lifecycle = EngineLifecycle(
            configuration,
            self.document_filter,
            self.collector,
            spending,
            self._background,
            self.now,
            events,
            on_accepted=self._accepted,
            open_all=open_all,
        )
        self.documents.closing = self._closing
        configuration.folders.notebook_of = self.documents.notebook_of
        self.edits = NextEdits(
            self.documents, self.document_filter, spending.ledger, self.collector.holding, self, self.now
        )
        self.folder_settings_arrived = asyncio.Event()
        """Set when the client has sent the settings of folders."""

    def set_client(self, client: Client) -> None:
        """Set the client."""
        self._client = client

    @property
    def engine(self) -> Engine | None:
        """The engine; None until the key has been found, which may run the user's command."""
        return self._engine_lifecycle.engine

    @property
    def backend_name(self) -> str:
        """The name of the user's backend; empty if it could not be opened."""
        return self._engine_lifecycle.backend_name

    @property
    def healthy(self) -> bool:
        """Whether the user's backend is available, and has not failed recently."""
        return self._engine_lifecycle.healthy

    @property
    def settings(self) -> Settings:
        """The current settings."""
        return self.document_filter.loaded.settings

    @property
    def ledger(self) -> Ledger:
        """The spending, and the outcomes of suggestions."""
        return self._spending.ledger

    def configure(self) -> list[Problem]:
        """Merge the settings again, and make a new engine if they have changed; return their problems."""
        changed = self.document_filter.configure()
        self._spending.configure(LedgerOptions.from_settings(self.settings, self._client.name))
        if changed or not self._engine_lifecycle.begun:
            self._engine_lifecycle.restart()
        return self.document_filter.problems

    def reread(self, changed: Callable[[], object]) -> None:
        """Read the settings files in the background, and call `changed` if they have changed."""
        self._background.spawn(self._read(changed))

    async def _read(self, changed: Callable[[], object]) -> None:
        if await self.configuration.read():
            changed()

    async def started(self) -> Engine:
        """Return the engine of the latest settings once it exists."""
        if not self._engine_lifecycle.begun:
            self.configure()
        return await self._engine_lifecycle.started()

    async def close(self) -> None:
        """Stop all work."""
        self._retention.close()
        await self._engine_lifecycle.close()
        await asyncio.to_thread(self.collector.close)

    async def opened(self, documents: Sequence[Document]) -> None:
        """Resolve the locations of documents in a thread, because their names may be links; prepare the backend."""
        if self.engine is not None:
            self._background.spawn(self.engine.warm())
        uris = [document.uri for document in documents]
        paths = await asyncio.to_thread(lambda: [*map(paths_of, uris)])
        self.document_filter.paths.update(zip(uris, paths, strict=True))

    def changed(self, document: Document, edit: Edit) -> None:
        """Handle a document's change."""
        self.collector.edited(document, edit)
        self.edits.changed(document, edit)
        if self.engine is not None:
            self.engine.changed(document.uri, edit, reports_parts=self._client.reports_parts)

    def _closing(self, uri: str) -> None:
        """Handle a document, or a cell of a notebook, that is about to be closed."""
        self.collector.closing(uri)
        self.document_filter.forget(uri)
        self.shown.pop(uri, None)
        self.reasons.pop(uri, None)
        self._pending.supersede(uri)
        if self.engine is not None:
            self.engine.document_closed(uri)

    def engine_of(self, uri: str) -> Engine | None:
        """Return the engine if it exists and the document is open; it keeps no data of others."""
        return None if self.documents.get(uri) is None else self.engine

    def _accepted(self, uri: str, accepted: AcceptedText) -> None:
        document = self.documents.get(uri)
        if document is not None:
            self._retention.watch(document, accepted)

    @property
    def completion_count(self) -> int:
        """The number of completions for a manual request; the embedded engine has only one."""
        several = min(self.settings.completion.alternatives, self.settings.requests.max_flights)
        return several if self.engine is not None and self.engine.calls.backends.primary.paid else 1

    def reply_without_call(self, request: Request, document: Document) -> Reply | None:
        """Return the reply if it is available at once."""
        reason = self.document_filter.skip_reason(document, manual=request.manual)
        if reason:
            return Reply(reason=reason)
        if self.engine is None or self.configuration.folders.awaits(document.uri):
            return None
        return self.engine.reply_without_call(self._with_settings(request))

    def complete(self, request: Request) -> Coroutine[Any, Any, Reply]:
        """Return an awaitable for a reply that is not available at once.

        The engine is looked up now: an engine made before the first step has not seen the request yet.
        """
        if self.engine is None or self.configuration.folders.awaits(request.cursor.uri):
            return self._once_started(request)
        return self._call(self.engine, request)

    async def _once_started(self, request: Request) -> Reply:
        left = request.at + self.settings.timing.total_ms / 1000 - self.now()
        try:
            uri = request.cursor.uri
            engine = await self._pending.wait(uri, request.cursor, self._engine_for(uri), left)
        except TimeoutError:
            return Reply(reason=NOT_YET)
        if engine is None:
            return SUPERSEDED
        document = self.documents.get(request.cursor.uri)
        reason = (
            CLOSED if document is None else self.document_filter.skip_reason(document, manual=request.manual)
        )
        if reason:
            return Reply(reason=reason)
        return await self._or_successor(engine, request, engine.complete(self._with_settings(request)))

    async def _engine_for(self, uri: str) -> Engine:
        """Return the engine once the settings of a document's folder and the backend are known."""
        while self.configuration.folders.awaits(uri):
            self.folder_settings_arrived.clear()
            await self.folder_settings_arrived.wait()
        return await self.started()

    def _with_settings(self, request: Request) -> Request:
        """Return the request with the settings of its document's folder."""
        return replace(request, settings=self.document_filter.loaded_for(request.cursor.uri).settings)

    async def _call(self, engine: Engine, request: Request) -> Reply:
        return await self._or_successor(engine, request, engine.reply_with_call(self._with_settings(request)))

    async def _or_successor(self, engine: Engine, request: Request, coming: Awaitable[Reply]) -> Reply:
        """Return an engine's reply, or that of its successor if the settings have changed meanwhile."""
        reply = await coming
        if reply is SUPERSEDED and self.engine is not engine:
            return await self._once_started(request)
        return reply
