"""Answers of what stands between the user and the service: captive portals, proxies, other servers, and worse."""

import asyncio
from contextlib import suppress

import pytest

from midfill.backends.remote import RemoteBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.core.model import ErrorKind
from tests.backends.calls import refusal

pytestmark = pytest.mark.anyio

KEY = "sk-" + "0a" * 10
H = b"HTTP/1.1 "
ANSWERS: dict[str, bytes] = {
    "html200": H
    + b"200 OK\r\nContent-Type: text/html\r\nContent-Length: 30\r\n\r\n<html><body>Log in</body></htm",
    "html as json": H + b"200 OK\r\nContent-Type: application/json\r\n\r\n<html>",
    "redirect": H + b"302 Found\r\nLocation: http://portal.lan/login\r\nContent-Length: 0\r\n\r\n",
    "307": H + b"307 T\r\nLocation: http://portal.lan/login\r\nContent-Length: 0\r\n\r\n",
    "511": H + b"511 Network Authentication Required\r\nContent-Length: 0\r\n\r\n",
    "407": H + b"407 Proxy\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
    "json login": H
    + b'200 OK\r\nContent-Type: application/json\r\nContent-Length: 33\r\n\r\n{"login":"http://portal.lan/","a"',
    "json login2": H
    + b'200 OK\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n{"login":"http://portal.lan/"} ',
    "empty200": H + b"200 OK\r\nContent-Length: 0\r\n\r\n",
    "204": H + b"204 No Content\r\n\r\n",
    "200 text": H + b"200 OK\r\nContent-Length: 6\r\n\r\nLog in",
    "xml": H + b'200 OK\r\nContent-Length: 30\r\n\r\n<?xml version="1.0"?><WISPAcc>',
    "js": H + b'200 OK\r\nContent-Length: 37\r\n\r\nwindow.location="http://portal/login";',
    "tls on http": b"\x15\x03\x01\x00\x02\x02\x28",
    "ssh": b"SSH-2.0-x\r\n",
    "close": b"",
    "refresh": H + b"200 OK\r\nRefresh: 0; url=http://p/\r\nContent-Length: 0\r\n\r\n",
    "gzip html": H + b"200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    "103 then": H + b"103 Early Hints\r\nLink: x\r\n\r\n" + H + b"200 OK\r\nContent-Length: 6\r\n\r\n<html>",
    "endless 1xx": (H + b"100 Continue\r\n\r\n") * 20000,
    "http0.9": b"<html>login</html>",
    "http2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "200 no length": H + b"200 OK\r\n\r\n",
    "huge header": H + b"200 OK\r\nX: " + b"a" * 2_000_000 + b"\r\n\r\n",
    "many headers": H + b"200 OK\r\n" + b"X: a\r\n" * 50000 + b"\r\n",
    "location key": H
    + b"302 Found\r\nLocation: http://portal.lan/?k=sk-0a0a0a0a0a0a0a0a0a0a\r\nContent-Length: 0\r\n\r\n",
    "301 html": H + b"301 M\r\nLocation: https://x/\r\nContent-Length: 6\r\n\r\n<html>",
    "451": H + b"451 Legal\r\nContent-Length: 0\r\n\r\n",
    "999": H + b"999 x\r\nContent-Length: 0\r\n\r\n",
    "600": H + b"600 x\r\n\r\n",
    "099": H + b"099 x\r\n\r\n",
    "chunk bomb": H + b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1;" + b"a" * 500000 + b"\r\nx\r\n",
    "trailer": H + b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: a\r\n" * 50000 + b"\r\n",
    "neg length": H + b"200 OK\r\nContent-Length: -1\r\n\r\n",
    "two lengths": H + b"200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "x-gzip": H + b"200 OK\r\nContent-Encoding: x-gzip\r\nContent-Length: 3\r\n\r\nabc",
    "te gzip": H + b"200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "enc twice": H
    + b"200 OK\r\nContent-Encoding: identity\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc",
}
"""What a server sends after the head of a request; then it closes the connection."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("sent", ANSWERS.values(), ids=ANSWERS)
async def test_broken_answer_is_one_error_without_the_key(sent: bytes) -> None:
    """Nothing is followed, unpacked or read without end, and nothing is retried as if the key were wrong."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # midfill may have read enough, or have opened a connection for later.
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(sent)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        backend = RemoteBackend(RemoteOptions(key=KEY, base_url=f"http://127.0.0.1:{port}"))
        error = await refusal(backend)
        await backend.close()
    assert error.kind not in {ErrorKind.BAD_KEY, ErrorKind.NO_KEY, ErrorKind.NO_CREDIT}
    assert KEY not in str(error)
    assert 20 < len(str(error)) < 400
