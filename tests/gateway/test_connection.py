"""The gateway's connections and endpoints in one process: real sockets, and a backend that follows a script."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from midfill.core.model import Backends, ErrorKind
from midfill.engine import Engine
from midfill.gateway.api import MAX_DOCUMENTS, Api, HttpRequest
from midfill.gateway.http_connection import MAX_BODY_BYTES, Connection, Connections, RequestLimit
from midfill.settings import Settings
from midfill.workspace import to_uri
from tests.engine.scripted import Scripted, fails, streams

pytestmark = pytest.mark.anyio

TOKEN = "t0k3n"
BODY = json.dumps({"prompt": "x = ", "suffix": "\n"}).encode()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Client:
    """A client that writes bytes and reads what the gateway answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def send(self, *headers: str, body: bytes = b"", length: int | None = None) -> None:
        """Send a request of completions with these headers; without a length, the body has its own form."""
        lines = [
            "POST /v1/completions HTTP/1.1",
            "Host: x",
            f"Authorization: Bearer {TOKEN}",
            *headers,
            *([] if length is None else [f"Content-Length: {length}"]),
        ]
        self.write("\r\n".join([*lines, "", ""]).encode() + body)

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    async def head(self) -> str:
        """Return the next status line with its headers."""
        async with asyncio.timeout(20):
            return (await self._reader.readuntil(b"\r\n\r\n")).decode()

    async def answer(self) -> tuple[int, Any]:
        """Return the status and the content of the next response."""
        head = await self.head()
        length = int(head.lower().partition("content-length: ")[2].split()[0])
        return int(head.split()[1]), json.loads(await self._reader.readexactly(length))

    async def rest(self) -> bytes:
        """Return what arrives until the gateway closes the connection."""
        async with asyncio.timeout(20):
            return await self._reader.read()


def api(backend: Scripted, folder: Path) -> tuple[Api, Engine]:
    """Return the endpoints with an engine that has only this backend."""
    settings = Settings()
    engine = Engine(Backends(backend, None), settings)
    return Api(engine, settings, TOKEN, folder), engine


@asynccontextmanager
async def connected(folder: Path, *scripts: Any) -> AsyncIterator[Client]:
    """Serve with a backend that follows these scripts, and connect to it."""
    backend = Scripted(*scripts, otherwise=lambda _: streams("1", first=0, each=0))
    endpoints, engine = api(backend, folder)
    limit = RequestLimit(4)
    connections = Connections()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(endpoints, limit, connections.add, connections.discard), "127.0.0.1", 0
    )
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield Client(reader, writer)
    finally:
        writer.close()
        server.close()
        connections.close()
        await engine.close()


async def test_client_that_waits_for_permission_gets_it_before_its_body(tmp_path: Path) -> None:
    """As curl does with a long body."""
    async with connected(tmp_path) as client:
        client.send("Expect: 100-continue", length=len(BODY))
        assert (await client.head()).startswith("HTTP/1.1 100 ")
        client.write(BODY)
        status, content = await client.answer()
        assert (status, content["choices"][0]["text"]) == (200, "1")


async def test_refused_client_that_waits_for_permission_gets_the_refusal(tmp_path: Path) -> None:
    """Its body is not asked for."""
    async with connected(tmp_path) as client:
        client.send("Expect: 100-continue", "Origin: http://evil.example", length=len(BODY))
        assert (await client.answer())[0] == 403
        assert await client.rest() == b""


async def test_body_of_unknown_length_is_limited(tmp_path: Path) -> None:
    """A body in chunks is read up to the maximum, and then refused."""
    async with connected(tmp_path) as client:
        client.send("Transfer-Encoding: chunked")
        chunk = b"x" * 65_536
        for _ in range(MAX_BODY_BYTES // len(chunk) + 1):
            client.write(b"10000\r\n" + chunk + b"\r\n")
        status, content = await client.answer()
        assert (status, "4 MiB" in content["error"]["message"]) == (413, True)


async def test_body_in_chunks_is_answered(tmp_path: Path) -> None:
    """The chunks are put together."""
    async with connected(tmp_path) as client:
        client.send("Transfer-Encoding: chunked")
        for part in (BODY[:5], BODY[5:]):
            client.write(b"%x\r\n%b\r\n" % (len(part), part))
        client.write(b"0\r\n\r\n")
        assert (await client.answer())[0] == 200


async def test_connection_is_kept_unless_the_client_asks_to_close_it(tmp_path: Path) -> None:
    """Two requests on one connection; the second has `Connection: close`."""
    async with connected(tmp_path) as client:
        client.send(body=BODY, length=len(BODY))
        assert (await client.answer())[0] == 200
        client.send("Connection: close", body=BODY, length=len(BODY))
        assert (await client.answer())[0] == 200
        assert await client.rest() == b""


async def test_requests_in_one_write_are_answered_in_order(tmp_path: Path) -> None:
    """The second is read when the first is answered; what is no request ends the connection with an error."""
    async with connected(tmp_path, streams("1", first=0.05, each=0), streams("2", first=0, each=0)) as client:
        other = BODY.replace(b"x", b"y")
        client.send(body=BODY, length=len(BODY))
        client.send(body=other + b"\x16\x03\x01 no request\r\n\r\n", length=len(other))
        assert (await client.answer())[1]["choices"][0]["text"] == "1"
        assert (await client.answer())[1]["choices"][0]["text"] == "2"
        assert (await client.answer())[0] == 400
        assert await client.rest() == b""


@pytest.mark.parametrize(
    "kind", [ErrorKind.BAD_KEY, ErrorKind.NO_CREDIT, ErrorKind.NETWORK, ErrorKind.BAD_REQUEST]
)
async def test_error_without_another_backend_is_returned(tmp_path: Path, kind: ErrorKind) -> None:
    """The client is told the reason."""
    async with connected(tmp_path, fails(kind, after=0)) as client:
        client.send(body=BODY, length=len(BODY))
        status, content = await client.answer()
        assert (status, content["error"]["message"]) == (502, f"{kind}: try later")


async def test_documents_longest_unused_are_forgotten(tmp_path: Path) -> None:
    """A client does not report that it closes a document, so only the newest are kept."""
    backend = Scripted(otherwise=lambda _: streams("1", first=0, each=0))
    endpoints, engine = api(backend, tmp_path)
    names = ["first.py", *(f"f{number}.py" for number in range(MAX_DOCUMENTS - 1))]
    for name in [*names, "first.py", "one_more.py"]:
        headers = {"authorization": f"Bearer {TOKEN}", "x-midfill-path": name}
        body = json.dumps({"prompt": f"{name[:-3]} = ", "suffix": "\n"}).encode()
        assert (await endpoints.answer(HttpRequest("POST", "/v1/completions", headers, body))).status == 200
    kept = [name for name in [*names, "one_more.py"] if engine.last_prompt(to_uri(str(tmp_path / name)))]
    assert kept == ["first.py", *names[2:], "one_more.py"]
    await engine.close()
