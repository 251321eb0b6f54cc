"""Clients and systems that are allowed, and that few users have."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.client import LspClient, edit
from tests.loopback.client import Loopback
from tests.lsp.editor import SERVE, TIMEOUT_S, Page, answer, running
from tests.lsp.sockets import TcpClient, listening
from tests.lsp.test_configuration import PULLS, RefusingClient
from tests.lsp.test_notebooks import Notebook, sent_prompt

pytestmark = pytest.mark.anyio


async def execute(client: LspClient, name: str, *arguments: Any) -> Any:
    params = {"command": f"midfill.{name}", "arguments": list(arguments)}
    return await answer(client.request("workspace/executeCommand", params))


async def test_line_is_returned_to_a_client_that_applies_no_edits(
    env: dict[str, str], loopback: Loopback
) -> None:
    """It inserts the line itself."""
    loopback.behave(text="if ready:\n        go()\n")
    async with running(env) as client:
        page = Page(client, "def line(ready):\n    ▮\n")
        assert await page.texts() == ["if ready:\n        go()"]
        line = await execute(client, "acceptLine", page.uri)
        assert line.startswith("if ready:")
        assert not [message for message in client.messages if message.get("method") == "workspace/applyEdit"]


async def test_closed_document_leaves_its_words_in_the_file_on_disk(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """One document is in the workspace and one outside of it; both are edited, saved and closed."""
    loopback.behave(text="1")
    (tmp_path / "inside").mkdir()
    async with running(env, root=(tmp_path / "inside").as_uri()) as client:
        for folder in (tmp_path / "inside", tmp_path):
            path = folder / "a.py"
            path.write_text("alpha = \n", "utf-8")
            page = Page(client, "alpha = ▮\n", uri=path.as_uri())
            page.type("2")
            client.notify("textDocument/didSave", {"textDocument": {"uri": page.uri}})
            client.close(page.uri)
        page = Page(client, "beta = ▮\n", uri=(tmp_path / "inside" / "b.py").as_uri())
        assert await page.texts() == ["1"]
        assert await client.exit() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another null device")
@pytest.mark.parametrize("sent", [None, {"id": 1, "method": "initialize", "params": {"capabilities": {}}}])
async def test_input_that_is_no_pipe_is_read_to_its_end(
    bare: dict[str, str], tmp_path: Path, sent: dict[str, Any] | None
) -> None:
    """The null device, and a file with messages."""
    file = tmp_path / "messages"
    file.write_bytes(b"" if sent is None else frame(sent))
    with open(os.devnull if sent is None else file, "rb") as given:
        done = await asyncio.to_thread(
            subprocess.run,
            SERVE,
            env={**os.environ, **bare},
            stdin=given,
            capture_output=True,
            timeout=60,
        )
    assert b"Traceback" not in done.stderr
    assert done.returncode == 1
    assert (b'"capabilities"' in done.stdout) == (sent is not None)


def frame(message: dict[str, Any]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe in the file system is POSIX's")
async def test_settings_file_that_is_a_pipe_keeps_no_editor_waiting(
    bare: dict[str, str], tmp_path: Path
) -> None:
    """`initialize` is answered although nobody writes into the pipe."""
    pipe = tmp_path / "config.toml"
    os.mkfifo(pipe)
    async with await LspClient.start(SERVE, {**bare, "MIDFILL_CONFIG": str(pipe)}) as client:
        async with asyncio.timeout(TIMEOUT_S):
            result = await client.initialize()
        assert result["capabilities"]


async def test_folders_keep_the_settings_of_initialize_if_the_client_refuses(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """A client that offers `workspace/configuration` and answers each request with an error, with a folder open."""
    loopback.behave(text="1")
    async with await RefusingClient.start(SERVE, env) as client:
        await client.initialize(PULLS, root=tmp_path.as_uri())
        page = Page(client, "x = ▮\n", uri=(tmp_path / "a.py").as_uri())
        assert await page.texts() == ["1"]


async def test_header_may_arrive_in_pieces(bare: dict[str, str]) -> None:
    """A client on TCP that writes one byte at a time is a client, too."""
    params: dict[str, Any] = {"processId": None, "capabilities": {}}
    async with listening(bare, "--tcp") as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        options = {"initializationOptions": {"token": listener.token}}
        answer_to_nothing = frame({"id": 5, "result": None})
        message = answer_to_nothing + frame({"id": 1, "method": "initialize", "params": params | options})
        for at in range(20):
            writer.write(message[at : at + 1])
            await writer.drain()
            await asyncio.sleep(0.01)
        writer.write(message[20:])
        async with asyncio.timeout(TIMEOUT_S):
            assert b"Content-Length" in await reader.readuntil(b"\r\n\r\n")
        writer.close()


async def test_client_that_leaves_before_the_token_is_not_read(bare: dict[str, str]) -> None:
    """What it sends after `exit` is not answered, and the server waits for another client."""
    params: dict[str, Any] = {"processId": None, "capabilities": {}}
    async with listening(bare, "--tcp") as listener:
        async with listener.client() as client:
            assert isinstance(client, TcpClient)
            initialize = {"id": 1, "method": "initialize", "params": params}
            await client.write(frame({"method": "exit"}) + frame(initialize))
            assert await client.is_closed()
            assert client.messages == []
        async with listener.client() as other:
            assert "result" in await other.initialize(listener.token)


@pytest.mark.parametrize("arguments", [[], [99_999]])
async def test_unknown_next_edits_are_ignored(server: LspClient, arguments: list[int]) -> None:
    """An editor may report an offer that it has kept from another server."""
    for name in ("editAccepted", "editRefused"):
        assert await execute(server, name, *arguments) is None


async def test_closed_cell_is_not_in_the_prompt(server: LspClient, loopback: Loopback) -> None:
    """A change of a cell that is not open is ignored."""
    loopback.behave(text="1")
    cells = [("python", "alpha = 1\n"), ("python", "beta = 2\n"), ("python", "gamma = \n")]
    book = Notebook(server, "closed", *cells)
    gone = book.cells[1]["uri"]
    array = {"start": 1, "deleteCount": 1, "cells": []}
    book.change({"structure": {"array": array, "didOpen": [], "didClose": [{"uri": gone}]}})
    changes = [{"text": "delta = 4\n"}]
    book.change({"textContent": [{"document": {"uri": gone, "version": 2}, "changes": changes}]})
    assert await book.ask(2, (0, 8))
    prompt, _ = sent_prompt(loopback)
    assert "alpha" in prompt
    assert "beta" not in prompt
    assert "delta" not in prompt


async def test_rest_of_a_partly_accepted_suggestion_stays(env: dict[str, str], loopback: Loopback) -> None:
    """A client reports the part by Copilot's notification, and inserts it; a report on another document is ignored."""
    loopback.behave(text="width * height")
    async with running(env) as client:
        page = Page(client, "def area(width, height):\n    return ▮\n")
        (item,) = await page.items()
        unknown = {**item, "command": {**item["command"], "arguments": ["file:///unknown.py"]}}
        for part in (unknown, item):
            client.notify("textDocument/didPartiallyAcceptCompletion", {"item": part, "acceptedLength": 5})
        page.client.change(page.uri, edit(page.place, page.place, "width"))
        page.before += "width"
        assert await page.texts() == [" * height"]
        assert len(loopback.log(path="/completions")) == 1
