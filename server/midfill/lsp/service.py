"""The server's functions without the protocol: documents and requests in, replies out."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any

from midfill.backends.configured import open_backends
from midfill.backends.embedded import EmbeddedBackend, Neighbours
from midfill.core.document import Document
from midfill.core.edit import Edit
from midfill.core.model import Backends, ModelError
from midfill.engine import SUPERSEDED, AcceptedText, Engine, Reply, Request, sizes_of
from midfill.ledger import Ledger, Terms
from midfill.lsp.background import Background
from midfill.lsp.client import Client
from midfill.lsp.configuration import Configuration
from midfill.lsp.context_collector import ContextCollector
from midfill.lsp.documents import Documents
from midfill.lsp.edits import NextEdits
from midfill.lsp.failure import sentence
from midfill.lsp.gate import Gate
from midfill.lsp.index_updater import IndexUpdater
from midfill.lsp.items import RequestPosition
from midfill.lsp.pending_requests import PendingRequests
from midfill.lsp.retention import RetentionCheck
from midfill.lsp.spending import Spending
from midfill.settings import Problem, Settings
from midfill.workspace import Memories, paths_of

log = logging.getLogger(__name__)

OpenBackends = Callable[[Settings, Mapping[str, str], Neighbours], Backends]
"""Opens the backends. Raises ModelError."""

CLOSED = "the document was closed"
NOT_YET = "the API key is still being looked for, or the editor has not sent its settings yet"


class Service:
    """The open documents, the engine that completes in them, and the gate that excludes some.

    Args:
        configuration: the sources of the settings.
        on_error: called with each error of a key or a backend.
        on_backend: called with the name of the current backend.
        on_longer: called with the URI of a document whose shown suggestion can grow.
        spending: the caps and the ledger.
        open_all: opens the backends, in a thread.
    """

    def __init__(
        self,
        configuration: Configuration,
        on_error: Callable[[ModelError], None],
        on_backend: Callable[[str], None],
        on_longer: Callable[[str], None],
        spending: Spending,
        open_all: OpenBackends = open_backends,
    ) -> None:
        self.configuration = configuration
        self.now = asyncio.get_running_loop().time
        """The loop's clock in seconds, which all timing uses."""
        self.documents = Documents()
        self.gate = Gate(configuration, self.now)
        self.engine: Engine | None = None
        """None until the key has been found, which may run the user's command."""
        self.shown: dict[str, RequestPosition] = {}
        """By URI: the place of the last suggestion."""
        self.reasons: dict[str, str] = {}
        """By URI: why the last request had no suggestion; empty if it had one."""
        self._report_error = on_error
        self._on_backend = on_backend
        self._on_longer = on_longer
        self._spending = spending
        self._retention = RetentionCheck(lambda document: self.documents.get(document.uri) is document)
        self._client = Client()
        self._open_all = open_all
        self._pending = PendingRequests()
        self.chosen = ""  # The name of the user's backend, or nothing if it could not be opened.
        self._memories = Memories()
        self._starting: asyncio.Task[Engine] | None = None
        self._background = Background()
        self.collector = ContextCollector(self.documents, self.gate.context_of, self.gate.is_hidden)
        self.documents.closing = self._closing
        self.edits = NextEdits(
            self.documents, self.gate, spending.ledger, self.collector.holding, self, self.now
        )
        self.folder_settings_arrived = asyncio.Event()
        """Set when the client has sent the settings of folders."""

    def set_client(self, client: Client) -> None:
        """Set the client."""
        self._client = client

    @property
    def settings(self) -> Settings:
        """The current settings."""
        return self.gate.loaded.settings

    @property
    def ledger(self) -> Ledger:
        """The spending, and the outcomes of suggestions."""
        return self._spending.ledger

    @property
    def halted(self) -> bool:
        """Whether a wrong setting stops all calls."""
        return bool(self.gate.loaded.halting)

    def configure(self) -> list[Problem]:
        """Merge the settings again, and make a new engine if they have changed; return their problems."""
        changed = self.gate.configure()
        self._spending.configure(Terms.of(self.settings, self._client.name))
        if changed or self._starting is None:
            self._memories = Memories(
                self.configuration.folders.paths,
                self.gate.paths_off,
                self.settings.api_key_file,
                self.collector.opened,
            )
            self._discard_engine()
            self._starting = asyncio.get_running_loop().create_task(self._start())
        return self.gate.problems

    def reread(self, changed: Callable[[], object]) -> None:
        """Read the settings files in the background, and call `changed` if they have changed."""
        self._background.spawn(self._read(changed))

    async def _read(self, changed: Callable[[], object]) -> None:
        if await self.configuration.read():
            changed()

    def _discard_engine(self) -> None:
        """Stop the work of older settings: no text may go to a backend that they name."""
        if self._starting is not None:
            self._starting.cancel()
        old, self.engine = self.engine, None
        if old is not None:
            self._background.spawn(old.close())

    async def started(self) -> Engine:
        """Return the engine of the latest settings once it exists."""
        if self._starting is None:
            self.configure()
        assert self._starting is not None
        while self.engine is None or not self._starting.done():
            starting = self._starting
            await asyncio.wait({starting})  # Newer settings cancel it; the request then waits for theirs.
            if starting is self._starting:
                starting.result()
        return self.engine

    async def _start(self) -> Engine:
        backends = await self._backends()
        self.engine = Engine(
            backends,
            self.settings,
            on_error=self._on_error,
            on_longer=self._on_longer,
            context=IndexUpdater(self.collector)
            if isinstance(backends.primary, EmbeddedBackend)
            else self.collector,
            on_accepted=self._accepted,
            records=self._spending.ledger,
            clock=self.now,
        )
        sizes, folders = sizes_of(self.settings, backends.primary), self.configuration.folders.paths
        self.collector.configure(self.gate.paths_off, self.settings.api_key_file, sizes, folders)
        self._on_backend("" if self.halted else backends.primary.name)
        self._background.spawn(self._warmed(self.engine, backends))
        return self.engine

    async def _warmed(self, engine: Engine, backends: Backends) -> None:
        """Prepare the first call. No request waits for it, because it can take as long as the timeout of a call."""
        await engine.warm()
        if self.engine is engine:
            await self._spending.began(backends.primary)

    @property
    def healthy(self) -> bool:
        """Whether the user's backend is available, and has not failed recently."""
        return bool(self.chosen) and self.engine is not None and not self.engine.calls.health.failures

    async def _backends(self) -> Backends:
        self.chosen = ""
        if self.halted:
            return Backends(EmbeddedBackend())  # `why_not` stops each request before it.
        try:
            backends = await asyncio.to_thread(
                self._open_all, self.settings, self.configuration.environ, self._memories.memories
            )
        except ModelError as error:
            self._on_error(error)
            return Backends(EmbeddedBackend(self._memories.memories))
        self.chosen = backends.primary.name
        return backends

    def _on_error(self, error: ModelError) -> None:
        log.warning("A call has failed: %s", sentence(error, self.engine, self.now()))
        self._report_error(error)

    async def close(self) -> None:
        """Stop all work."""
        self._retention.close()
        if self._starting is not None:
            self._starting.cancel()
        if self.engine is not None:
            await self.engine.close()
        await asyncio.to_thread(self.collector.close)

    async def opened(self, documents: Sequence[Document]) -> None:
        """Resolve the locations of documents in a thread, because their names may be links; prepare the backend."""
        if self.engine is not None:
            self._background.spawn(self.engine.warm())
        uris = [document.uri for document in documents]
        paths = await asyncio.to_thread(lambda: [*map(paths_of, uris)])
        self.gate.paths.update(zip(uris, paths, strict=True))

    def changed(self, document: Document, edit: Edit) -> None:
        """Handle a document's change."""
        self.collector.edited(document, edit)
        self.edits.changed(document, edit)
        if self.engine is not None:
            self.engine.changed(document.uri, edit, reports_parts=self._client.reports_parts)

    def _closing(self, uri: str) -> None:
        """Handle a document, or a cell of a notebook, that is about to be closed."""
        self.collector.closing(uri)
        self.gate.forget(uri)
        self.shown.pop(uri, None)
        self.reasons.pop(uri, None)
        self._pending.supersede(uri)
        if self.engine is not None:
            self.engine.forget(uri)

    def engine_of(self, uri: str) -> Engine | None:
        """Return the engine if it exists and the document is open; it keeps no data of others."""
        return None if self.documents.get(uri) is None else self.engine

    def _accepted(self, uri: str, accepted: AcceptedText) -> None:
        document = self.documents.get(uri)
        if document is not None:
            self._retention.watch(document, accepted)

    @property
    def choices(self) -> int:
        """The number of completions for a manual request; the embedded engine has only one."""
        several = min(self.settings.completion.alternatives, self.settings.requests.max_flights)
        return several if self.engine is not None and self.engine.calls.backends.primary.paid else 1

    def at_once(self, request: Request, document: Document) -> Reply | None:
        """Return the reply if it is available at once."""
        reason = self.gate.why_not(document, manual=request.manual)
        if reason:
            return Reply(reason=reason)
        if self.engine is None or self.configuration.folders.awaits(document.uri):
            return None
        return self.engine.at_once(self._with_settings(request))

    def complete(self, request: Request) -> Coroutine[Any, Any, Reply]:
        """Return an awaitable for a reply that is not available at once.

        The engine is looked up now: an engine made before the first step has not seen the request yet.
        """
        if self.engine is None or self.configuration.folders.awaits(request.cursor.uri):
            return self._once_started(request)
        return self._called(self.engine, request)

    async def _once_started(self, request: Request) -> Reply:
        left = request.at + self.settings.timing.total_ms / 1000 - self.now()
        try:
            uri = request.cursor.uri
            engine = await self._pending.wait(uri, request.cursor, self._settled(uri), left)
        except TimeoutError:
            return Reply(reason=NOT_YET)
        if engine is None:
            return SUPERSEDED
        document = self.documents.get(request.cursor.uri)
        reason = CLOSED if document is None else self.gate.why_not(document, manual=request.manual)
        return Reply(reason=reason) if reason else await engine.complete(self._with_settings(request))

    async def _settled(self, uri: str) -> Engine:
        """Return the engine once the settings of a document's folder and the backend are known."""
        while self.configuration.folders.awaits(uri):
            self.folder_settings_arrived.clear()
            await self.folder_settings_arrived.wait()
        return await self.started()

    def _with_settings(self, request: Request) -> Request:
        """Return the request with the settings of its document's folder."""
        return replace(request, settings=self.gate.loaded_for(request.cursor.uri).settings)

    async def _called(self, engine: Engine, request: Request) -> Reply:
        """Return an engine's reply, or that of its successor if the settings have changed meanwhile."""
        reply = await engine.call(self._with_settings(request))
        if reply is SUPERSEDED and self.engine is not engine:
            return await self._once_started(request)
        return reply
