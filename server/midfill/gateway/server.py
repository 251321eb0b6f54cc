"""The gateway's socket and its shutdown."""

import asyncio
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from msgspec import structs

from midfill.backends.open_backends import end_key_commands, open_backends
from midfill.core.model import Backend, Backends
from midfill.core.service_urls import is_loopback
from midfill.engine import ContextProvider, Engine
from midfill.gateway.api import Api
from midfill.gateway.http_connection import Connection, Connections, RequestLimit
from midfill.ledger import Ledger, LedgerOptions, data_file
from midfill.settings import Settings
from midfill.workspace import Memories

ContextProviderFor = Callable[[Backend], ContextProvider]

EDITOR = "gateway"
"""The editor's name in the ledger."""
MAX_REQUESTS = 32
"""Maximum concurrent requests; the engine makes fewer calls."""


@dataclass(frozen=True)
class GatewayOptions:
    """The address to listen on, and the token."""

    host: str
    port: int
    token: str
    folder: Path
    allow_remote: bool = False


def run(
    options: GatewayOptions,
    settings: Settings,
    environ: Mapping[str, str],
    on_listening: Callable[[str], None],
    context_for: ContextProviderFor | None = None,
) -> None:
    """Serve until a signal arrives. Raises OSError, ValueError and BackendError.

    `on_listening` is called with the address. `context_for` returns the context provider for a backend.
    """
    if not (is_loopback(options.host) or options.allow_remote):
        raise ValueError(
            f"{options.host} can be reached by other machines, and nothing is encrypted; see --allow-remote"
        )
    asyncio.run(_serve(options, settings, environ, on_listening, context_for))


async def _serve(
    options: GatewayOptions,
    settings: Settings,
    environ: Mapping[str, str],
    on_listening: Callable[[str], None],
    context_for: ContextProviderFor | None,
) -> None:
    # An endpoint's client does not wait for a model to reason.
    settings = structs.replace(settings, completion=structs.replace(settings.completion, think=False))
    memories = Memories((options.folder,), settings.trigger.paths_off, settings.api_key_file)
    stop = _stop()
    backends = await _opened(stop, settings, environ, memories)
    if backends is None:
        return
    ledger = Ledger(data_file())
    ledger.configure(LedgerOptions.from_settings(settings, EDITOR))
    context = None if context_for is None else context_for(backends.primary)
    engine = Engine(
        backends, settings, context=context, records=ledger, clock=asyncio.get_running_loop().time
    )
    api = Api(engine, settings, options.token, options.folder)
    try:
        await _listen(options, api, engine, on_listening, stop)
    finally:
        await engine.close()
        ledger.close()


async def _opened(
    stop: asyncio.Event, settings: Settings, environ: Mapping[str, str], memories: Memories
) -> Backends | None:
    """Return the backends; None if a signal arrives before the key is found."""
    opening = asyncio.ensure_future(asyncio.to_thread(open_backends, settings, environ, memories.memories))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not opening.done():
        opening.cancel()
        end_key_commands()
        return None
    return opening.result()


async def _listen(
    options: GatewayOptions,
    api: Api,
    engine: Engine,
    on_listening: Callable[[str], None],
    stop: asyncio.Event,
) -> None:
    """Accept connections until a signal."""
    connections = Connections()
    limit = RequestLimit(MAX_REQUESTS)

    def protocol() -> Connection:
        return Connection(api, limit, connections.add, connections.discard)

    server = await asyncio.get_running_loop().create_server(protocol, options.host, options.port)
    try:
        on_listening(f"http://{_shown(options.host)}:{server.sockets[0].getsockname()[1]}")
        warming = asyncio.get_running_loop().create_task(engine.warm())
        await stop.wait()
        warming.cancel()
    finally:
        server.close()
        connections.close()


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _stop() -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop
