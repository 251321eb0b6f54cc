"""What pygls lacks, and `midfill.lsp.pygls_server` works around: a test fails here once upstream has mended it.

Then the workaround goes, with its test.
"""

import asyncio
import json
from typing import Any

import pytest
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from midfill.lsp.client import essential
from midfill.lsp.framing import Framing

pytestmark = pytest.mark.anyio


class Kept:
    """The output of a server."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    def write(self, data: bytes) -> None:
        self.messages += [json.loads(body) for body in Framing().feed(data)]

    def close(self) -> None: ...


def bare() -> tuple[LanguageServer, Kept]:
    server, kept = LanguageServer("bare", "1"), Kept()
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
    take(server, "initialize", essential({"capabilities": {}}), 1)
    before = len(server.protocol._request_futures)
    for _ in range(10):
        take(server, "$/setTrace", {"value": "off"})
    await asyncio.sleep(0)
    assert len(server.protocol._request_futures) - before == 10


async def test_pygls_announces_nothing_for_inline_completion_without_options() -> None:
    """`PyglsServer` sets options, and our early answer has them."""
    server, kept = bare()
    server.feature("textDocument/inlineCompletion")(lambda params: None)
    take(server, "initialize", essential({"capabilities": {}}), 1)
    await asyncio.sleep(0)
    assert not kept.messages[0]["result"]["capabilities"].get("inlineCompletionProvider")


async def test_lsprotocol_refuses_what_it_does_not_know() -> None:
    """`essential` passes on only needed members, because an unknown enumeration value fails the whole `initialize`."""
    server, _ = bare()
    capabilities = {"workspace": {"workspaceEdit": {"failureHandling": "new"}}}
    with pytest.raises(JsonRpcInvalidParams):
        take(server, "initialize", {"processId": None, "capabilities": capabilities}, 1)
