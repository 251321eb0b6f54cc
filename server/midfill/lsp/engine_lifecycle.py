"""The start of the engine: the backends are opened in a thread; newer settings replace the engine."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import NamedTuple

from midfill.backends.embedded import EmbeddedBackend, FindMemories
from midfill.backends.open_backends import end_key_commands, open_backends
from midfill.core.model import BackendError, Backends
from midfill.engine import AcceptedText, Engine, context_sizes
from midfill.lsp.background import BackgroundTasks
from midfill.lsp.configuration import Configuration
from midfill.lsp.context_collector import ContextCollector
from midfill.lsp.document_filter import DocumentFilter
from midfill.lsp.failure import failure_text
from midfill.lsp.index_updater import IndexUpdater
from midfill.lsp.spending_reporter import SpendingReporter
from midfill.settings import Settings
from midfill.workspace import Memories

log = logging.getLogger(__name__)

OpenBackends = Callable[[Settings, Mapping[str, str], FindMemories], Backends]
"""Opens the backends. Raises BackendError."""


class EngineEvents(NamedTuple):
    """The callbacks that report to the user.

    Args:
        on_error: called with each error of a key or a backend.
        on_backend: called with the name of the current backend.
        on_refresh: called with the URI of a document whose suggestion has changed.
    """

    on_error: Callable[[BackendError], None]
    on_backend: Callable[[str], None]
    on_refresh: Callable[[str], None]


class EngineLifecycle:
    """Makes the engine of the latest settings.

    Args:
        configuration: the sources of the settings.
        document_filter: the effective settings.
        collector: makes the context of a place.
        spending: the caps and the ledger.
        background: runs tasks in the background.
        clock: returns the current time in seconds.
        events: reports errors and changes to the user.
        on_accepted: called with a document's URI and a text that the user accepted in it.
        open_all: opens the backends, in a thread.
    """

    def __init__(
        self,
        configuration: Configuration,
        document_filter: DocumentFilter,
        collector: ContextCollector,
        spending: SpendingReporter,
        background: BackgroundTasks,
        clock: Callable[[], float],
        events: EngineEvents,
        *,
        on_accepted: Callable[[str, AcceptedText], None],
        open_all: OpenBackends = open_backends,
    ) -> None:
        self.engine: Engine | None = None
        """None until the key has been found, which may run the user's command."""
        self.backend_name = ""
        """The name of the user's backend; empty if it is not or could not be opened."""
        self._configuration = configuration
        self._document_filter = document_filter
        self._collector = collector
        self._spending = spending
        self._background = background
        self._clock = clock
        self._report_error, self._on_backend, self._on_refresh = events
        self._on_accepted = on_accepted
        self._open_all = open_all
        self._memories = Memories()
        self._task: asyncio.Task[Engine] | None = None

    @property
    def begun(self) -> bool:
        """Whether the first engine is being made."""
        return self._task is not None

    @property
    def healthy(self) -> bool:
        """Whether the user's backend is available, and has not failed recently."""
        return (
            bool(self.backend_name)
            and self.engine is not None
            and not self.engine.calls.available.breaker.failures
        )

    def restart(self) -> None:
        """Make an engine with the current settings, and stop the work of the old one."""
        self._memories = Memories(
            self._configuration.folders.paths,
            self._document_filter.paths_off,
            self._settings.api_key_file,
            self._collector.opened,
        )
        self._discard_engine()
        self._task = asyncio.get_running_loop().create_task(self._start())

    async def started(self) -> Engine:
        """Return the engine of the latest settings once it exists."""
        assert self._task is not None
        while self.engine is None or not self._task.done():
            task = self._task
            await asyncio.wait({task})  # Newer settings cancel it; the request then waits for theirs.
            if task is self._task:
                task.result()
        return self.engine

    async def close(self) -> None:
        """Stop all work."""
        self._cancel()
        if self.engine is not None:
            await self.engine.close()

    @property
    def _settings(self) -> Settings:
        return self._document_filter.loaded.settings

    @property
    def _halted(self) -> bool:
        """Whether a wrong setting stops all calls."""
        return bool(self._document_filter.loaded.blocking)

    def _discard_engine(self) -> None:
        """Stop the work of older settings: no text may go to a backend that they name."""
        self._cancel()
        old, self.engine = self.engine, None
        if old is not None:
            self._background.spawn(old.close())

    def _cancel(self) -> None:
        """Cancel the start; a command that looks for a key of older settings would hold a thread for seconds."""
        if self._task is not None:
            self._task.cancel()
            end_key_commands()

    async def _start(self) -> Engine:
        backends = await self._backends()
        is_embedded = isinstance(backends.primary, EmbeddedBackend)
        self.engine = Engine(
            backends,
            self._settings,
            on_error=self._on_error,
            on_refresh=self._on_refresh,
            context=IndexUpdater(self._collector) if is_embedded else self._collector,
            on_accepted=self._on_accepted,
            records=self._spending.ledger,
            clock=self._clock,
        )
        sizes, folders = context_sizes(self._settings, backends.primary), self._configuration.folders.paths
        self._collector.configure(
            self._document_filter.paths_off, self._settings.api_key_file, sizes, folders
        )
        self._on_backend("" if self._halted else backends.primary.name)
        self._background.spawn(self._warm(self.engine, backends))
        return self.engine

    async def _backends(self) -> Backends:
        self.backend_name = ""
        if self._halted:
            return Backends(EmbeddedBackend())  # `skip_reason` stops each request before it.
        try:
            backends = await asyncio.to_thread(
                self._open_all, self._settings, self._configuration.environ, self._memories.memories
            )
        except BackendError as error:
            self._on_error(error)
            return Backends(EmbeddedBackend(self._memories.memories))
        self.backend_name = backends.primary.name
        return backends

    async def _warm(self, engine: Engine, backends: Backends) -> None:
        """Prepare the first call. No request waits for it, because it can take as long as the timeout of a call."""
        await engine.warm()
        if self.engine is engine:
            await self._spending.began(backends.primary)

    def _on_error(self, error: BackendError) -> None:
        log.warning("A call has failed: %s", failure_text(error, self.engine, self._clock()))
        self._report_error(error)
