"""Faults of pygls that `midfill.lsp.pygls_server` works around. A test fails here when upstream has fixed one.

Then the workaround goes, with its test.
"""

import asyncio
import json
import logging
from typing import Any

import pytest
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from midfill.lsp.client import pygls_params
from midfill.lsp.framing import Framing

pytestmark = pytest.mark.anyio


class RecordingWriter:
    """The output of a server."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    def write(self, data: bytes) -> None:
        self.messages += [json.loads(body) for body in Framing().feed(data)]

    def close(self) -> None: ...


def bare() -> tuple[LanguageServer, RecordingWriter]:
    server, kept = LanguageServer("bare", "1"), RecordingWriter()
    server.protocol.set_writer(kept)
    return server, kept


def take(server: LanguageServer, method: str, params: Any, number: int | None = None) -> None:
    message = {"jsonrpc": "2.0", "method": method, "params": params}
    if number is not None:
        message["id"] = number
    server.protocol.handle_message(server.protocol.structure_message(message))


async def test_pygls_keeps_the_future_of_each_notification() -> None:
    """`_Protocol` releases them."""
    server, _ = bare()
    take(server, "initialize", pygls_params({"capabilities": {}}), 1)
    before = len(server.protocol._request_futures)
    for _ in range(10):
        take(server, "$/setTrace", {"value": "off"})
    await asyncio.sleep(0)
    assert len(server.protocol._request_futures) - before == 10


async def test_pygls_omits_inline_completion_without_options() -> None:
    """`PyglsServer` sets options, and our early answer has them."""
    server, kept = bare()
    server.feature("textDocument/inlineCompletion")(lambda params: None)
    take(server, "initialize", pygls_params({"capabilities": {}}), 1)
    await asyncio.sleep(0)
    assert not kept.messages[0]["result"]["capabilities"].get("inlineCompletionProvider")


async def test_lsprotocol_refuses_unknown_values() -> None:
    """Only needed members are passed on, because an unknown enumeration value fails the whole `initialize`."""
    server, _ = bare()
    capabilities = {"workspace": {"workspaceEdit": {"failureHandling": "new"}}}
    with pytest.raises(JsonRpcInvalidParams):
        take(server, "initialize", {"processId": None, "capabilities": capabilities}, 1)


@pytest.mark.parametrize("announced", [True, False])
async def test_notebooks_are_announced_to_pygls(announced: bool) -> None:
    """Pygls answers with its notebook support only to a client that has it."""
    capabilities: dict[str, Any] = {"notebookDocument": {"synchronization": {}}} if announced else {}
    kept = pygls_params({"capabilities": capabilities})["capabilities"]
    assert ("notebookDocument" in kept) is announced


async def test_pygls_sets_attributes_on_handlers() -> None:
    """`_function` wraps methods, which take none."""
    server, _ = bare()
    with pytest.raises(AttributeError):
        server.command("x")(RecordingWriter().close)


async def test_pygls_logs_and_shows_parameters(caplog: pytest.LogCaptureFixture) -> None:
    """`pygls_server` silences its logs and shows no error: parameters have the user's text and settings."""
    for name in ("pygls", "pygls.protocol"):
        caplog.set_level(logging.DEBUG, name)
    server, kept = bare()

    def fails(params: Any) -> None:
        raise ValueError(params.event.added[0].name)

    server.feature("workspace/didChangeWorkspaceFolders")(fails)
    take(server, "initialize", {"processId": None, "rootUri": "file:///hush", "capabilities": {}}, 1)
    event = {"added": [{"uri": "file:///x", "name": "hush"}], "removed": []}
    take(server, "workspace/didChangeWorkspaceFolders", {"event": event})
    await asyncio.sleep(0)
    assert "file:///hush" in caplog.text
    assert any("hush" in str(message.get("params")) for message in kept.messages)


def test_pygls_splits_lines_at_other_characters_than_lsp() -> None:
    """`core.document` is our own: pygls counts a form feed as a line, and clamps before the end of the last one."""
    document = TextDocument("file:///a", "a\x0cb\nc")
    assert len(document.lines) == 3
