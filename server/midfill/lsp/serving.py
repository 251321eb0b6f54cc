"""Runs one server with its client, from the first message to the end."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial

from midfill.ledger import Ledger, data_file
from midfill.lsp.handshake import FirstInput
from midfill.lsp.process import exists
from midfill.lsp.server import Server
from midfill.lsp.transport import Connect, Writer, open_stdio

WATCH_S = 2.0
"""Seconds between two checks that the client's process is running."""

Transport = Callable[[Connect], Awaitable[None]]
"""Connects a server with its client; for TCP and WebSocket see `sockets`."""


def stdio(first: FirstInput) -> Transport:
    """Return the connection on standard input and output, whose first message has been read."""
    return partial(open_stdio, received=first.data, initialize_answered=first.initialize_answered)


def serve(transport: Transport, environ: Mapping[str, str]) -> int:
    """Serve one client until `exit`, the end of its connection or of its process, or a signal; return the exit code.

    Raises OSError if the connection cannot be opened.
    """
    ledger = Ledger(data_file())
    try:
        # An orderly end would wait for threads, in which the user's command may run for seconds: the process exits
        # anyway.
        return asyncio.Runner().run(_serve(transport, environ, ledger))
    finally:
        ledger.close()


async def _serve(transport: Transport, environ: Mapping[str, str], ledger: Ledger) -> int:
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    servers: list[Server] = []

    def end(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    _on_signals(end)

    def connect(writer: Writer, *, by_socket: bool = False, initialize_answered: bool = False) -> Server:
        server = Server(
            writer, environ, end, ledger=ledger, by_socket=by_socket, initialize_answered=initialize_answered
        )
        servers.append(server)
        return server

    async def connect_transport() -> int:
        await transport(connect)
        return await ended

    connecting = asyncio.ensure_future(connect_transport())
    watching = asyncio.ensure_future(_watch(servers, ended))
    try:
        done, _ = await asyncio.wait({connecting, ended}, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        connecting.cancel()
        watching.cancel()
        for server in servers:
            await server.close()


def _on_signals(end: Callable[[int], None]) -> None:
    """Call `end` on a signal to stop, with a shell's exit code for it."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        # Windows has no SIGHUP, and its event loop no handlers.
        with suppress(AttributeError, NotImplementedError):
            number = getattr(signal, name)
            asyncio.get_running_loop().add_signal_handler(number, end, 128 + number)


async def _watch(servers: list[Server], ended: "asyncio.Future[int]") -> None:
    """End with the client's process: a crashed editor sends no `exit`, and another process may keep its pipes open."""
    while not ended.done():
        process = servers[0].client_process if servers else None
        if process is not None and not exists(process):
            ended.set_result(1)
        await asyncio.sleep(WATCH_S)
