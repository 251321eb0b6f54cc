"""The only door to HTTP: one kept-alive client, and every way the network fails told in words.

Importing this imports httpx, and building a client reads certificates: about 0.1 s each, so that is done in a
thread when the first connection is wanted.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import truststore

from midfill.backends.errors import Caller, Refusal, refused
from midfill.core.model import Kind, ModelError

KEEP_ALIVE: Final = 300.0
"""Seconds that an idle connection is kept. httpx's own default is 5, so that each pause cost a reconnect."""

CONNECT: Final = 10.0
"""Seconds that connecting may take; the deadlines of a call are shorter and the caller's own."""

_MAX_REFUSAL: Final = 1 << 16
"""Bytes of a refusal that are read."""

for _name in ("httpx", "httpcore"):
    # Below WARNING these write addresses and headers, the key among them.
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Network:
    """The way out of this machine."""

    proxy: str = ""
    """Address of a proxy; empty: as the environment says."""
    ca_file: str = ""
    """PEM file of certificate authorities; empty: those of the system."""


class Answer:
    """A response whose head has been read, and whose body is read as it comes."""

    def __init__(self, response: httpx.Response, host: str) -> None:
        self._response = response
        self.host = host
        self.ended = False
        """Whether the body has been read to its end."""
        self._parts: AsyncIterator[bytes] = response.aiter_bytes()

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._response.status_code

    def header(self, name: str) -> str:
        """Return a header, or an empty text."""
        return str(self._response.headers.get(name, ""))

    async def read(self) -> bytes:
        """Return the next bytes of the body; none at its end. Raises ModelError."""
        try:
            return await anext(self._parts)
        except StopAsyncIteration:
            self.ended = True
            return b""
        except (httpx.HTTPError, OSError) as error:
            raise failed(error, self.host) from error

    async def all(self, limit: int) -> bytes:
        """Return the whole body, or its first `limit` bytes. Raises ModelError."""
        body = bytearray()
        while len(body) < limit and (part := await self.read()):
            body += part
        return bytes(body)

    async def drain(self, seconds: float) -> None:
        """Read what is left, for so many seconds at most, so that the connection can be kept; then close."""
        try:
            async with asyncio.timeout(seconds):
                while not self.ended:
                    await self.read()
        except (ModelError, TimeoutError):
            pass
        finally:
            await self.close()

    async def close(self) -> None:
        """Give the connection back if the body was read to its end, and close it otherwise."""
        await self._response.aclose()


class Http:
    """A client of one API, that keeps its connections. Raises ModelError when `network` cannot be used."""

    def __init__(
        self, caller: Caller, network: Network, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._caller = caller
        self._headers = _headers(caller)
        self._client = _client(network, transport)
        self._answered = False

    async def get(self, url: str) -> bytes:
        """Return the body that `url` answers with. Raises ModelError."""
        answer = await self._accepted("GET", url, None)
        try:
            return await answer.all(1 << 22)
        finally:
            await answer.close()

    async def post(self, url: str, body: bytes) -> Answer:
        """Send `body`, and return the answer when it is a success; close it. Raises ModelError."""
        return await self._accepted("POST", url, body)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _accepted(self, method: str, url: str, body: bytes | None) -> Answer:
        response = await self._sent(httpx.Request(method, url, headers=self._headers, content=body))
        answer = Answer(response, self._caller.host)
        if answer.status == 200:
            return answer
        try:
            said = await answer.all(_MAX_REFUSAL)
        finally:
            await answer.close()
        raise refused(Refusal(answer.status, said, answer.header("retry-after")), self._caller)

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        """Send a request; once more, at once, when the kept connection turns out to be dead."""
        try:
            response = await self._client.send(request, stream=True)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as error:
            if not self._answered:
                raise failed(error, self._caller.host) from error
            self._answered = False
            return await self._sent(request)
        except (httpx.HTTPError, OSError) as error:
            raise failed(error, self._caller.host) from error
        self._answered = True
        return response


def failed(error: Exception, host: str) -> ModelError:
    """Return the error that a failure of the network means."""
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return ModelError(
            Kind.NETWORK,
            f"The certificate of {host} is not trusted: set network.ca_file to the file of your network's "
            "certificate authority.",
        )
    if isinstance(error, httpx.ProxyError):
        return ModelError(Kind.NETWORK, f"The proxy does not let through to {host}: check network.proxy.")
    if isinstance(error, httpx.TimeoutException):
        return ModelError(
            Kind.TIMEOUT, f"{host} did not answer in time: check the network and network.proxy."
        )
    if isinstance(error, httpx.ConnectError):
        return ModelError(
            Kind.NETWORK, f"{host} cannot be reached{_why(causes)}: check the network and base_url."
        )
    return ModelError(Kind.NETWORK, f"The connection to {host} broke: check the network and network.proxy.")


def _why(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return " (its name is unknown)"
        if isinstance(cause, ConnectionRefusedError):
            return " (nothing listens there)"
        if isinstance(cause, ssl.SSLError):
            return " (TLS failed)"
    return ""


def _causes(error: BaseException) -> list[BaseException]:
    """Return the chain of exceptions behind `error`, groups opened up."""
    chain: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        cause = todo.pop()
        if cause is not None and cause not in chain:
            chain.append(cause)
            todo += [cause.__cause__, cause.__context__]
            todo += cause.exceptions if isinstance(cause, BaseExceptionGroup) else ()
    return chain


def _headers(caller: Caller) -> dict[str, str]:
    authorization = {"Authorization": f"Bearer {caller.key}"} if caller.key else {}
    return authorization | {
        "Content-Type": "application/json",
        "Accept": "text/event-stream, application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "midfill",
    }


def _client(network: Network, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=8, keepalive_expiry=KEEP_ALIVE)
    timeout = httpx.Timeout(None, connect=CONNECT)
    return httpx.AsyncClient(
        verify=_trust(network.ca_file),
        proxy=network.proxy or None,
        limits=limits,
        timeout=timeout,
        transport=transport,
    )


def _trust(ca_file: str) -> ssl.SSLContext:
    """Return whom to trust: the authorities in `ca_file`, or the operating system's."""
    if not ca_file:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    path = Path(ca_file).expanduser()
    try:
        return ssl.create_default_context(cafile=path)
    except FileNotFoundError:
        raise ModelError(Kind.BAD_REQUEST, f"network.ca_file: there is no file {path}.") from None
    except (OSError, ssl.SSLError) as error:
        raise ModelError(
            Kind.BAD_REQUEST, f"network.ca_file: {path} cannot be read as PEM certificates."
        ) from error
