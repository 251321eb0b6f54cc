"""One server and its client, from the first message to the end."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from midfill.ledger import Ledger, data_file
from midfill.lsp.handshake import Heard
from midfill.lsp.process import exists
from midfill.lsp.server import Server
from midfill.lsp.wire import Connect, Writer, open_stdio

WATCH_S = 2.0
"""Seconds between two looks whether the client's process still lives."""

Line = Callable[[Connect], Awaitable[None]]
"""Connects a server with its client; those by TCP and WebSocket are in `sockets`."""


def stdio(heard: Heard) -> Line:
    """Return the line on standard input and output, of which the head has been read."""
    return partial(open_stdio, heard=heard.data, greeted=heard.greeted)


def serve(line: Line, environ: Mapping[str, str]) -> int:
    """Serve one client until it says `exit`, leaves, or its process is gone; return the exit code.

    Raises OSError if the line cannot be opened.
    """
    ledger = Ledger(data_file())
    try:
        # Its end would wait for threads, in which a command of the user's may run for seconds: the process ends anyway.
        return asyncio.Runner().run(_serve(line, environ, ledger))
    finally:
        ledger.close()


async def _serve(line: Line, environ: Mapping[str, str], ledger: Ledger) -> int:
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    servers: list[Server] = []

    def end(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    def connect(writer: Writer, *, by_socket: bool = False, greeted: bool = False) -> Server:
        servers.append(Server(writer, environ, end, ledger=ledger, by_socket=by_socket, greeted=greeted))
        return servers[-1]

    async def open_line() -> int:
        await line(connect)
        return await ended

    opening = asyncio.ensure_future(open_line())
    watching = asyncio.ensure_future(_watch(servers, ended))
    try:
        done, _ = await asyncio.wait({opening, ended}, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        opening.cancel()
        watching.cancel()
        for server in servers:
            await server.close()


async def _watch(servers: list[Server], ended: "asyncio.Future[int]") -> None:
    """End with the client's process: an editor that crashed says no `exit`, and may leave its pipes open elsewhere."""
    while not ended.done():
        process = servers[0].client_process if servers else None
        if process is not None and not exists(process):
            ended.set_result(1)
        await asyncio.sleep(WATCH_S)
