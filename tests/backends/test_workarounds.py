"""Faults of httpx that `midfill.backends.http` works around.

A test fails here when upstream has fixed one; its workaround is then removed.
"""

import asyncio
import gzip
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpcore
import httpx
import pytest

pytestmark = pytest.mark.anyio

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_httpx_decompresses_without_a_limit() -> None:
    """`_parts` never decompresses: 100 bytes that are compressed twice become a megabyte."""
    packed = gzip.compress(gzip.compress(b"\0" * 1_000_000))
    response = httpx.Response(200, headers={"Content-Encoding": "gzip, gzip"}, content=packed)
    assert len(packed) < 200
    assert len(response.content) == 1_000_000


async def test_httpx_does_not_retry_on_a_dead_connection() -> None:
    """`_sent` does: a server that has ended a kept connection meanwhile has not read the request."""

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with (
        await asyncio.start_server(once, "127.0.0.1") as server,
        httpx.AsyncHTTPTransport() as transport,
    ):
        port = server.sockets[0].getsockname()[1]
        request = httpx.Request("GET", f"http://127.0.0.1:{port}/")
        first = await transport.handle_async_request(request)
        assert await first.aread() == b"{}"
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await transport.handle_async_request(request)


def test_invalid_address_is_no_httpx_error() -> None:
    """`_parsed` catches it, because it is no `HTTPError`."""
    with pytest.raises(httpx.InvalidURL):
        httpx.URL("http://999.999.999.999")
    assert not issubclass(httpx.InvalidURL, httpx.HTTPError)


@pytest.mark.parametrize("name", ["xn--a", "xn--ls8h.example"])
def test_punycode_name_can_raise(name: str) -> None:
    """`open_transport` uses the raw name: httpx cannot decode names with an emoji."""
    url = httpx.URL(f"https://{name}")
    assert url.raw_host == name.encode()
    with pytest.raises(UnicodeError):
        _ = url.host


async def test_httpx_splits_lines_at_other_characters_than_events() -> None:
    """`core.sse` splits at LF, CR and both: JSON may hold U+2028 and U+0085."""
    response = httpx.Response(200, content="data: a\u2028b\x85c\n".encode())
    assert len([line async for line in response.aiter_lines()]) == 3


def test_httpx_keeps_a_connection_for_five_seconds() -> None:
    """`open_transport` sets five minutes: otherwise each pause of the user would cost a new connection."""
    assert httpx.Limits().keepalive_expiry == 5


async def test_httpx_logs_addresses(caplog: pytest.LogCaptureFixture) -> None:
    """`http` silences it: an address may have a key in its query."""
    caplog.set_level(logging.INFO, "httpx")
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get("http://gateway.test/?key=hush")
    assert "key=hush" in caplog.text


def test_httpcore_does_not_reset_a_closed_http2_stream() -> None:
    """`open_transport` speaks HTTP/1.1 only: httpcore does not reset a stream that is closed before its end.

    Its source is read, because it cannot be imported without the package h2.
    """
    source = Path(httpcore.__file__).with_name("_async") / "http2.py"
    assert "aclose" in source.read_text("utf-8")
    assert "reset_stream" not in source.read_text("utf-8")


class _Empty(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b""


def test_httpx_prepares_each_request_at_length() -> None:
    """`_request` hands over headers and stream: by texts and a body httpx takes six times as many calls."""
    address = "http://127.0.0.1:1/x"
    url, headers = httpx.URL(address), [(b"Host", b"127.0.0.1:1"), (b"Content-Length", b"2")]
    prepared = calls_of(lambda: httpx.Request("POST", url, headers=headers, stream=_Empty()))
    plain = calls_of(lambda: httpx.Request("POST", address, headers={"Accept": "*/*"}, content=b"{}"))
    assert plain > 3 * prepared


def calls_of(work: Callable[[], object]) -> int:
    """Return how many calls of Python's functions some work makes, the second time."""
    work()
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


FIRST = """
import asyncio, sys
{imports}
transport = httpx.AsyncHTTPTransport()
before = set(sys.modules)
async def ask():
    try:
        await transport.handle_async_request(httpx.Request("GET", "http://127.0.0.1:1"))
    except httpx.HTTPError:
        print(len(sys.modules.keys() - before))
asyncio.run(ask())
"""


@pytest.mark.parametrize(
    ("imports", "late"), [("import httpx", True), ("import httpx, midfill.backends.http", False)]
)
def test_httpx_imports_at_the_first_request(imports: str, late: bool) -> None:
    """`http` imports in its thread what httpcore would import in the event loop."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST.format(imports=imports)], capture_output=True, text=True, check=True
    )
    assert (int(done.stdout) > 10) == late
