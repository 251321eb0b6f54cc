"""Messages on a byte stream: framing, and the three ways to a client (stdio, TCP, WebSocket)."""

import asyncio
import json
import logging
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Protocol

import msgspec

log = logging.getLogger(__name__)

Message = dict[str, Any]
"""One decoded JSON-RPC message."""

LONGEST_BODY = 512 * 1024 * 1024
"""Bytes that a message may announce; a larger number is taken for garbage."""

_ENCODER = msgspec.json.Encoder()
_HEADER_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Peer(Protocol):
    """Who takes the messages of one client."""

    def received(self, body: bytes) -> None:
        """Take the body of one message."""
        ...

    def gone(self) -> None:
        """Learn that the client has closed the line."""
        ...


class Writer(Protocol):
    """Where messages go; the interface that pygls writes to as well."""

    def write(self, data: bytes) -> None:
        """Send bytes, without waiting."""
        ...

    def close(self) -> None:
        """Send what is left, and close the line."""
        ...


class Framing:
    """Cuts a byte stream into message bodies at their `Content-Length` headers (LSP 3.18, "Base Protocol").

    What is no header is skipped up to the next `Content-Length`: a broken message costs itself alone.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._need = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the bodies that `data` completes."""
        self._buffer += data
        while len(self._buffer) >= self._need:
            end = self._buffer.find(_HEADER_END)
            if end < 0:
                return
            start = end + len(_HEADER_END)
            length = self._length(end)
            if length is None:
                del self._buffer[:start]
                continue
            if len(self._buffer) < start + length:
                self._need = start + length
                return
            body = bytes(self._buffer[start : start + length])
            del self._buffer[: start + length]
            self._need = 0
            yield body

    def _length(self, end: int) -> int | None:
        header = bytes(self._buffer[:end]).lower()
        at = header.rfind(_LENGTH)
        if at < 0:
            log.warning("Skipped %d bytes without a Content-Length", end)
            return None
        digits = header[at + len(_LENGTH) :].split(b"\r\n", 1)[0].strip()
        if not digits.isdigit() or int(digits) > LONGEST_BODY:
            log.warning("Skipped a message with an impossible Content-Length")
            return None
        return int(digits)


def framed(message: Message) -> bytes:
    """Return a message with its header, ready to be sent."""
    try:
        body = _ENCODER.encode(message)
    except UnicodeEncodeError:  # Half of a surrogate pair, which JSON can tell and UTF-8 cannot.
        body = json.dumps(message, separators=(",", ":")).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class _Line(asyncio.Protocol):
    """Passes the bodies of a byte stream on to a peer."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._framing = Framing()

    def data_received(self, data: bytes) -> None:
        for body in self._framing.feed(data):
            self._peer.received(body)

    def eof_received(self) -> bool:
        self._peer.gone()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._peer.gone()


_TYPE = b"content-type:"


class _PortLine(_Line):
    """The same on a TCP port, where a web page may send an HTTP request with a message for its body."""

    def __init__(self, peer: Peer, transport: asyncio.Transport) -> None:
        super().__init__(peer)
        self._transport = transport
        self._head: bytes | None = b""
        """What came first, until it is known to be a header; None from then on."""

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += data
            head = self._head[: len(_LENGTH)].lower()
            if not any(name.startswith(head) or head.startswith(name) for name in (_LENGTH, _TYPE)):
                log.warning("Closed a connection that does not begin with a header of LSP")
                self._transport.abort()
                return
            if len(head) < len(_LENGTH):
                return
            data, self._head = self._head, None
        super().data_received(data)


async def open_stdio(connect: Callable[[Writer], Peer]) -> None:
    """Speak with the client on standard input and output; returns once connected."""
    output = sys.stdout.buffer
    sys.stdout = sys.stderr  # A stray print would end up between two messages.
    loop = asyncio.get_running_loop()
    try:
        writer: Writer
        writer, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, output)
    except (NotImplementedError, OSError, ValueError):
        writer = _BlockingWriter(output)  # Windows has no asyncio for such pipes, nor POSIX for plain files.
    peer = connect(writer)
    try:
        if stat.S_ISCHR(os.fstat(sys.stdin.fileno()).st_mode):
            raise OSError("epoll takes no devices, /dev/null among them")
        await loop.connect_read_pipe(lambda: _Line(peer), sys.stdin.buffer)
    except (NotImplementedError, OSError, ValueError):
        _read_in_thread(sys.stdin.buffer, _Line(peer), loop)


class _BlockingWriter:
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> None:
        self._stream.write(data)
        self._stream.flush()

    def close(self) -> None:
        self._stream.close()


def _read_in_thread(stream: BinaryIO, line: _Line, loop: asyncio.AbstractEventLoop) -> None:
    def read() -> None:
        while data := os.read(stream.fileno(), 1 << 16):
            loop.call_soon_threadsafe(line.data_received, data)
        loop.call_soon_threadsafe(line.connection_lost, None)

    threading.Thread(target=read, name="stdin", daemon=True).start()


async def open_tcp(host: str, port: int, connect: Callable[[Writer], Peer]) -> None:
    """Wait for one client on a TCP port; returns once it is connected. Raises OSError if the port is taken."""
    connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    class Connection(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            if connected.done():
                transport.abort()  # One client, one server: it ends with its client.
                return
            transport.set_protocol(_PortLine(connect(transport), transport))
            connected.set_result(None)

    server = await asyncio.get_running_loop().create_server(Connection, host, port)
    _announce(server.sockets[0].getsockname())
    await connected
    server.close()


async def open_websocket(host: str, port: int, connect: Callable[[Writer], Peer]) -> None:
    """Serve one client on a WebSocket, a message a frame; returns when it has gone. Raises OSError."""
    from websockets.asyncio.server import ServerConnection, serve

    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def speak(socket: ServerConnection) -> None:
        peer = connect(_SocketWriter(socket))
        try:
            async for frame in socket:
                peer.received(frame if isinstance(frame, bytes) else frame.encode())
        finally:
            peer.gone()
            if not over.done():
                over.set_result(None)

    # A browser names the page's origin, an editor none: no web page may start a conversation.
    async with serve(speak, host, port, max_size=LONGEST_BODY, origins=[None]) as server:
        _announce(next(iter(server.sockets)).getsockname())
        await over


class _SocketWriter:
    """Sends each framed message as a frame of its own, in order."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._sender = asyncio.get_running_loop().create_task(self._send())

    def write(self, data: bytes) -> None:
        _, _, body = data.partition(_HEADER_END)
        self._queue.put_nowait((body or data).decode())

    def close(self) -> None:
        self._queue.put_nowait(None)

    async def _send(self) -> None:
        while (frame := await self._queue.get()) is not None:
            await self._socket.send(frame)
        await self._socket.close()


def _announce(address: tuple[Any, ...]) -> None:
    sys.stderr.write(f"midfill: listening on {address[0]}:{address[1]}\n")
    sys.stderr.flush()
