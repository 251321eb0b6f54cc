"""Connections from clients that are not the parent process: TCP and WebSocket."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, urlsplit

from midfill.lsp.authentication import OTHER_CLIENT, Authenticator, PendingConnection
from midfill.lsp.configuration import TOKEN
from midfill.lsp.framing import HEADER_END, LENGTH_FIELD, MAX_BODY_BYTES
from midfill.lsp.transport import ByteStreamProtocol, Connect

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection
    from websockets.http11 import Request, Response

log = logging.getLogger(__name__)

MAX_UNAUTHENTICATED_BYTES = 4 * 1024 * 1024
"""Maximum bytes of a TCP connection before its client is admitted; an `initialize` has a few thousand."""

_TYPE_FIELD = b"content-type:"


class ReportAddresses(Protocol):
    """Reports the server's address to the user."""

    def __call__(self, addresses: Sequence[str], *, remote: bool) -> None:
        """Report the addresses."""
        ...


@dataclass(frozen=True)
class SocketOptions:
    """The address to listen on, and the token.

    Args:
        host: a name or an address.
        port: 0 for any free port.
        token: the token that the client has to send.
        report: called with the addresses once the server listens, and whether other machines can reach it.
        allow_remote: whether other machines may reach it.
    """

    host: str
    port: int
    token: str = field(repr=False)
    report: ReportAddresses
    allow_remote: bool = False

    async def addresses(self) -> list[str]:
        """Return the addresses of the host. Raises OSError if other machines could reach one without permission."""
        found = await asyncio.get_running_loop().getaddrinfo(self.host, self.port)
        addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        if _remote(addresses) and not self.allow_remote:
            raise OSError(
                f"other machines can reach {self.host}; --allow-remote permits that; the connection is not encrypted"
            )
        return addresses

    def report_sockets(self, sockets: Sequence[Any]) -> None:
        """Report the addresses of open sockets."""
        names = [socket.getsockname() for socket in sockets]
        remote = _remote([str(name[0]) for name in names])
        self.report([f"{name[0]}:{name[1]}" for name in names], remote=remote)


def _remote(addresses: Iterable[str]) -> bool:
    """Whether other machines may reach one of these."""
    return not all(ip_address(address).is_loopback for address in addresses)


async def open_tcp(options: SocketOptions, connect: Connect) -> None:
    """Wait for one client on a TCP port; returns once it is admitted. Raises OSError if the port is taken."""
    authenticator = Authenticator(options.token, connect)

    class Connection(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            transport.set_protocol(_TcpProtocol(authenticator.pending(transport), transport))

    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, await options.addresses(), options.port)
    options.report_sockets(server.sockets)
    await authenticator.admitted
    server.close()  # One client, one server: it ends with its client.


class _TcpProtocol(ByteStreamProtocol):
    """A byte stream on a TCP port, to which a web page may send an HTTP request with a message as its body."""

    def __init__(self, pending: PendingConnection, transport: asyncio.Transport) -> None:
        super().__init__(pending)
        self._pending = pending
        self._transport = transport
        self._received_bytes = 0
        self._head: bytes | None = b""
        """The first bytes, until they are known to be a header; then None."""

    def data_received(self, data: bytes) -> None:
        """Handle data if it is LSP."""
        if self._head is not None:
            self._head += data
            head = self._head[: len(LENGTH_FIELD)].lower()
            if not any(
                name.startswith(head) or head.startswith(name) for name in (LENGTH_FIELD, _TYPE_FIELD)
            ):
                self._abort("it does not start with an LSP header")
                return
            if len(head) < len(LENGTH_FIELD):
                return
            data, self._head = self._head, None
        self._received_bytes += len(data)
        if self._received_bytes > MAX_UNAUTHENTICATED_BYTES and not self._pending.is_admitted:
            self._abort("it sends too much before the token")
            return
        super().data_received(data)

    def _abort(self, why: str) -> None:
        log.warning("Closed a connection: %s", why)
        self._transport.abort()


async def open_websocket(options: SocketOptions, connect: Connect) -> None:
    """Serve one client on a WebSocket, one message per frame; never returns. Raises OSError if the port is taken."""
    from websockets.asyncio.server import serve

    # It logs addresses with the token at DEBUG, and a traceback for each connection that is not a WebSocket.
    logging.getLogger("websockets").setLevel(logging.CRITICAL + 1)
    authenticator = Authenticator(options.token, connect)

    async def serve_client(socket: "ServerConnection") -> None:
        pending = authenticator.pending(
            _SocketWriter(socket), has_token=authenticator.is_token(_token(socket.request))
        )
        try:
            async for frame in socket:
                pending.received(frame if isinstance(frame, bytes) else frame.encode())
        finally:
            pending.connection_closed()

    # A browser sends the page's origin, an editor none: no web page may connect.
    async with serve(
        serve_client,
        await options.addresses(),  # type: ignore[arg-type]  # It is handed to asyncio, which takes several.
        options.port,
        max_size=MAX_BODY_BYTES,
        origins=[None],
        process_request=lambda socket, request: _rejected(authenticator, socket),
    ) as server:
        options.report_sockets(list(server.sockets))
        await asyncio.get_running_loop().create_future()


def _rejected(authenticator: Authenticator, socket: "ServerConnection") -> "Response | None":
    if not authenticator.admitted.done():
        return None
    return socket.respond(HTTPStatus.SERVICE_UNAVAILABLE, f"{OTHER_CLIENT}\n")


def _token(request: "Request | None") -> str | None:
    """Return the token in a handshake's header, or in the query of its address."""
    if request is None:
        return None
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return given.strip()
    return next(iter(parse_qs(urlsplit(request.path).query).get(TOKEN, ())), None)


class _SocketWriter:
    """Sends each framed message as its own frame, in order."""

    def __init__(self, socket: "ServerConnection") -> None:
        self._socket = socket
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._sender = asyncio.get_running_loop().create_task(self._send())

    def write(self, data: bytes) -> None:
        _, _, body = data.partition(HEADER_END)
        self._queue.put_nowait((body or data).decode())

    def close(self) -> None:
        self._queue.put_nowait(None)

    async def _send(self) -> None:
        from websockets.exceptions import ConnectionClosed

        with suppress(ConnectionClosed):
            while (frame := await self._queue.get()) is not None:
                await self._socket.send(frame)
            await self._socket.close()
