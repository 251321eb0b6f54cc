"""A session in virtual time: the simulated user, the server and the model in one process.

There are no pipes, sockets or other load; all else is real, from the messages of the editor to the bytes of
the model's answer. Each run of a session is the same to the last key.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from midfill.backends.embedded import EmbeddedBackend, FindMemories
from midfill.backends.remote import RemoteBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.core.model import Backends
from midfill.ledger import Ledger
from midfill.lsp.framing import Framing
from midfill.lsp.server import Server
from midfill.settings import Settings
from tests.bench.upstream import Seen, Upcall
from tests.client import LspClient
from tests.loopback.api import Api
from tests.loopback.behaviour import Behaviour, changed
from tests.loopback.ledger import Call
from tests.loopback.ledger import Ledger as Calls
from tests.loopback.request import Request
from tests.loopback.script import Script

_ADDRESS = "http://127.0.0.1"


class VirtualStage:
    """Starts models and servers for sessions; the event loop must run in virtual time.

    Args:
        ledger: the server's ledger; None gives each server one in memory.
    """

    def __init__(self, ledger: Ledger | None = None) -> None:
        self._ledger = ledger

    @asynccontextmanager
    async def model(self, **behaviour: Any) -> "AsyncIterator[VirtualModel]":
        """Yield a model with these fields of `Behaviour`."""
        yield VirtualModel(changed(Behaviour(), behaviour))

    @asynccontextmanager
    async def server(self, model: "VirtualModel") -> AsyncIterator[LspClient]:
        """Yield the client of a server that calls `model`, without any message."""
        client = LspClient()
        client.keeps_messages = False
        ledger = self._ledger or Ledger()
        ledger.ready.set()  # Its thread is woken by a timer, for which the loop would wait in vain for seconds.
        pipes = _Pipes(client, model, ledger)
        client.connect(pipes, pipes, pipes)
        try:
            yield client
        finally:
            await pipes.server.close()
            if ledger is not self._ledger:
                ledger.close()


class VirtualModel(httpx.AsyncBaseTransport):
    """The loopback DeepSeek without a socket: connections are simulated and counted."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._loop = asyncio.get_running_loop()
        self._ledger = Calls(self.now)
        self._api = Api(behaviour, self._ledger)
        self._token_ms = behaviour.token_ms
        self._idle = 0

    def now(self) -> float:
        """Return the milliseconds of the loop's clock."""
        return self._loop.time() * 1_000

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request over an idle connection, or over a new one."""
        self._ledger.opened += not self._idle
        self._idle -= bool(self._idle)
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.aread()
        script, call = self._api.answer(Request(request.method, request.url.path, headers, body), 1)
        stream = _Body(self, script, call)
        return httpx.Response(script.status, headers=list(script.headers), stream=stream)

    def end(self, call: Call) -> None:
        """Record that an answer was read to its end; its connection is then idle."""
        self._ledger.finish(call, "finished")
        self._idle += 1

    def close_early(self, call: Call) -> None:
        """Record that the client stopped reading; before the end this closes the connection."""
        self._ledger.finish(call, "aborted")

    @property
    def open(self) -> int:
        """The number of calls in progress."""
        return sum(call.end == "open" for call in self._ledger.calls)

    def forget(self) -> int:
        """Forget the calls that have ended, and return their number."""
        ended = len(self._ledger.calls) - self.open
        self._ledger.calls = [call for call in self._ledger.calls if call.end == "open"]
        return ended

    async def seen(self) -> Seen:
        """Return the calls for completions, once none is in progress."""
        await self._ledger.until(lambda: self._ledger.arrived(0, "", idle=True))
        asked = self._ledger.calls_of("/completions")
        calls = [{name: getattr(call, name) for name in call.__dataclass_fields__} for call in asked]
        return Seen([Upcall.read(call, self._token_ms) for call in calls], self._ledger.opened)


class _Body(httpx.AsyncByteStream):
    """The body of an answer; each part is sent when it is due."""

    def __init__(self, model: VirtualModel, script: Script, call: Call) -> None:
        self._model = model
        self._script = script
        self._call = call

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for step in self._script.steps:
            await asyncio.sleep(max(0.0, self._call.arrived + step.due - self._model.now()) / 1_000)
            self._call.wrote(len(step.data), step.tokens, self._model.now())
            yield step.data
        self._model.end(self._call)

    async def aclose(self) -> None:
        self._model.close_early(self._call)


class _Pipes:
    """Both ends of the connection between a client and a server in this process, and the server as a process."""

    def __init__(self, client: LspClient, model: VirtualModel, ledger: Ledger) -> None:
        self.closed = False
        self.errors = bytearray()
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self._client = client
        self._framing = Framing()
        self._code: int | None = None
        self.server = Server(_Writer(self._send), {}, self._exited, _opening(model), ledger)

    def write(self, data: bytes) -> None:
        """Pass the client's messages to the server."""
        self._loop.call_soon(self._deliver, data)

    def get_pid(self) -> int:
        """Return the current process."""
        return os.getpid()

    def get_returncode(self) -> int | None:
        """Return the server's exit code."""
        return self._code

    def _deliver(self, data: bytes) -> None:
        for body in self._framing.feed(data):
            self.server.received(body)

    def _send(self, data: bytes) -> None:
        self._loop.call_soon(self._client.receive, bytearray(data))

    def _exited(self, code: int) -> None:
        self._code = code
        self.closed = True
        self.ended.set_result(None)


class _Writer:
    """The server's end of the connection."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.write = send

    def close(self) -> None:
        """Nothing is buffered."""


def _opening(model: VirtualModel) -> Callable[[Settings, Mapping[str, str], FindMemories], Backends]:
    """Return a settings source that selects `model`."""

    def opening(settings: Settings, environ: Mapping[str, str], neighbours: FindMemories) -> Backends:
        timing = settings.timing
        options = RemoteOptions(
            base_url=_ADDRESS,
            key="sk-" + "0" * 32,
            first_token_s=timing.first_token_ms / 1_000,
            total_s=timing.total_ms / 1_000,
        )
        return Backends(RemoteBackend(options, model), EmbeddedBackend(neighbours))

    return opening
