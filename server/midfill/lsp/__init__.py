"""The language server: documents in, items out. The only door to pygls and lsprotocol."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import psutil

from midfill.lsp.server import Server
from midfill.lsp.wire import Writer, open_stdio, open_tcp, open_websocket

__all__ = ["serve", "stdio", "tcp", "websocket"]

WATCH_S = 2.0
"""Seconds between two looks whether the client's process still lives."""

Line = Callable[[Callable[[Writer], Server]], Awaitable[None]]
"""Connects a server with its client."""

stdio: Line = open_stdio


def tcp(host: str, port: int) -> Line:
    """Return the line on a TCP port."""
    return partial(open_tcp, host, port)


def websocket(host: str, port: int) -> Line:
    """Return the line on a WebSocket."""
    return partial(open_websocket, host, port)


def serve(line: Line, environ: Mapping[str, str]) -> int:
    """Serve one client until it says `exit`, leaves, or its process is gone; return the exit code.

    Raises OSError if the line cannot be opened.
    """
    return asyncio.run(_serve(line, environ))


async def _serve(line: Line, environ: Mapping[str, str]) -> int:
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    servers: list[Server] = []

    def connect(writer: Writer) -> Server:
        servers.append(Server(writer, environ, lambda code: None if ended.done() else ended.set_result(code)))
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
        if process is not None and not psutil.pid_exists(process):
            ended.set_result(1)
        await asyncio.sleep(WATCH_S)
