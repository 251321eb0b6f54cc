"""The HTTP client of one API: opened on demand, with a connection that is ready for the next call."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from midfill.backends.answer_stream import now
from midfill.backends.api_errors import key_error, timeout_error
from midfill.backends.api_identity import ApiIdentity
from midfill.backends.deadlines import DRAIN_S
from midfill.backends.endpoints import Endpoints
from midfill.backends.remote_options import RemoteOptions, parameters_of
from midfill.core.model import BackendError, ErrorKind

if TYPE_CHECKING:  # At run time it is imported in a thread, for the first connection.
    import httpx

    from midfill.backends.http import HttpClient, StreamedResponse

MAX_FAILED_DRAINS: Final = 3
"""Maximum failed attempts to read an unwanted answer to its end; after them the answers count as too long."""

END_TIMEOUT_S: Final = 1.0
"""Maximum seconds for the last bytes of an answer, after the mark of its end."""

IDLE_OPEN_S: Final = 60.0
"""Seconds for which an idle connection counts as open; nginx closes them after 75 by default."""

MIN_WARM_INTERVAL_S: Final = 1.0
"""Minimum seconds between two connections that are opened in advance.

After each call that was cut off, another connection is opened: with a round trip of 50 ms, the next call's first text
arrives after 56 ms instead of 162 (measured over TLS).
"""


class OpenClient(NamedTuple):
    """A client, and the endpoints that it uses."""

    endpoints: Endpoints
    http: "HttpClient"


class Connections:
    """Opens the client of an API, and keeps a connection ready for the next call.

    Args:
        options: the options for calling the API.
        endpoints: returns the API's endpoints; raises BackendError if `base_url` is not an address.
        transport: the transport of the client, for tests.
    """

    def __init__(
        self,
        options: RemoteOptions,
        endpoints: Callable[[], Endpoints],
        transport: "httpx.AsyncBaseTransport | None" = None,
    ) -> None:
        self._options = options
        self._endpoints = endpoints
        self._transport = transport
        self._client: OpenClient | None = None
        self._opening = asyncio.Lock()
        self._warmed_at = 0.0
        self._failed_drains = 0
        """Failed drains minus successful drains, at least 0."""
        self._background: set[asyncio.Task[None]] = set()
        self._closed = False

    async def client(self) -> OpenClient:
        """Return the client, created on demand. Raises BackendError if the options are invalid."""
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(self._open)
        if self._closed:
            name = self._options.name or self._options.provider.name
            raise BackendError(ErrorKind.NETWORK, f"The {name} backend has been closed.")
        return self._client

    async def get(self, path: Callable[[Endpoints], str]) -> bytes:
        """Return the answer from one of the endpoints, within the time of a whole completion. Raises BackendError."""
        try:
            async with asyncio.timeout(self._options.total_s):
                endpoints, http = await self.client()
                return await http.get(path(endpoints))
        except TimeoutError:
            raise timeout_error(self._endpoints().host) from None

    async def warm(self) -> None:
        """Open a connection if none is open; never raises.

        The request is for the list of models: it costs no tokens and, unlike an error, keeps the connection open.
        """
        at = now()
        ready = (
            self._client is not None
            and self._client.http.idle_connections > 0
            and at - self._client.http.last_used_at < IDLE_OPEN_S
        )
        if ready or (self._warmed_at and at - self._warmed_at < MIN_WARM_INTERVAL_S):
            return
        self._warmed_at = at
        with suppress(BackendError):  # The call that needs the connection reports the error.
            await self.get(lambda endpoints: endpoints.models)

    def warm_soon(self) -> None:
        """Open a connection in the background if none is open."""
        self._spawn(self.warm())

    async def finish_answer(self, answer: "StreamedResponse", *, over: bool, worth_reading: bool) -> None:
        """Finish an answer so that the next call finds an open connection.

        If the model has finished, the last bytes usually arrive at once; there is a short limit for busy machines. Any
        other promising answer is read on for a moment in the background: it may end by itself.
        """
        ending: asyncio.Task[None] | None = None
        if over:
            ending = self._spawn(self._end(answer, END_TIMEOUT_S))
        elif worth_reading and not (answer.ended or self.drains_fail):
            ending = self._spawn(self._drain(answer))
        else:
            self.warm_soon()
        if ending is None:
            await answer.close()
        elif over:
            await asyncio.wait({ending}, timeout=DRAIN_S)

    @property
    def drains_fail(self) -> bool:
        """Whether reading on has failed so often that it costs tokens and saves no connection."""
        return self._failed_drains >= MAX_FAILED_DRAINS

    async def settled(self) -> None:
        """Wait for what runs in the background now."""
        await asyncio.gather(*self._background, return_exceptions=True)

    async def close(self) -> None:
        """Close all connections; calls in progress end."""
        self._closed = True
        for task in self._background:
            task.cancel()
        await self.settled()
        if self._client is not None:
            await self._client.http.close()

    async def _end(self, answer: "StreamedResponse", seconds: float) -> None:
        """Read an answer to its end; open another connection if the end does not arrive within `seconds`."""
        await answer.drain(seconds)
        if not answer.whole:
            await self.warm()

    async def _drain(self, answer: "StreamedResponse") -> None:
        await self._end(answer, DRAIN_S)
        self._failed_drains = max(0, self._failed_drains + (-1 if answer.whole else 1))

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None] | None:
        """Run `work` in the background until the connections are closed; None if they are closed already."""
        if self._closed:
            work.close()
            return None
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    def _open(self) -> OpenClient:
        """Return a new client; the first time it takes 0.2 s of imports and certificates, so not in the loop."""
        from midfill.backends.http import HttpClient
        from midfill.backends.network import NetworkOptions

        options, endpoints, parameters = self._options, self._endpoints(), parameters_of(self._options)
        identity = ApiIdentity(endpoints.host, options.key.strip(), parameters.model, parameters.provider)
        if error := key_error(identity):
            raise error
        network = NetworkOptions(options.proxy, options.ca_file, options.allow_http)
        return OpenClient(endpoints, HttpClient(identity, endpoints.completions, network, self._transport))
