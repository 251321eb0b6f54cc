"""A language client for tests and measurements: raw messages over the pipes of a real server process."""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Self, cast

Json = dict[str, Any]
Place = tuple[int, int]
"""Zero-based line, and units of the negotiated position encoding into it."""

CAPABILITIES: Json = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {"inlineCompletion": {"dynamicRegistration": False}},
    "workspace": {"configuration": True},
}
"""The default capabilities of `initialize`: an editor that shows ghost text itself."""


async def end(process: Any, wait: Callable[[], Awaitable[object]]) -> None:
    """Kill a process. While coverage is measured, a signal comes first, so that the process writes its data."""
    if "COVERAGE_PROCESS_CONFIG" in os.environ:
        process.terminate()
        with suppress(TimeoutError):
            await asyncio.wait_for(wait(), 5)
            return
    with suppress(ProcessLookupError):
        process.kill()


class LspError(Exception):
    """The server answered a request with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code


class DeadServerError(Exception):
    """The server closed its output before an answer; the message ends with its standard error."""


class Call:
    """A sent request: awaiting it returns its result, or raises LspError or DeadServerError."""

    def __init__(self, number: int, method: str) -> None:
        self.id = number
        self.method = method
        self.sent = asyncio.get_running_loop().time()
        self.answered: float | None = None
        """When the answer's bytes were read, in seconds of the loop's clock; None until then."""
        self.future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.future.add_done_callback(_look_at)

    def __await__(self) -> Generator[Any, None, Any]:
        return self.future.__await__()

    @property
    def seconds(self) -> float:
        """The seconds until the answer; raises ValueError while there is none."""
        if self.answered is None:
            raise ValueError(f"{self.method} {self.id} is not answered")
        return self.answered - self.sent


class LspClient:
    """A running server and the conversation with it.

    Begin with `await LspClient.start(argv)`, and use it as an async context manager: leaving the block kills
    a server that still runs. All sending is immediate and unblocking; everything the server sends is kept in
    `messages`, in order, with the answers among them. Requests of the server are answered from `replies` (a
    function of the parameters by method), `workspace/configuration` from `settings`, all others with null.
    """

    def __init__(self) -> None:
        self.messages: list[Json] = []
        self.keeps_messages = True
        """Set it to False for long runs: then only counts and open calls are held."""
        self.answers: Counter[int | str] = Counter()
        """How often each request was answered; anything but one is the server's mistake."""
        self.settings: Json = {}
        self.handlers: dict[str, Callable[[Any], object]] = {}
        """The functions that handle the parameters of notifications, by method."""
        self.replies: dict[str, Callable[[Any], Any]] = {"workspace/configuration": self._configuration}
        self.capabilities: Json = {}
        """The server's capabilities."""
        self._calls: dict[int | str, Call] = {}
        self._count = 0
        self._versions: dict[str, int] = {}
        self._held: list[bytes] | None = None
        self._waiting: list[tuple[Callable[[Json], bool], asyncio.Future[Json]]] = []

    @classmethod
    async def start(
        cls,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
    ) -> Self:
        """Run `argv`; `env` is added to this process's environment (an empty value removes the variable)."""
        client = cls()
        merged = {**os.environ, **(env or {})}
        kept = {name: value for name, value in merged.items() if value}
        loop = asyncio.get_running_loop()
        transport, pipes = await loop.subprocess_exec(lambda: _Pipes(client), *argv, env=kept, cwd=cwd)
        client.connect(transport, pipes, cast("asyncio.WriteTransport", transport.get_pipe_transport(0)))
        return client

    def connect(self, process: Any, pipes: Any, input: Any) -> None:  # noqa: A002
        """Connect to a running server: its process, its pipes, and the pipe for writing."""
        self._transport, self._pipes, self._input = process, pipes, input

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.returncode is None:
            await end(self._transport, lambda: asyncio.shield(self._pipes.ended))
        await self.kill()

    async def initialize(
        self,
        capabilities: Json | None = None,
        options: Json | None = None,
        *,
        root: str | None = None,
        name: str = "test",
    ) -> Json:
        """Initialize the server and return its `InitializeResult`; `root` is a URI."""
        result: Json = await self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "clientInfo": {"name": name},
                "rootUri": root,
                "workspaceFolders": [{"uri": root, "name": "test"}] if root else None,
                "capabilities": CAPABILITIES if capabilities is None else capabilities,
                "initializationOptions": options,
            },
        )
        self.capabilities = result["capabilities"]
        self.notify("initialized", {})
        return result

    def open(self, uri: str, text: str, language: str = "python") -> None:
        """Open a document in the server; its versions are counted from 1."""
        self._versions[uri] = 1
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, uri: str, *changes: Json) -> None:
        """Send one didChange with these content changes (see `edit` and `whole`)."""
        self._versions[uri] = version = self._versions[uri] + 1
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def close(self, uri: str) -> None:
        """Close a document in the server."""
        del self._versions[uri]
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def complete(self, uri: str, place: Place, *, manual: bool = False, selected: Json | None = None) -> Call:
        """Request inline completions; `selected` is the SelectedCompletionInfo of the editor's popup."""
        context: Json = {"triggerKind": 1 if manual else 2}
        if selected is not None:
            context["selectedCompletionInfo"] = selected
        position = {"line": place[0], "character": place[1]}
        params = {"textDocument": {"uri": uri}, "position": position, "context": context}
        return self.request("textDocument/inlineCompletion", params)

    def request(self, method: str, params: Any = None) -> Call:
        """Send a request."""
        self._count += 1
        call = self._calls[self._count] = Call(self._count, method)
        self.send({"jsonrpc": "2.0", "id": call.id, "method": method, "params": params})
        if self._pipes.closed:
            self._fail()
        return call

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def cancel(self, call: Call) -> None:
        """Send `$/cancelRequest` for a call; it is answered nevertheless."""
        self.notify("$/cancelRequest", {"id": call.id})

    def send(self, message: Any) -> None:
        """Send any message unchanged, well-formed or not."""
        body = json.dumps(message, separators=(",", ":")).encode()
        self.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def write(self, data: bytes) -> None:
        """Write bytes to the server's standard input; they are lost without an error if the server has ended."""
        if self._held is not None:
            self._held.append(data)
        elif not self._pipes.closed:
            self._input.write(data)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write all messages that are sent within the block in a single write."""
        outer, self._held = self._held, []
        try:
            yield
        finally:
            data, self._held = b"".join(self._held), outer
            self.write(data)

    def received(self, method: str) -> list[Any]:
        """Return the parameters of all notifications and requests of that method so far."""
        return [message.get("params") for message in self.messages if message.get("method") == method]

    async def until(self, method: str, matches: Callable[[Any], bool] = lambda _: True) -> Any:
        """Return the parameters of the first message of `method` that matches, waiting for it if need be."""

        def fits(message: Json) -> bool:
            return message.get("method") == method and matches(message.get("params"))

        for message in self.messages:
            if fits(message):
                return message.get("params")
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting.append((fits, future))
        if self._pipes.closed:
            self._fail()
        return (await future).get("params")

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return self._transport.get_pid()

    @property
    def returncode(self) -> int | None:
        """The server's exit code; None while it runs."""
        return self._transport.get_returncode()

    @property
    def stderr(self) -> str:
        """The server's standard error so far."""
        return self._pipes.errors.decode(errors="replace")

    @property
    def open_calls(self) -> list[Call]:
        """The unanswered requests."""
        return list(self._calls.values())

    def check(self) -> None:
        """Raise DeadServerError if the server has closed its output."""
        if self._pipes.closed:
            raise self._fail_all()

    async def exit(self, seconds: float = 60) -> int:
        """Shut the server down as the protocol says and return the exit code; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            await self.request("shutdown")
            self.notify("exit")
            return await self.ended()

    async def ended(self) -> int:
        """Wait for the server to exit and return its code."""
        await asyncio.shield(self._pipes.ended)
        code = self.returncode
        assert code is not None
        return code

    async def kill(self) -> None:
        """Kill the server and wait for its end."""
        if self.returncode is None:
            self._transport.kill()
        await asyncio.shield(self._pipes.ended)
        self._transport.close()

    def _configuration(self, params: Json) -> list[Any]:
        return [self.settings.get(item.get("section", "")) for item in params["items"]]

    def receive(self, buffer: bytearray) -> None:
        """Handle the complete messages at the start of the output; an incomplete one remains."""
        now = asyncio.get_running_loop().time()
        for message in framed(buffer):
            self._take(message, now)

    def _take(self, message: Json, now: float) -> None:
        if self.keeps_messages:
            self.messages.append(message)
        if "method" not in message:
            self._finish(message, now)
            return
        if "id" in message:
            reply = self.replies.get(message["method"])
            result = reply(message.get("params")) if reply else None
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        elif handler := self.handlers.get(message["method"]):
            handler(message.get("params"))
        for fits, future in self._waiting:
            if not future.done() and fits(message):
                future.set_result(message)
        self._waiting = [(fits, future) for fits, future in self._waiting if not future.done()]

    def _finish(self, message: Json, now: float) -> None:
        self.answers[message["id"]] += 1
        call = self._calls.pop(message["id"], None)
        if call is None:
            return
        call.answered = now
        if call.future.done():
            return
        if (error := message.get("error")) is not None:
            call.future.set_exception(LspError(error["code"], error["message"]))
        else:
            call.future.set_result(message["result"])

    def _fail(self) -> None:
        died = self._fail_all()
        calls, self._calls = self._calls, {}
        waiting, self._waiting = self._waiting, []
        for future in [*(call.future for call in calls.values()), *(future for _, future in waiting)]:
            if not future.done():
                future.set_exception(died)

    def _fail_all(self) -> DeadServerError:
        return DeadServerError(f"The server closed its output. It wrote: {self.stderr[-2_000:] or 'nothing'}")

    _transport: asyncio.SubprocessTransport
    _pipes: "_Pipes"
    _input: asyncio.WriteTransport


class _Pipes(asyncio.SubprocessProtocol):
    """The three pipes of the server: reads the messages in its output, keeps its errors, detects its end."""

    def __init__(self, client: LspClient) -> None:
        self.closed = False
        self.errors = bytearray()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._client = client
        self._buffer = bytearray()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 2:
            self.errors += data
            return
        self._buffer += data
        self._client.receive(self._buffer)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 1:
            self.closed = True
            self._client._fail()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._client._fail()
        if not self.ended.done():
            self.ended.set_result(None)


def framed(buffer: bytearray) -> Iterator[Json]:
    """Yield and remove the complete messages at the head of `buffer`; raises ValueError on bad framing."""
    while (end := buffer.find(b"\r\n\r\n")) >= 0:
        headers = dict(line.split(b":", 1) for line in bytes(buffer[:end]).lower().split(b"\r\n"))
        if b"content-length" not in headers:
            raise ValueError(f"No Content-Length in {bytes(buffer[:end])!r}")
        until = end + 4 + int(headers[b"content-length"])
        if len(buffer) < until:
            return
        body = bytes(buffer[end + 4 : until])
        del buffer[:until]
        yield json.loads(body)


def edit(start: Place, end: Place, text: str) -> Json:
    """Return a content change that replaces the text from `start` to `end` by `text`."""
    places = [{"line": line, "character": character} for line, character in (start, end)]
    return {"range": {"start": places[0], "end": places[1]}, "text": text}


def whole(text: str) -> Json:
    """Return a content change that replaces the whole document."""
    return {"text": text}


def _look_at(future: asyncio.Future[Any]) -> None:
    """Mark a failure as seen: a test that does not await a call ignores its result."""
    if not future.cancelled():
        future.exception()
