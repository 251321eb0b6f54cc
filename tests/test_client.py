"""The correctness of the test client."""

import sys

import pytest

from tests.client import DeadServerError, LspClient, LspError, edit, framed

pytestmark = pytest.mark.anyio

ECHO = """
import json, sys

def send(message):
    body = json.dumps(message).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
    sys.stdout.flush()

while True:
    length = int(sys.stdin.buffer.readline().split(b":")[1])
    sys.stdin.buffer.readline()
    message = json.loads(sys.stdin.buffer.read(length))
    match message.get("method"):
        case "exit":
            sys.exit(3)
        case "die":
            sys.stderr.write("out of tea")
            sys.exit(1)
        case "ask":
            items = {"items": [{"section": "a"}]}
            send({"id": "s1", "method": "workspace/configuration", "params": items})
        case "wrong":
            send({"id": message["id"], "error": {"code": -5, "message": "no"}})
        case None:
            send({"method": "settings", "params": message["result"]})
        case "echo" | "shutdown":
            send({"id": message["id"], "result": message.get("params")})
"""
"""A server that echoes, refuses, sends a request or ends, as the client requests."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def start() -> LspClient:
    return await LspClient.start([sys.executable, "-c", ECHO])


async def test_answers_belong_to_their_requests() -> None:
    """Each call gets the result or the error with its id, and each answer is counted."""
    async with await start() as client:
        with client.together():
            calls = [client.request("echo", {"n": n}) for n in range(3)]
            wrong = client.request("wrong")
        assert [await call for call in calls] == [{"n": 0}, {"n": 1}, {"n": 2}]
        with pytest.raises(LspError, match="no") as caught:
            await wrong
        assert caught.value.code == -5
        assert set(client.answers.values()) == {1}
        assert not client.open_calls
        assert await client.exit() == 3


async def test_dead_server_fails_open_calls() -> None:
    """An open call, and one made later, raise DeadServerError with the server's last output."""
    async with await start() as client:
        silent = client.request("silent")
        client.notify("die")
        with pytest.raises(DeadServerError, match="out of tea"):
            await silent
        assert await client.ended() == 1
        with pytest.raises(DeadServerError):
            await client.request("echo")


async def test_requests_of_the_server_are_answered() -> None:
    """`workspace/configuration` is answered from `settings`, and the server's messages are kept."""
    async with await start() as client:
        client.settings["a"] = {"b": 1}
        client.notify("ask")
        assert await client.until("settings") == [{"b": 1}]
        assert client.received("settings") == [[{"b": 1}]]


async def test_kill_ends_an_unresponsive_server() -> None:
    """No process remains after the block."""
    async with await start() as client:
        assert client.returncode is None
    assert client.returncode is not None


def test_frames_are_found_in_any_chunks() -> None:
    """A message is yielded when its last byte has arrived, and not before."""
    data = b'Content-Length: 2\r\n\r\n{}Content-Type: x\r\nContent-Length: 8\r\n\r\n{"a": 1}'
    for cut in range(len(data)):
        buffer = bytearray(data[:cut])
        found = list(framed(buffer))
        buffer += data[cut:]
        assert [*found, *framed(buffer)] == [{}, {"a": 1}]
        assert not buffer


def test_edit_is_a_content_change() -> None:
    """Places become LSP positions."""
    assert edit((1, 2), (3, 4), "x") == {
        "range": {"start": {"line": 1, "character": 2}, "end": {"line": 3, "character": 4}},
        "text": "x",
    }
