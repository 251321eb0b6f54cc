"""How the server is reached, and that it goes when its client goes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.client import Json, LspClient, framed
from tests.lsp.editor import PATIENCE, SERVE, answer

pytestmark = pytest.mark.anyio

INITIALIZE: Json = {"processId": None, "rootUri": None, "capabilities": {}}
TEXT = "def area(width, height):\n    return width * height\n\n\ndef area(width, height):\n    return wid"


@asynccontextmanager
async def listening(
    env: dict[str, str], option: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """Start a server on a free port; yield its process and the port, which it tells on standard error."""
    process = await asyncio.create_subprocess_exec(
        *SERVE, option, "127.0.0.1:0", env={**os.environ, **env}, stderr=asyncio.subprocess.PIPE
    )
    try:
        assert process.stderr is not None
        async with asyncio.timeout(PATIENCE):
            line = (await process.stderr.readline()).decode()
        assert line.startswith("midfill: listening on 127.0.0.1:")
        yield process, int(line.rpartition(":")[2])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def requests() -> list[Json]:
    """Return a short conversation, from initialize to exit."""
    document = {"uri": "file:///line.py", "languageId": "python", "version": 1, "text": TEXT}
    place = {"textDocument": {"uri": "file:///line.py"}, "position": {"line": 5, "character": 14}}
    messages: list[Json] = [
        {"id": 1, "method": "initialize", "params": INITIALIZE},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        {"id": 2, "method": "textDocument/inlineCompletion", "params": place},
        {"id": 3, "method": "shutdown"},
        {"method": "exit"},
    ]
    return [{"jsonrpc": "2.0", **message} for message in messages]


def check(answers: list[Json]) -> None:
    results: dict[Any, Any] = {message["id"]: message["result"] for message in answers if "id" in message}
    assert results[1]["serverInfo"]["name"] == "midfill"
    assert [item["insertText"] for item in results[2]["items"]] == ["th * height"]


async def test_tcp(bare: dict[str, str]) -> None:
    """One client on a port; the server ends as on standard input, with its code."""
    async with listening(bare, "--tcp") as (process, port), asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        buffer = bytearray()
        answers: list[Json] = []
        for message in requests():
            body = json.dumps(message).encode()
            writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            while "id" in message and not any(given.get("id") == message["id"] for given in answers):
                buffer += await reader.read(1 << 16)
                answers += framed(buffer)
        check(answers)
        assert await process.wait() == 0
        writer.close()


async def test_websocket(bare: dict[str, str]) -> None:
    """A message a frame, without headers."""
    async with listening(bare, "--ws") as (process, port), asyncio.timeout(PATIENCE):
        answers: list[Json] = []
        async with connect(f"ws://127.0.0.1:{port}", proxy=None) as socket:
            for message in requests():
                await socket.send(json.dumps(message))
                while "id" in message and not any(given.get("id") == message["id"] for given in answers):
                    answers.append(json.loads(await socket.recv()))
        check(answers)
        assert await process.wait() == 0


async def test_a_web_page_cannot_open_a_websocket(bare: dict[str, str]) -> None:
    """A browser names the page that asks; it is refused, and the editor behind it is still served."""
    async with listening(bare, "--ws") as (_, port), asyncio.timeout(PATIENCE):
        with pytest.raises(InvalidStatus):
            await connect(f"ws://127.0.0.1:{port}", origin=Origin("https://page.example"), proxy=None)
        async with connect(f"ws://127.0.0.1:{port}", proxy=None) as socket:
            await socket.send(json.dumps(requests()[0]))
            assert json.loads(await socket.recv())["id"] == 1


async def test_a_web_page_cannot_speak_on_a_port(bare: dict[str, str]) -> None:
    """A form's HTTP request ends the connection; the message in its body is not read."""
    body = json.dumps(requests()[0]).encode()
    message = b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    async with listening(bare, "--tcp") as (_, port), asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(message), message))
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize("option", ["--tcp", "--ws"])
async def test_a_client_that_hangs_up_ends_its_server(bare: dict[str, str], option: str) -> None:
    """One client, one server: when the connection goes, so does the process."""
    async with listening(bare, option) as (process, port), asyncio.timeout(PATIENCE):
        if option == "--tcp":
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
        else:
            async with connect(f"ws://127.0.0.1:{port}", proxy=None):
                pass
        assert await process.wait() == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tcp", "nonsense"], "is not [HOST:]PORT"),
        (["--tcp", "127.0.0.1:70000"], "is not [HOST:]PORT"),
        (["--tcp", "1", "--ws", "2"], "not allowed with"),
    ],
)
def test_a_port_that_is_none(bare: dict[str, str], arguments: list[str], words: str) -> None:
    """Bad usage is told in a line, with exit code 2."""
    done = subprocess.run(
        [*SERVE, *arguments],
        env={**os.environ, **bare},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_port_that_is_taken(bare: dict[str, str]) -> None:
    """Two servers on one port: the second one says so, with exit code 2."""
    async with listening(bare, "--tcp") as (_, port):
        second = await asyncio.create_subprocess_exec(
            *SERVE, "--tcp", str(port), env={**os.environ, **bare}, stderr=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(PATIENCE):
            _, errors = await second.communicate()
        assert second.returncode == 2
        assert errors.startswith(b"midfill serve: ")
        assert b"Traceback" not in errors


async def test_the_end_of_input_is_the_end(bare: dict[str, str]) -> None:
    """An editor that is gone has closed the pipe; there was no shutdown, so the code is 1."""
    async with await LspClient.start(SERVE, bare) as client:
        await client.initialize()
        client._input.close()
        async with asyncio.timeout(PATIENCE):
            assert await client.ended() == 1
        assert "Traceback" not in client.stderr


async def test_the_clients_process_is_watched(bare: dict[str, str]) -> None:
    """The pipes of an editor that crashed may live on in its children; its process does not."""
    editor = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    async with await LspClient.start(SERVE, bare) as client:
        await answer(client.request("initialize", {**INITIALIZE, "processId": editor.pid}))
        await answer(client.request("workspace/executeCommand", {"command": "midfill.stats"}))
        # The watch has to have seen it alive: a process of another machine was never there, and ends nothing.
        editor.communicate(timeout=10)
        async with asyncio.timeout(PATIENCE):
            assert await client.ended() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signals_end_it_quietly(bare: dict[str, str], number: signal.Signals) -> None:
    """An editor that kills its server gets no traceback into its log."""
    async with await LspClient.start(SERVE, bare) as client:
        await client.initialize()
        os.kill(client.pid, number)
        async with asyncio.timeout(PATIENCE):
            await client.ended()
        assert client.stderr == ""
