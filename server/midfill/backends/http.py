"""The only module that uses HTTP: kept connections to one API, and each network failure as a message.

Importing it imports httpx, and opening a client reads certificates: about 0.1 s each, so the first connection does both
in a thread. The client is httpx's transport without `httpx.AsyncClient`: cookies, redirects and authentication flows
are not needed and cost 0.15 ms per call.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from typing import Final

import httpx

from midfill.backends.api_errors import ErrorResponse, compressed_error, error_of, too_large_error
from midfill.backends.api_identity import ApiIdentity
from midfill.backends.endpoints import invalid_address
from midfill.backends.network import NetworkOptions, open_transport
from midfill.backends.network_errors import network_error
from midfill.backends.request_body import RequestBody
from midfill.core.model import BackendError

CONNECT_TIMEOUT_S: Final = 10.0
"""Maximum seconds for connecting; the caller sets the deadlines of a call."""

_TIMEOUTS: Final = {"timeout": {"connect": CONNECT_TIMEOUT_S, "write": CONNECT_TIMEOUT_S}}
_MAX_DOCUMENT_BYTES: Final = 1 << 22
"""Maximum bytes of a list of models or a balance; the longest known list (OpenRouter's) has about an eighth of it."""
_MAX_ERROR_BYTES: Final = 1 << 16
"""Maximum bytes that are read of an error; a message quotes 200 characters of it."""

for _name in ("httpx", "httpcore"):
    # Below WARNING these loggers write addresses and headers, including the key.
    logging.getLogger(_name).setLevel(logging.WARNING)

with suppress(ImportError):
    # httpcore imports it at the first request, which would stop the event loop for 50 ms.
    import_module("anyio._backends._asyncio")
    import_module("httpcore._backends.anyio")


class HttpClient:
    """A client of one API. The constructor raises BackendError if `network` is invalid."""

    def __init__(
        self,
        identity: ApiIdentity,
        url: str,
        network: NetworkOptions,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.idle_connections = 0
        """Number of open and unused connections, as far as known: the server may have closed them."""
        self.last_used_at = 0.0
        """Time at which the last answer began, in seconds of the loop's clock."""
        self.identity = identity
        """The API, for messages."""
        self._headers = _headers(identity)
        self._transport = transport or open_transport(_parsed(url), network)

    async def get(self, url: str) -> bytes:
        """Return the body of the answer from `url`. Raises BackendError."""
        answer = await self._accepted("GET", url, RequestBody(b""))
        try:
            return await answer.document()
        finally:
            await answer.close()

    async def post(self, url: str, body: RequestBody) -> "StreamedResponse":
        """Send a body, and return the answer if it is successful; the caller closes it. Raises BackendError."""
        return await self._accepted("POST", url, body)

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def _accepted(self, method: str, url: str, body: RequestBody) -> "StreamedResponse":
        response = await self._sent(self._request(method, _parsed(url), body))
        answer = StreamedResponse(response, self)
        encoding = response.headers.get("content-encoding", "")
        if answer.accepted and _is_plain(encoding):
            return answer
        try:
            if not _is_plain(encoding):
                raise compressed_error(self.identity, response.status_code, encoding)
            raise error_of(await answer.error_response(), self.identity)
        finally:
            await answer.close()

    def _request(self, method: str, url: httpx.URL, body: RequestBody) -> httpx.Request:
        """Return a request; with prepared headers httpx takes 10 us for it instead of 80."""
        length = [(b"Content-Length", b"%d" % len(body.body))] if body.body else []
        headers = [(b"Host", url.netloc), *self._headers, *length]
        return httpx.Request(method, url, headers=headers, stream=_Body(body), extensions=_TIMEOUTS)

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        """Send a request; retry once, at once, if the kept connection is dead."""
        kept = self.idle_connections > 0
        self.idle_connections = max(0, self.idle_connections - 1)
        try:
            response = await self._transport.handle_async_request(request)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as error:
            if not kept:
                raise network_error(error, self.identity.host) from error
            self.idle_connections = 0
            return await self._sent(request)
        except (httpx.HTTPError, OSError) as error:
            raise network_error(error, self.identity.host) from error
        self.last_used_at = asyncio.get_running_loop().time()
        return response


class StreamedResponse:
    """A response whose headers have arrived; its body is streamed."""

    __slots__ = ("_http", "_parts", "_response", "ended", "identity", "whole")

    def __init__(self, response: httpx.Response, http: HttpClient) -> None:
        self.identity = http.identity
        self.ended = False
        """Whether it has ended: it was read to its end, or a read failed or was cancelled."""
        self.whole = False
        """Whether it was read to its end."""
        self._http = http
        self._response = response
        self._parts = _parts(response)

    @property
    def accepted(self) -> bool:
        """Whether the status is a success."""
        return 200 <= self._response.status_code < 300

    async def read(self) -> bytes:
        """Return the next bytes of the body; empty at its end. Raises BackendError."""
        if self.ended:
            return b""
        self.ended = True  # A failed or cancelled read ends the response.
        try:
            part = await anext(self._parts)
        except StopAsyncIteration:
            self.whole = True
            return b""
        except (httpx.HTTPError, OSError) as error:
            raise network_error(error, self.identity.host) from error
        self.ended = False
        return part

    async def document(self) -> bytes:
        """Return the whole body. Raises BackendError, also if it is larger than any document of this API."""
        body = await self._head(_MAX_DOCUMENT_BYTES)
        if not self.ended:
            raise too_large_error(self.identity.host)
        return body

    async def error_response(self) -> ErrorResponse:
        """Return the content of an unsuccessful response. Raises BackendError."""
        wait = self._response.headers.get("retry-after", "")
        return ErrorResponse(self._response.status_code, await self._head(_MAX_ERROR_BYTES), wait)

    async def _head(self, most: int) -> bytes:
        """Return the body, or its first bytes up to a limit. Raises BackendError."""
        body = bytearray()
        while len(body) < most and (part := await self.read()):
            body += part
        return bytes(body[:most])

    async def drain(self, seconds: float) -> None:
        """Read the rest, for at most this many seconds, so that the connection can be kept; then close."""
        try:
            async with asyncio.timeout(seconds):
                while not self.ended:
                    await self.read()
        except (BackendError, TimeoutError):
            pass
        finally:
            await self.close()

    async def close(self) -> None:
        """Return the connection to the pool if the body was read to its end; otherwise close it."""
        if not self._response.is_closed:
            self._http.idle_connections += self.whole and self._response.headers.get("connection") != "close"
            await self._response.aclose()


class _Body(httpx.AsyncByteStream):
    """A request body for httpx, which reads it once it has a connection."""

    def __init__(self, body: RequestBody) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._body.sent = True
        yield self._body.body


def _parts(response: httpx.Response) -> AsyncIterator[bytes]:
    """Return the body's bytes as they arrive, never decompressed."""
    assert isinstance(response.stream, httpx.AsyncByteStream)  # Tests also make responses of bytes.
    return aiter(response.stream)


def _is_plain(encoding: str) -> bool:
    """Whether a Content-Encoding header names no compression."""
    return all(name.strip().lower() in {"", "identity"} for name in encoding.split(","))


@lru_cache(maxsize=8)
def _parsed(url: str) -> httpx.URL:
    """Return `url` as an httpx URL. Raises BackendError if httpx is stricter than `core.service_urls`."""
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise invalid_address() from None


def _headers(identity: ApiIdentity) -> list[tuple[bytes, bytes]]:
    authorization = [(b"Authorization", f"Bearer {identity.key}".encode("ascii"))] if identity.key else []
    return [
        *authorization,
        (b"Content-Type", b"application/json"),
        (b"Accept", b"text/event-stream, application/json"),
        (b"Accept-Encoding", b"identity"),
        (b"User-Agent", b"midfill"),
    ]
