"""What the server does, apart from the protocol: documents and requests in, replies out."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from midfill.backends.configured import open_backends
from midfill.backends.local import Local, Neighbours
from midfill.core.document import Document
from midfill.core.edit import Edit
from midfill.core.model import Backends, ModelError
from midfill.core.privacy import is_off, is_secret
from midfill.engine import SUPERSEDED, Engine, Reply, Request
from midfill.lsp.configuration import Configuration
from midfill.lsp.documents import Documents
from midfill.lsp.items import Place
from midfill.lsp.switches import Switches
from midfill.settings import Loaded, Problem, Settings
from midfill.workspace import Library, to_path

Opening = Callable[[Settings, Mapping[str, str], Neighbours], Backends]
"""Finds out who is to be asked. Raises ModelError."""

HALTED = "nobody is asked until the settings are mended"
CLOSED = "the document was closed"


class Service:
    """The open documents, the engine that completes in them, and what keeps it out of some.

    Args:
        configuration: where the settings come from.
        on_error: told of each trouble with a key or a backend.
        on_backend: told who is asked from now on, by name.
        on_longer: told the URI of a document in which more can be shown than is.
        opening: finds out who is to be asked, in a thread.
    """

    def __init__(
        self,
        configuration: Configuration,
        on_error: Callable[[ModelError], None],
        on_backend: Callable[[str], None],
        on_longer: Callable[[str], None],
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
        self._opening = opening
        self._has_primary = False
        self._library = Library()
        self._starting: asyncio.Task[Engine] | None = None
        self._background: set[asyncio.Task[None]] = set()
        self._by_folder: dict[str, Loaded] = {}
        self.news = asyncio.Event()
        """Set when the client has answered with the settings of folders."""
        self._kept_out: dict[str, str] = {}

    @property
    def settings(self) -> Settings:
        """All settings as they are now."""
        return self.loaded.settings

    @property
    def halted(self) -> bool:
        """Whether a wrong setting has to be mended before anybody is asked."""
        return bool(self.loaded.halting)

    @property
    def is_on(self) -> bool:
        """Whether the settings let anything be suggested anywhere."""
        return any(loaded.settings.enabled for loaded in (self.loaded, *self._by_folder.values()))

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong with the settings, of the whole workspace and of its folders."""
        return [problem for loaded in self._all_loaded() for problem in loaded.problems]

    # Settings.

    def configure(self) -> list[Problem]:
        """Read the settings again, and make a new engine if they have changed; return what is wrong with them."""
        before = self._in_force()
        configuration = self.configuration
        self.loaded = configuration.load()
        self._by_folder = {folder.uri: configuration.load_folder(folder) for folder in configuration.folders}
        self._kept_out.clear()
        if self._starting is None or before != self._in_force():
            off = {
                pattern: None
                for loaded in self._all_loaded()
                for pattern in loaded.settings.trigger.paths_off
            }
            self._library = Library(configuration.folders.paths, tuple(off))
            self._retire()
            self._starting = asyncio.get_running_loop().create_task(self._start())
        return self.problems

    def _all_loaded(self) -> list[Loaded]:
        return [self.loaded, *self._by_folder.values()]

    def _in_force(self) -> list[tuple[str, Settings, bool]]:
        """Return what an engine goes by: all settings, and whether they are sound."""
        named = {"": self.loaded, **self._by_folder}
        return [(uri, loaded.settings, bool(loaded.halting)) for uri, loaded in named.items()]

    def _loaded_for(self, uri: str) -> Loaded:
        """Return the settings of a document."""
        folder = self.configuration.folders.around(uri)
        return self.loaded if folder is None else self._by_folder.get(folder.uri, self.loaded)

    def _awaits_settings(self, uri: str) -> bool:
        """Whether the client has still to answer with the settings of a document's folder."""
        folder = self.configuration.folders.around(uri)
        return folder is not None and folder.awaited

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
            backends, self.settings, on_error=self._on_error, on_longer=self._on_longer, clock=self.now
        )
        self._on_backend("" if self.halted else backends.primary.name)
        await self.engine.warm()
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
        if self._starting is not None:
            self._starting.cancel()
        if self.engine is not None:
            await self.engine.close()

    # Documents.

    def opened(self) -> None:
        """Take note that a document was opened: the backend's connection will soon be wanted."""
        if self.engine is not None:
            self._spawn(self.engine.warm())

    def changed(self, document: Document, edit: Edit) -> None:
        """Take note of a document's change."""
        if self.engine is not None:
            self.engine.changed(document.uri, edit)

    def closed(self, uris: list[str]) -> None:
        """Take note that documents were closed."""
        for uri in uris:
            self._kept_out.pop(uri, None)
            self.shown.pop(uri, None)
            if self.engine is not None:
                self.engine.forget(uri)

    def was_shown(self) -> None:
        """Take note that a suggestion of ours stands in the editor."""
        if self.engine is not None:
            self.engine.counters.shown += 1

    def partly_accepted(self, uri: str) -> None:
        """Take note that a part of what is shown in a document was accepted."""
        if self.engine is not None:
            self.engine.partly_accepted(uri)

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
        if self.engine is None or self._awaits_settings(document.uri):
            return None
        return self.engine.at_once(self._with_settings(request))

    def complete(self, request: Request) -> Coroutine[Any, Any, Reply]:
        """Return what awaits the reply to a request for which there is none at once.

        Who is asked is settled now: an engine that comes before the first step has not looked at the request yet.
        """
        if self.engine is None or self._awaits_settings(request.cursor.uri):
            return self._once_started(request)
        return self._called(self.engine, request)

    async def _once_started(self, request: Request) -> Reply:
        while self._awaits_settings(request.cursor.uri):
            self.news.clear()
            await self.news.wait()
        engine = await self.started()
        document = self.documents.get(request.cursor.uri)
        reason = CLOSED if document is None else self.why_not(document, manual=request.manual)
        return Reply(reason=reason) if reason else await engine.complete(self._with_settings(request))

    def _with_settings(self, request: Request) -> Request:
        """Return the request with the settings of its document's folder."""
        return replace(request, settings=self._loaded_for(request.cursor.uri).settings)

    async def _called(self, engine: Engine, request: Request) -> Reply:
        """Return an engine's reply, or its successor's if other settings have come meanwhile."""
        reply = await engine.call(self._with_settings(request))
        if reply is SUPERSEDED and self.engine is not engine:
            return await self._once_started(request)
        return reply

    def why_not(self, document: Document, *, manual: bool = False) -> str:
        """Return why nothing is suggested in a document, in words; empty if nothing is in the way."""
        loaded = self._loaded_for(document.uri)
        settings = loaded.settings
        if self.halted or loaded.halting:
            return HALTED
        if not settings.enabled:
            return "completion is switched off in the settings"
        if not manual and (reason := self.switches.reason(document.language, self.now())):
            return reason
        most = settings.trigger.max_file_kb
        if document.size > most * 1024:
            return f"the file is larger than {most} KiB (setting trigger.max_file_kb)"
        uri = document.uri
        if uri not in self._kept_out:
            self._kept_out[uri] = self._keeps_out(uri)
        return self._kept_out[uri]

    def _keeps_out(self, uri: str) -> str:
        if is_secret(uri):
            return "files like this one hold secrets, and are never sent"
        folder = self.configuration.folders.around(uri)
        root = "" if folder is None else str(folder.place)
        if is_off(to_path(uri) or uri, self._loaded_for(uri).settings.trigger.paths_off, root):
            return "the setting trigger.paths_off names this file"
        return ""
