"""TCP and WebSocket: access, and the settings that a client may set."""

import asyncio
import os
import stat
import subprocess
import sys
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.client import Json
from tests.loopback.client import Loopback
from tests.lsp.editor import SERVE, TIMEOUT_S
from tests.lsp.sockets import INITIALIZE, OPTIONS, Client, TcpClient, listening, tcp, websocket

pytestmark = pytest.mark.anyio

REQUEST_FAILED, INVALID_REQUEST, NOT_INITIALIZED = -32803, -32600, -32002
TEXT = "def area(width, height):\n    return width * height\n\n\ndef area(width, height):\n    return wid"


async def completes(client: Client) -> list[str]:
    """Return the suggestions at the end of a text that the embedded engine can complete."""
    uri = "file:///line.py"
    document = {"uri": uri, "languageId": "python", "version": 1, "text": TEXT}
    await client.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
    place = {"textDocument": {"uri": uri}, "position": {"line": 5, "character": 14}}
    answer = await client.ask(2, "textDocument/inlineCompletion", place)
    return [item["insertText"] for item in answer["result"]["items"]]


async def check_admitted(client: Client, token: str | None = None) -> None:
    answer = await client.initialize(token)
    assert answer["result"]["serverInfo"]["name"] == "midfill"


@pytest.mark.parametrize("option", OPTIONS)
async def test_client_with_the_token_is_served(bare: dict[str, str], option: str) -> None:
    """The token is printed once, and is a new one for each start."""
    tokens = set()
    for _ in range(2):
        async with listening(bare, option) as server, server.client() as client:
            await check_admitted(client, server.token)
            assert await completes(client) == ["th * height"]
            assert (await client.ask(3, "shutdown"))["result"] is None
            await client.send({"method": "exit"})
            assert await server.exit_code() == 0
            assert (await server.errors()) == ""
            assert not [
                message for message in client.messages if message.get("method") == "window/showMessage"
            ]
            tokens.add(server.token)
            assert len(server.token) > 30
    assert len(tokens) == 2


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("token", [None, "wrong", "x" * 10_000, "\ud800", 5, ["a"], {}])
async def test_initialize_without_the_token_is_refused(bare: dict[str, str], option: str, token: Any) -> None:
    """The error says what to do and the connection ends; the server keeps waiting for its client."""
    async with listening(bare, option) as server:
        async with server.client() as client:
            params = {**INITIALIZE, "initializationOptions": {"token": token}}
            answer = await client.ask(1, "initialize", params)
            assert answer["error"]["code"] == REQUEST_FAILED
            assert "initializationOptions.token" in answer["error"]["message"]
            assert answer["error"]["data"] == {"retry": False}
            assert await client.is_closed()
        async with server.client() as client:
            await check_admitted(client, server.token)


@pytest.mark.parametrize("way", ["query", "header"])
async def test_token_in_a_handshake_is_accepted(bare: dict[str, str], way: str) -> None:
    """A client that cannot set options gives the token in the URL or in a header."""
    async with listening(bare, "--ws") as server:
        for token in ("wrong", server.token):
            query = f"?token={token}" if way == "query" else ""
            headers = {"Authorization": f"Bearer {token}"} if way == "header" else None
            async with websocket(server.port, query, headers) as client:
                answer = await client.initialize()
                assert ("result" in answer) == (token == server.token)


async def test_token_file_is_created_and_reused(bare: dict[str, str], tmp_path: Path) -> None:
    """A missing file is created for its user only; its token is used again, and not printed."""
    path = tmp_path / "token"
    for _ in range(2):
        async with listening(bare, "--tcp", "--token-file", str(path)) as server, server.client() as client:
            token = path.read_text().strip()
            assert len(token) > 30
            if sys.platform != "win32":
                assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert token not in "\n".join(server.lines)
            assert str(path) in server.lines[-1]
            await check_admitted(client, token)


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [("", 0o600, "is empty"), ("\n", 0o600, "is empty"), ("secret\n", 0o644, "chmod 600")],
)
def test_unsafe_token_file_is_refused(
    bare: dict[str, str], tmp_path: Path, content: str, mode: int, words: str
) -> None:
    """An empty token would admit every client, and other users could read an unprotected one."""
    path = tmp_path / "token"
    path.write_text(content)
    path.chmod(mode)
    assert words in refused(bare, "--ws", "0", "--token-file", str(path))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tcp", "0.0.0.0:0"], "--allow-remote"),
        (["--ws", "[::]:0"], "--allow-remote"),
        (["--token-file", "x"], "need --tcp or --ws"),
        (["--stdio", "--allow-remote"], "need --tcp or --ws"),
        (["--tcp", "0", "--token-file", "/no/such/folder/token"], "No such file"),
        (["--tcp", "١"], "is not [HOST:]PORT"),
    ],
)
def test_invalid_arguments_are_refused(bare: dict[str, str], arguments: list[str], words: str) -> None:
    """Wrong usage causes one line and exit code 2."""
    assert words in refused(bare, *arguments)


def refused(env: dict[str, str], *arguments: str) -> str:
    """Return the message of `serve` for wrong usage."""
    done = subprocess.run(
        [*SERVE, *arguments],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


async def test_other_machines_need_allow_remote(bare: dict[str, str]) -> None:
    """--allow-remote opens the port to others, with a warning; the token is still required."""
    async with listening(bare, "--tcp", "--allow-remote") as server, tcp(server.port) as client:
        assert server.lines[0].startswith("midfill: listening on 0.0.0.0:")
        assert "nothing is encrypted" in server.lines[1]
        assert "error" in await client.initialize()


@pytest.mark.parametrize("option", OPTIONS)
async def test_messages_before_the_token_are_ignored(bare: dict[str, str], option: str) -> None:
    """`exit` and malformed input of another process do not reach the server, and a port scan has no effect."""
    async with listening(bare, option) as server:
        async with server.client() as client:
            await client.send({"method": "textDocument/didOpen", "params": {}})
            await client.send({"method": "initialize", "params": INITIALIZE})
            answer = await client.ask(5, "textDocument/inlineCompletion", {})
            assert answer["error"]["code"] == NOT_INITIALIZED
            await client.send_body(b"[1, 2")
            assert (await client.answer(None))["error"]["code"] == -32700
            await client.send({"method": "exit"})
            assert await client.is_closed()
        for _ in range(3):
            async with tcp(server.port):
                pass
        async with server.client() as client:
            await check_admitted(client, server.token)
        assert await server.exit_code() == 1
        assert "Traceback" not in await server.errors()


@pytest.mark.parametrize("option", OPTIONS)
async def test_idle_connections_do_not_block_the_client(bare: dict[str, str], option: str) -> None:
    """Many silent connections do not block the client."""
    async with listening(bare, option) as server, AsyncExitStack() as visitors:
        for _ in range(40):
            await visitors.enter_async_context(server.client())
        async with server.client() as client:
            await check_admitted(client, server.token)
            assert await client.is_alive()


@pytest.mark.parametrize("option", OPTIONS)
async def test_second_client_is_refused(bare: dict[str, str], option: str) -> None:
    """Another one is refused, whether it is already waiting or comes later; the first one continues."""
    async with listening(bare, option) as server, server.client() as waiting, server.client() as client:
        await check_admitted(client, server.token)
        assert await waiting.is_closed()
        with pytest.raises((OSError, InvalidStatus)):
            async with server.client():
                pass
        assert await client.is_alive()
        assert await completes(client) == ["th * height"]


@pytest.mark.parametrize("option", OPTIONS)
async def test_disconnected_client_ends_its_server(bare: dict[str, str], option: str) -> None:
    """One client, one server: the process ends with the connection."""
    async with listening(bare, option) as server:
        async with server.client() as client:
            await check_admitted(client, server.token)
        assert await server.exit_code() == 1


async def test_websocket_from_a_web_page_is_refused(bare: dict[str, str]) -> None:
    """A browser sends the page's origin; it is refused even with the token, and the editor is still served."""
    async with listening(bare, "--ws") as server:
        url = f"ws://127.0.0.1:{server.port}/?token={server.token}"
        with pytest.raises(InvalidStatus):
            await connect(url, origin=Origin("https://page.example"), proxy=None)
        async with server.client() as client:
            await check_admitted(client, server.token)


async def test_http_request_is_refused(bare: dict[str, str]) -> None:
    """A form's HTTP request ends its connection; the port stays open for the editor."""
    async with listening(bare, "--tcp") as server:
        async with tcp(server.port) as page:
            await page.write(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello")
            assert await page.is_closed()
        async with server.client() as client:
            await check_admitted(client, server.token)


async def test_data_before_the_token_is_limited(bare: dict[str, str]) -> None:
    """Before the token, at most the size of an `initialize` is read."""
    async with listening(bare, "--tcp") as server:
        async with tcp(server.port) as visitor:
            await visitor.write(b"Content-Length: 400000000\r\n\r\n")
            with suppress(TimeoutError):
                async with asyncio.timeout(TIMEOUT_S):
                    for _ in range(100):
                        await visitor.write(b" " * 1_000_000)
            assert await visitor.is_closed()
        async with server.client() as client:
            await check_admitted(client, server.token)


def forbidden_settings(marker: Path) -> Json:
    """Return settings that no client on a socket may set."""
    return {
        "api_key_command": f"touch {marker}",
        "apiKeyFile": str(marker),
        "base_url": "http://127.0.0.1:9",
        "network": {"proxy": "http://127.0.0.1:9", "caFile": str(marker)},
    }


@pytest.mark.parametrize("way", ["initialize", "push", "pull"])
async def test_socket_client_cannot_set_commands_or_addresses(
    env: dict[str, str], loopback: Loopback, tmp_path: Path, way: str
) -> None:
    """They are dropped with one message. The settings of the server's user and all other settings apply."""
    loopback.behave(text="th * height")
    marker = tmp_path / "marker"
    options = {**forbidden_settings(marker), "completion": {"max_tokens": 7}}
    async with listening(env, "--tcp") as server, tcp(server.port) as client:
        pulls = {"workspace": {"configuration": True}} if way == "pull" else {}
        initial = {"token": server.token, **(options if way == "initialize" else {})}
        params = {**INITIALIZE, "capabilities": pulls, "initializationOptions": initial}
        assert "result" in await client.ask(1, "initialize", params)
        await client.send({"method": "initialized", "params": {}})
        if way == "push":
            settings = {"midfill": options}
            await client.send(
                {"method": "workspace/didChangeConfiguration", "params": {"settings": settings}}
            )
        if way == "pull":
            await answer_pull(client, options)
        assert await completes(client) == ["th * height"]
        assert await client.is_alive()
        shown = [
            message["params"]["message"]
            for message in client.messages
            if message.get("method", "").endswith("Message")
        ]
        assert len(shown) == 1
        for key in ("api_key_command", "api_key_file", "base_url", "network.proxy", "network.ca_file"):
            assert key in shown[0]
        assert "token" not in shown[0]
    assert not marker.exists()
    assert {call["body"]["max_tokens"] for call in loopback.log(path="/completions")} == {7}


async def answer_pull(client: TcpClient, options: Json) -> None:
    """Answer the server's request for settings."""
    async with asyncio.timeout(TIMEOUT_S):
        while not (
            asked := [
                message for message in client.messages if message.get("method") == "workspace/configuration"
            ]
        ):
            assert await client.read()
    await client.send({"id": asked[0]["id"], "result": [options]})
