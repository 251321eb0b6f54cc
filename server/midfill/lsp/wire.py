"""The line to a client: who takes messages, where they go, and standard input and output."""

import asyncio
import logging
import os
import stat
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO, Protocol

from midfill.lsp.framing import BrokenLineError, Framing

log = logging.getLogger(__name__)


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


class Connect(Protocol):
    """Makes the peer of a client that has come; one that came by a socket may not set everything."""

    def __call__(self, writer: Writer, *, by_socket: bool = False, greeted: bool = False) -> Peer:
        """Return who takes the client's messages; one that is greeted has its answer to `initialize`."""
        ...


class ByteLine(asyncio.Protocol):
    """Passes the bodies of a byte stream on to a peer."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._framing = Framing()
        self._broken = False

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        if self._broken:
            return  # Reading goes on until the line is closed.
        try:
            for body in self._framing.feed(data):
                self._peer.received(body)
        except BrokenLineError as error:
            self._broken = True
            log.error("Closed the line to the client: %s", error)
            self._peer.gone()

    def eof_received(self) -> bool:
        """Learn that nothing more comes."""
        self._peer.gone()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Learn that the line is closed."""
        self._peer.gone()


async def open_stdio(connect: Connect, heard: bytes = b"", *, greeted: bool = False) -> None:
    """Speak with the client on standard input and output; returns once connected. Raises OSError.

    `heard` was read before, and if `greeted`, the `initialize` in it has been answered.
    """
    if sys.stdin is None or sys.stdout is None:
        raise OSError("standard input or output is closed; an editor connects both")
    output = sys.stdout.buffer
    sys.stdout = sys.stderr  # A stray print would end up between two messages.
    loop = asyncio.get_running_loop()
    lost: asyncio.Future[None] = loop.create_future()
    peer = connect(await _writer(output, lost), greeted=greeted)
    line = ByteLine(peer)
    line.data_received(heard)
    lost.add_done_callback(lambda _: peer.gone())
    try:
        if stat.S_ISCHR(os.fstat(sys.stdin.fileno()).st_mode):
            raise OSError("epoll takes no devices, /dev/null among them")
        await loop.connect_read_pipe(lambda: line, sys.stdin.buffer)
    except (NotImplementedError, OSError, ValueError):
        _read_in_thread(sys.stdin.buffer, line, loop)


async def _writer(output: BinaryIO, lost: "asyncio.Future[None]") -> Writer:
    """Return what writes to `output`; `lost` is settled when nobody reads there any more."""

    def lose() -> None:
        if not lost.done():
            log.info("The client has closed standard output")
            lost.set_result(None)

    try:
        writer, _ = await asyncio.get_running_loop().connect_write_pipe(lambda: _Output(lose), output)
    except (NotImplementedError, OSError, ValueError):
        return _BlockingWriter(
            output, lose
        )  # Windows has no asyncio for such pipes, nor POSIX for plain files.
    return writer


class _Output(asyncio.BaseProtocol):
    """Tells when the reader of a pipe has gone: a server whose answers nobody reads is of no use."""

    def __init__(self, lose: Callable[[], None]) -> None:
        self._lose = lose

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose()


class _BlockingWriter:
    def __init__(self, stream: BinaryIO, lose: Callable[[], None]) -> None:
        self._stream = stream
        self._lose = lose

    def write(self, data: bytes) -> None:
        try:
            self._stream.write(data)
            self._stream.flush()
        except (OSError, ValueError):  # The reader has gone, the disk is full, or the stream is closed.
            self._lose()

    def close(self) -> None:
        self._stream.close()


def _read_in_thread(stream: BinaryIO, line: ByteLine, loop: asyncio.AbstractEventLoop) -> None:
    def read() -> None:
        while data := _read(stream):
            loop.call_soon_threadsafe(line.data_received, data)
        loop.call_soon_threadsafe(line.connection_lost, None)

    threading.Thread(target=read, name="stdin", daemon=True).start()


def _read(stream: BinaryIO) -> bytes:
    """Return what has come; nothing at the end, or when the stream fails."""
    try:
        return os.read(stream.fileno(), 1 << 16)
    except OSError:
        return b""
