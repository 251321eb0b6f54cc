"""What the server does, apart from the protocol: documents and requests in, replies out."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from midfill.backends.configured import open_backends
from midfill.backends.local import Local, Neighbours
from midfill.core.document import Document
from midfill.core.edit import Edit
from midfill.core.model import Backends, ModelError
from midfill.engine import SUPERSEDED, Accepted, Engine, Reply, Request, sizes_of
from midfill.ledger import Terms
from midfill.lsp.client import Client
from midfill.lsp.configuration import Configuration
from midfill.lsp.documents import Documents
from midfill.lsp.items import Place
from midfill.lsp.spending import Spending
from midfill.lsp.standing import Standing
from midfill.lsp.surveyor import Surveyor
from midfill.lsp.switches import Switches
from midfill.settings import Loaded, Settings
from midfill.workspace import Closed, Library, paths_of

Opening = Callable[[Settings, Mapping[str, str], Neighbours], Backends]
"""Finds out who is to be asked. Raises ModelError."""

HALTED = "nobody is asked until the settings are mended"


class Service:
    """The open documents, the engine that completes in them, and what keeps it out of some.

    Args:
        configuration: where the settings come from.
        on_error: told of each trouble with a key or a backend.
        on_backend: told who is asked from now on, by name.
        on_longer: told the URI of a document in which more can be shown than is.
        spending: what may be spent, and the ledger.
        opening: finds out who is to be asked, in a thread.
    """

    def __init__(
        self,
        configuration: Configuration,
        on_error: Callable[[ModelError], None],
        on_backend: Callable[[str], None],
        on_longer: Callable[[str], None],
        spending: Spending,
        opening: Opening = open_backends,
    ) -> None:
        self.configuration = configuration
        self.now = asyncio.get_running_loop().time
        """The seconds of the loop's clock, by which everything is timed."""
        self.documents = Documents()
        self.switches = Switches()
        self.loaded: Loaded = configuration.load()
        self.engine: Engine | None = None
        """None until the key has been looked for, which may run a command of the user's."""
        self.shown: dict[str, Place] = {}
        """By URI: where the last suggestion was given."""
        self._on_error = on_error
        self._on_backend = on_backend
        self._on_longer = on_longer
        self._spending = spending
        self._standing = Standing(lambda document: self.documents.get(document.uri) is document)
        self._client = Client()
        self._opening = opening
        self._has_primary = False
        self._library = Library()
        self._starting: asyncio.Task[Engine] | None = None
        self._background: set[asyncio.Task[None]] = set()
        self._folders: tuple[Path, ...] = ()
        self._closed = Closed()
        self._kept_out: dict[str, str] = {}
        self._paths: dict[str, tuple[str, ...]] = {}
        """By URI: a document's path, and where its links lead."""
        self._surveyor = Surveyor(self.documents)
        self.documents.closing = self._surveyor.closing

    def introduced(self, client: Client) -> None:
        """Take note who is served."""
        self._client = client

    @property
    def settings(self) -> Settings:
        """All settings as they are now."""
        return self.loaded.settings

    @property
    def halted(self) -> bool:
        """Whether a wrong setting has to be mended before anybody is asked."""
        return bool(self.loaded.halting)

    # Settings.

    def configure(self) -> Loaded:
        """Put the settings together again, and make a new engine if they have changed."""
        before, self.loaded = self.loaded, self.configuration.load()
        folders, self._folders = self._folders, tuple(self.configuration.folders)
        off, key_file = self.settings.trigger.paths_off, self.settings.api_key_file
        self._closed = Closed(tuple(map(str, self._folders)), off, key_file)
        self._kept_out.clear()
        changed = before.settings != self.settings or bool(before.halting) != self.halted
        self._spending.agree(Terms.of(self.settings, self._client.name))
        if self._starting is None or changed or folders != self._folders:
            self._library = Library(self._folders, off, key_file)
            self._retire()
            self._starting = asyncio.get_running_loop().create_task(self._start())
        return self.loaded

    def reread(self, changed: Callable[[], object]) -> None:
        """Read the settings files in the background, and call `changed` if there is anything new in them."""

        async def read() -> None:
            if await self.configuration.read():
                changed()

        self._spawn(read())

    def _retire(self) -> None:
        """End what older settings began: no text may go to a backend that they name any more."""
        if self._starting is not None:
            self._starting.cancel()
        old, self.engine = self.engine, None
        if old is not None:
            self._spawn(old.close())

    async def started(self) -> Engine:
        """Return the engine of the last settings once there is one."""
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
            survey=None if isinstance(backends.primary, Local) else self._surveyor.survey,
            on_accepted=self._accepted,
            book=self._spending.ledger,
            clock=self.now,
        )
        self._surveyor.configure(self.settings, sizes_of(self.settings, backends.primary), self._folders)
        self._on_backend("" if self.halted else backends.primary.name)
        await self.engine.warm()
        self._spawn(self._spending.began(backends.primary))
        return self.engine

    @property
    def healthy(self) -> bool:
        """Whether the backend of the user's choice is there, and has not failed lately."""
        return self._has_primary and self.engine is not None and not self.engine.calls.health.failures

    async def _backends(self) -> Backends:
        self._has_primary = False
        if self.halted:
            return Backends(Local())  # `why_not` keeps each request from it.
        try:
            backends = await asyncio.to_thread(
                self._opening, self.settings, self.configuration.environ, self._library.neighbours
            )
        except ModelError as error:
            self._on_error(error)
            return Backends(Local(self._library.neighbours))
        self._has_primary = True
        return backends

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def close(self) -> None:
        """End everything that is under way."""
        self._standing.close()
        if self._starting is not None:
            self._starting.cancel()
        if self.engine is not None:
            await self.engine.close()
        await asyncio.to_thread(self._surveyor.close)

    # Documents.

    async def opened(self, documents: Sequence[Document]) -> None:
        """Find out where documents lie, in a thread: their names may be links. The backend will soon be wanted."""
        if self.engine is not None:
            self._spawn(self.engine.warm())
        uris = [document.uri for document in documents]
        self._paths.update(zip(uris, await asyncio.to_thread(lambda: [*map(paths_of, uris)]), strict=True))

    def changed(self, document: Document, edit: Edit) -> None:
        """Take note of a document's change."""
        self._surveyor.edited(document, edit)
        if self.engine is not None:
            self.engine.changed(document.uri, edit, tells_parts=self._client.tells_parts)

    def closed(self, uris: list[str]) -> None:
        """Take note that documents were closed."""
        for uri in uris:
            self._kept_out.pop(uri, None)
            self._paths.pop(uri, None)
            self.shown.pop(uri, None)
            if self.engine is not None:
                self.engine.forget(uri)

    def was_shown(self, uri: str) -> None:
        """Take note that a suggestion of ours stands in the editor."""
        if self.engine is not None:
            self.engine.was_shown(uri)

    def partly_accepted(self, uri: str) -> None:
        """Take note that a part of what is shown in a document was accepted."""
        if self.engine is not None:
            self.engine.partly_accepted(uri)

    def _accepted(self, uri: str, accepted: Accepted) -> None:
        document = self.documents.get(uri)
        if document is not None:
            self._standing.watch(document, accepted)

    # Requests.

    @property
    def choices(self) -> int:
        """How many completions to choose from a manual request gets; the embedded engine has but one opinion."""
        paid = self.engine is not None and self.engine.calls.backends.primary.paid
        return min(self.settings.completion.alternatives, self.settings.requests.max_flights) if paid else 1

    def at_once(self, request: Request, document: Document) -> Reply | None:
        """Return the reply if it takes no waiting."""
        reason = self.why_not(document, manual=request.manual)
        if reason:
            return Reply(reason=reason)
        return None if self.engine is None else self.engine.at_once(request)

    def complete(self, request: Request) -> Coroutine[Any, Any, Reply]:
        """Return what awaits the reply to a request for which there is none at once.

        Who is asked is settled now: an engine that comes before the first step has not looked at the request yet.
        """
        return self._once_started(request) if self.engine is None else self._called(self.engine, request)

    async def _once_started(self, request: Request) -> Reply:
        engine = await self.started()
        return Reply(reason=HALTED) if self.halted else await engine.complete(request)

    async def _called(self, engine: Engine, request: Request) -> Reply:
        """Return an engine's reply, or its successor's if other settings have come meanwhile."""
        reply = await engine.call(request)
        if reply is SUPERSEDED and self.engine is not engine:
            return await self._once_started(request)
        return reply

    def why_not(self, document: Document, *, manual: bool = False) -> str:
        """Return why nothing is suggested in a document, in words; empty if nothing is in the way."""
        if self.halted:
            return HALTED
        if not self.settings.enabled:
            return "completion is switched off in the settings"
        if not manual and (reason := self.switches.reason(document.language, self.now())):
            return reason
        most = self.settings.trigger.max_file_kb
        if document.size > most * 1024:
            return f"the file is larger than {most} KiB (setting trigger.max_file_kb)"
        uri = document.uri
        if uri not in self._kept_out:
            paths = self._paths[uri] if uri in self._paths else paths_of(uri)  # Of a notebook's new cell.
            self._kept_out[uri] = self._closed.why(uri, paths)
        return self._kept_out[uri]
