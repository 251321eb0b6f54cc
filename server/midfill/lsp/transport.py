"""The connection to a client: the interfaces, and standard input and output."""

import asyncio
import logging
import os
import stat
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO, Protocol

from midfill.lsp.framing import Framing, InvalidStreamError

log = logging.getLogger(__name__)


class MessageHandler(Protocol):
    """Handles the messages of one client."""

    def received(self, body: bytes) -> None:
        """Handle the body of one message."""
        ...

    def connection_closed(self) -> None:
        """Handle the end of the connection."""
        ...


class Writer(Protocol):
    """Writes messages; pygls uses the same interface."""

    def write(self, data: bytes) -> None:
        """Send bytes, without waiting."""
        ...

    def close(self) -> None:
        """Send the rest, and close the connection."""
        ...


class Connect(Protocol):
    """Makes the message handler of a new client; one on a socket may not set everything."""

    def __call__(
        self, writer: Writer, *, by_socket: bool = False, initialize_answered: bool = False
    ) -> MessageHandler:
        """Return the handler of a client; `initialize_answered`: the client has the answer to `initialize`."""
        ...


class ByteStreamProtocol(asyncio.Protocol):
    """Passes the message bodies of a byte stream to a handler."""

    def __init__(self, handler: MessageHandler) -> None:
        self._handler = handler
        self._framing = Framing()
        self._broken = False

    def data_received(self, data: bytes) -> None:
        """Handle data."""
        if self._broken:
            return  # Reading continues until the connection is closed.
        try:
            for body in self._framing.feed(data):
                self._handler.received(body)
        except InvalidStreamError as error:
            self._broken = True
            log.error("Closed the connection to the client: %s", error)
            self._handler.connection_closed()

    def eof_received(self) -> bool:
        """Handle the end of input."""
        self._handler.connection_closed()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Handle the closed connection."""
        self._handler.connection_closed()


async def open_stdio(connect: Connect, received: bytes = b"", *, initialize_answered: bool = False) -> None:
    """Connect with the client on standard input and output. Raises OSError.

    `received` was read before; `initialize_answered`: the `initialize` in it has been answered.
    """
    if sys.stdin is None or sys.stdout is None:
        raise OSError("standard input or output is closed; an editor connects both")
    output = sys.stdout.buffer
    sys.stdout = sys.stderr  # A stray print would end up between two messages.
    loop = asyncio.get_running_loop()
    lost: asyncio.Future[None] = loop.create_future()
    handler = connect(await _writer(output, lost), initialize_answered=initialize_answered)
    protocol = ByteStreamProtocol(handler)
    protocol.data_received(received)
    lost.add_done_callback(lambda _: handler.connection_closed())
    try:
        if stat.S_ISCHR(os.fstat(sys.stdin.fileno()).st_mode):
            raise OSError("epoll takes no devices, /dev/null among them")
        await loop.connect_read_pipe(lambda: protocol, sys.stdin.buffer)
    except (NotImplementedError, OSError, ValueError):
        _read_in_thread(sys.stdin.buffer, protocol, loop)


async def _writer(output: BinaryIO, lost: "asyncio.Future[None]") -> Writer:
    """Return a writer for `output`; `lost` is set when its reader has gone."""

    def on_lost() -> None:
        if not lost.done():
            log.info("The client has closed standard output")
            lost.set_result(None)

    try:
        writer, _ = await asyncio.get_running_loop().connect_write_pipe(lambda: _Output(on_lost), output)
    except (NotImplementedError, OSError, ValueError):
        # asyncio does not support such pipes on Windows, nor plain files on POSIX.
        return _BlockingWriter(output, on_lost)
    return writer


class _Output(asyncio.BaseProtocol):
    """Detects that the reader of a pipe has gone: the server then ends."""

    def __init__(self, on_lost: Callable[[], None]) -> None:
        self._on_lost = on_lost

    def connection_lost(self, exc: Exception | None) -> None:
        self._on_lost()


class _BlockingWriter:
    def __init__(self, stream: BinaryIO, on_lost: Callable[[], None]) -> None:
        self._stream = stream
        self._on_lost = on_lost

    def write(self, data: bytes) -> None:
        try:
            self._stream.write(data)
            self._stream.flush()
        except (OSError, ValueError):  # The reader has gone, the disk is full, or the stream is closed.
            self._on_lost()

    def close(self) -> None:
        self._stream.close()


def _read_in_thread(stream: BinaryIO, protocol: ByteStreamProtocol, loop: asyncio.AbstractEventLoop) -> None:
    def read() -> None:
        while data := _read(stream):
            loop.call_soon_threadsafe(protocol.data_received, data)
        loop.call_soon_threadsafe(protocol.connection_lost, None)

    threading.Thread(target=read, name="stdin", daemon=True).start()


def _read(stream: BinaryIO) -> bytes:
    """Return new data; empty at the end or after a failure."""
    try:
        return os.read(stream.fileno(), 1 << 16)
    except OSError:
        return b""
