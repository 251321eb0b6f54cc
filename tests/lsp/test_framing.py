"""The limits of messages in a byte stream, and unrecoverable streams."""

import asyncio
from collections import deque
from itertools import repeat

import pytest

from midfill.lsp.framing import MAX_HEADER_BYTES, Framing, InvalidStreamError
from tests.client import LspClient
from tests.cost import cost
from tests.lsp.editor import SERVE, TIMEOUT_S, answer, running
from tests.lsp.sockets import INITIALIZE, TcpClient, listening

pytestmark = pytest.mark.anyio

MESSAGE = b"Content-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize("length", [b"9" * 5_000, b"1" + b"0" * 20, b"-2", b"", b"2 2", b"0x2", "٢".encode()])
def test_invalid_length_is_skipped(length: bytes) -> None:
    """The next message is read."""
    noise = b"Content-Length: " + length + b"\r\n\r\n"
    assert list(Framing().feed(noise + MESSAGE)) == [b"{}"]


def test_leading_zeros_of_a_length_are_ignored() -> None:
    """Their number is not limited."""
    assert list(Framing().feed(b"Content-Length: " + b"0" * 5_000 + b"2\r\n\r\n{}")) == [b"{}"]
    assert list(Framing().feed(b"Content-Length: 000\r\n\r\n" + MESSAGE)) == [b"", b"{}"]


@pytest.mark.parametrize("before", [b"", b"X: y\r\n"])
@pytest.mark.parametrize("after", [b"", b"\r\nContent-Type: x", b"\r\nContent-Type: x\r\nY: 3\r\nZ: 4"])
def test_other_fields_are_ignored(before: bytes, after: bytes) -> None:
    """They may be before the length and after it."""
    assert list(Framing().feed(before + b"content-LENGTH:  2 " + after + b"\r\n\r\n{}")) == [b"{}"]


@pytest.mark.parametrize("size", range(1, 30))
def test_messages_in_pieces_of_any_size(size: int) -> None:
    """A piece may end within a header or a body, and go on with the next message; a body may look like a message."""
    bodies = [b'{"a": 1}', b"{}", b"[" + MESSAGE + b"]"]
    stream = b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies)
    framing = Framing()
    pieces = (stream[at : at + size] for at in range(0, len(stream), size))
    assert [got for piece in pieces for got in framing.feed(piece)] == bodies


@pytest.mark.parametrize("size", [1, 100, 65_536])
def test_stream_without_a_header_is_abandoned(size: int) -> None:
    """After a megabyte, in no more time than reading it takes."""
    framing, data = Framing(), b"x" * size

    def read() -> None:
        with pytest.raises(InvalidStreamError):
            deque(map(list, map(framing.feed, repeat(data, MAX_HEADER_BYTES // size + 10))))

    assert cost(read) < 200


@pytest.mark.parametrize(("size", "read"), [(MAX_HEADER_BYTES, True), (MAX_HEADER_BYTES + 1, False)])
def test_header_up_to_the_limit_is_read(size: int, read: bool) -> None:
    """It may be padded by other fields."""
    header = b"Content-Type: %b\r\nContent-Length: 2" % (b"x" * (size - 35))
    assert len(header) == size - 2
    framing = Framing()
    if read:
        assert list(framing.feed(b"y:" + header + b"\r\n\r\n{}")) == [b"{}"]
        return
    with pytest.raises(InvalidStreamError):
        list(framing.feed(b"y:" + header + b"\r\n\r\n{}"))


def test_large_body_does_not_count_as_a_header() -> None:
    """The limit applies to the bytes before a body."""
    body = b"x" * (3 * MAX_HEADER_BYTES)
    framing = Framing()
    message = b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    found = [got for at in range(0, len(message), 65_536) for got in framing.feed(message[at : at + 65_536])]
    assert found == [body]
    assert list(framing.feed(MESSAGE)) == [b"{}"]


async def test_overlong_number_does_not_end_the_server(bare: dict[str, str]) -> None:
    """Python refuses to read a number of more than 4,300 digits; the server continues."""
    async with running(bare) as client:
        client.write(b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n")
        assert await answer(client.request("workspace/executeCommand", {"command": "midfill.stats"}))


async def test_stdio_without_a_header_ends_the_server(bare: dict[str, str]) -> None:
    """The log says why, in one line."""
    async with await LspClient.start(SERVE, bare) as client:
        client.write(b"x" * (2 * MAX_HEADER_BYTES))
        assert await client.ended() == 1
        (line,) = client.stderr.splitlines()
        assert "no header of a message ends within 1,048,576 bytes" in line


@pytest.mark.parametrize("let_in", [True, False])
async def test_socket_without_a_header_ends_the_connection(bare: dict[str, str], let_in: bool) -> None:
    """The client's invalid stream ends its server; another connection's ends only itself."""
    async with listening(bare, "--tcp") as server:
        async with server.client() as client:
            assert isinstance(client, TcpClient)
            if let_in:
                await client.initialize(server.token)
            await client.write(b"Content-Type: " + b"x" * (2 * MAX_HEADER_BYTES))
            assert await client.is_closed()
        if let_in:
            assert await server.exit_code() == 1
            assert len((await server.errors()).splitlines()) == 1
            return
        async with server.client() as client:
            options = {"initializationOptions": {"token": server.token}}
            assert "result" in await client.ask(1, "initialize", {**INITIALIZE, **options})


async def test_client_that_stops_reading_ends_its_server(bare: dict[str, str]) -> None:
    """The server writes no log line for each answer that it cannot send."""
    async with running(bare) as client:
        output = client._transport.get_pipe_transport(1)
        assert output is not None
        output.close()
        for _ in range(100):
            client.request("workspace/executeCommand", {"command": "midfill.stats"})
        async with asyncio.timeout(TIMEOUT_S):
            assert await client.ended() == 1
        assert len(client.stderr.splitlines()) <= 2, client.stderr
        assert "Traceback" not in client.stderr
