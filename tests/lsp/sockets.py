"""Servers on a socket, and clients over TCP or WebSocket."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.client import Json, end, framed
from tests.lsp.editor import SERVE, TIMEOUT_S

OPTIONS = ("--tcp", "--ws")
INITIALIZE: Json = {"processId": None, "rootUri": None, "capabilities": {}}


@dataclass
class Listener:
    """A server that listens on a port, and its standard error."""

    process: asyncio.subprocess.Process
    option: str
    port: int
    token: str
    lines: list[str]

    async def exit_code(self) -> int:
        """Return its exit code."""
        async with asyncio.timeout(TIMEOUT_S):
            return await self.process.wait()

    async def errors(self) -> str:
        """End it and return its output after the token."""
        if self.process.returncode is None:
            await end(self.process, self.process.wait)
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode()

    @asynccontextmanager
    async def client(self) -> AsyncIterator["TcpClient | SocketClient"]:
        """Connect without sending anything."""
        async with tcp(self.port) if self.option == "--tcp" else websocket(self.port) as client:
            yield client


@asynccontextmanager
async def listening(env: Mapping[str, str], option: str, *arguments: str) -> AsyncIterator[Listener]:
    """Start a server on a free port; it is killed at the end of the block."""
    address = "0.0.0.0:0" if "--allow-remote" in arguments else "127.0.0.1:0"
    process = await asyncio.create_subprocess_exec(
        *SERVE, option, address, *arguments, env={**os.environ, **env}, stderr=asyncio.subprocess.PIPE
    )
    lines: list[str] = []
    try:
        assert process.stderr is not None
        async with asyncio.timeout(TIMEOUT_S):
            while not lines or "token" not in lines[-1]:
                lines.append((await process.stderr.readline()).decode().rstrip())
                assert lines[-1], lines
        assert lines[0].startswith("midfill: listening on ")
        yield Listener(process, option, int(lines[0].rpartition(":")[2]), lines[-1].rpartition(" ")[2], lines)
    finally:
        if process.returncode is None:
            await end(process, process.wait)
        await process.wait()


class Client:
    """The common part of both clients: messages by number."""

    def __init__(self) -> None:
        self.messages: list[Json] = []

    async def send(self, message: Json) -> None:
        """Send a message."""
        await self.send_body(json.dumps({"jsonrpc": "2.0", **message}).encode())

    async def send_body(self, body: bytes) -> None:
        """Send a message unchanged."""
        raise NotImplementedError

    async def read(self) -> bool:
        """Receive the next message; False if the connection has ended."""
        raise NotImplementedError

    async def ask(self, number: int, method: str, params: Any = None) -> Json:
        """Send a request and return its answer, an error or not."""
        await self.send({"id": number, "method": method, "params": params})
        return await self.answer(number)

    async def answer(self, number: int | str | None) -> Json:
        """Return the answer with this number."""
        async with asyncio.timeout(TIMEOUT_S):
            while not (found := [message for message in self.messages if message.get("id", "") == number]):
                assert await self.read(), f"the connection ended without an answer to {number}"
        return found[0]

    async def initialize(self, token: str | None = None, **options: Any) -> Json:
        """Initialize the server; return the answer, an error or not."""
        given = {**options, "token": token} if token else options
        answer = await self.ask(1, "initialize", {**INITIALIZE, "initializationOptions": given})
        if "result" in answer:
            await self.send({"method": "initialized", "params": {}})
        return answer

    async def is_closed(self) -> bool:
        """Wait until the server has closed the connection."""
        async with asyncio.timeout(TIMEOUT_S):
            while await self.read():
                pass
        return True

    async def is_alive(self) -> bool:
        """Whether the server still answers."""
        return "result" in await self.ask(99, "workspace/executeCommand", {"command": "midfill.stats"})


class TcpClient(Client):
    """A client on a TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__()
        self._reader, self._writer = reader, writer
        self._buffer = bytearray()

    async def send_body(self, body: bytes) -> None:
        await self.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def write(self, data: bytes) -> None:
        """Send bytes unchanged."""
        with suppress(ConnectionError):
            self._writer.write(data)
            await self._writer.drain()

    async def read(self) -> bool:
        try:
            data = await self._reader.read(1 << 16)
        except ConnectionError:
            return False
        self._buffer += data
        self.messages += framed(self._buffer)
        return bool(data)


class SocketClient(Client):
    """A client on a WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__()
        self._socket = socket

    async def send_body(self, body: bytes) -> None:
        with suppress(ConnectionClosed):
            await self._socket.send(body.decode())

    async def read(self) -> bool:
        try:
            self.messages.append(json.loads(await self._socket.recv()))
        except ConnectionClosed:
            return False
        return True


@asynccontextmanager
async def tcp(port: int) -> AsyncIterator[TcpClient]:
    """Connect by TCP."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield TcpClient(reader, writer)
    finally:
        writer.close()


@asynccontextmanager
async def websocket(port: int, query: str = "", headers: Json | None = None) -> AsyncIterator[SocketClient]:
    """Connect by WebSocket."""
    url = f"ws://127.0.0.1:{port}/{query}"
    async with connect(url, proxy=None, additional_headers=headers, max_size=None) as socket:
        yield SocketClient(socket)
