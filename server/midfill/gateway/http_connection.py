"""A client's connection: HTTP/1.1 parsed by h11, with limits on all input."""

import asyncio
from collections.abc import Callable
from typing import Final

import h11

from midfill.gateway import response
from midfill.gateway.api import Api, HttpRequest, HttpResponse

MAX_BODY_BYTES: Final = 4 << 20
"""Maximum bytes of a request's body."""
MAX_CONNECTIONS: Final = 64
"""Maximum concurrent connections; one more closes the oldest."""
IDLE_TIMEOUT_S: Final = 30.0
"""Maximum seconds for a request to arrive; an idle kept connection stays open ten times as long."""


class RequestLimit:
    """Limits the number of concurrent requests."""

    def __init__(self, max_requests: int) -> None:
        self.max_requests = max_requests
        self.active = 0

    @property
    def full(self) -> bool:
        """Whether the maximum is reached."""
        return self.active >= self.max_requests


class Connection(asyncio.Protocol):
    """Reads one request at a time and answers it; a closed connection cancels its request."""

    def __init__(
        self,
        api: Api,
        limit: RequestLimit,
        on_start: "Callable[[Connection], None]",
        on_end: "Callable[[Connection], None]",
    ) -> None:
        self._api = api
        self._limit = limit
        self._on_start = on_start
        self._on_end = on_end
        self._http = h11.Connection(h11.SERVER)
        self._head: HttpRequest | None = None
        self._refusal: HttpResponse | None = None
        self._body = bytearray()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start reading."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._timeout = asyncio.get_running_loop().call_later(IDLE_TIMEOUT_S, transport.close)
        self._on_start(self)

    def data_received(self, data: bytes) -> None:
        """Continue reading."""
        self._http.receive_data(data)
        self._read()

    def eof_received(self) -> None:
        """Treat a half-closed connection as closed."""
        self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the request in progress."""
        self._timeout.cancel()
        if self._task is not None:
            self._task.cancel()
        self._on_end(self)

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def _read(self) -> None:
        while self._task is None:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                self._end_with(
                    HttpResponse(
                        error.error_status_hint,
                        body=response.failure("this is not an HTTP request", "completions"),
                    )
                )
                return
            match event:
                case h11.Request():
                    self._began(event)
                case h11.Data():
                    self._take(bytes(event.data))
                case h11.EndOfMessage():
                    self._answer()
                case _:
                    return

    def _began(self, request: h11.Request) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}
        path = request.target.decode("latin-1").partition("?")[0].rstrip("/") or "/"
        self._head, self._body = HttpRequest(request.method.decode(), path, headers), bytearray()
        self._refusal = self._api.refusal(self._head)
        if self._refusal is None and self._http.they_are_waiting_for_100_continue:
            self._write(h11.InformationalResponse(status_code=100, headers=[]))
        length = headers.get("content-length", "0")
        if self._refusal is not None and length != "0":
            self._end_with(self._refusal)  # The body of a refused request is not read.
        elif len(length) > 9 or int(length) > MAX_BODY_BYTES:
            self._end_with(_too_large())

    def _take(self, data: bytes) -> None:
        self._body += data
        if len(self._body) > MAX_BODY_BYTES:
            self._end_with(_too_large())

    def _answer(self) -> None:
        assert self._head is not None
        self._timeout.cancel()
        http_request = HttpRequest(self._head.method, self._head.path, self._head.headers, bytes(self._body))
        if self._refusal is not None:
            self._end_with(self._refusal)
        elif self._limit.full:
            self._end_with(
                HttpResponse(429, body=response.failure("too many requests at once", "completions"))
            )
        else:
            self._limit.active += 1
            self._task = asyncio.get_running_loop().create_task(self._serve(http_request))

    async def _serve(self, http_request: HttpRequest) -> None:
        try:
            answer = await self._api.answer(http_request)
        finally:
            self._limit.active -= 1
        self._write(_response(answer), h11.Data(data=answer.body), h11.EndOfMessage())
        self._task = None
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            self._timeout = asyncio.get_running_loop().call_later(10 * IDLE_TIMEOUT_S, self._transport.close)
            self._read()
        else:
            self.close()

    def _end_with(self, answer: HttpResponse) -> None:
        """Answer a request whose body is not read, and close."""
        self._write(_response(answer, close=True), h11.Data(data=answer.body), h11.EndOfMessage())
        self._task = asyncio.get_running_loop().create_task(asyncio.sleep(0))  # Nothing more is read.
        self.close()

    def _write(self, *events: h11.Event) -> None:
        self._transport.write(b"".join(self._http.send(event) or b"" for event in events))


class Connections:
    """The open connections, the oldest first."""

    def __init__(self) -> None:
        self._open: dict[Connection, None] = {}

    def add(self, connection: Connection) -> None:
        """Add a new connection; at the maximum, the oldest is closed."""
        if len(self._open) >= MAX_CONNECTIONS:
            oldest = next(iter(self._open))
            del self._open[oldest]
            oldest.close()
        self._open[connection] = None

    def discard(self, connection: Connection) -> None:
        """Remove a connection that has ended."""
        self._open.pop(connection, None)

    def close(self) -> None:
        """Close all connections."""
        for connection in self._open:
            connection.close()


def _too_large() -> HttpResponse:
    return HttpResponse(
        413, body=response.failure(f"the body is larger than {MAX_BODY_BYTES >> 20} MiB", "completions")
    )


def _response(answer: HttpResponse, *, close: bool = False) -> h11.Response:
    headers = [("content-type", answer.media_type), ("content-length", str(len(answer.body)))]
    return h11.Response(
        status_code=answer.status, headers=headers + ([("connection", "close")] if close else [])
    )
