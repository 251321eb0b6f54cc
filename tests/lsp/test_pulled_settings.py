"""Settings that the server requests apply from the message that contains them; only the last ones apply."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from midfill.backends.embedded import FindMemories
from midfill.core.model import Backends
from midfill.lsp.server import Server
from midfill.settings import Settings
from tests.client import Json
from tests.engine.scripted import Scripted, streams
from tests.lsp.editor import TIMEOUT_S

pytestmark = pytest.mark.anyio

URI = "file:///project/a.py"


class InProcessClient:
    """A client of a server in this process; each message is handled before the next."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.sent: list[Json] = []
        self.model = Scripted(otherwise=lambda question: streams("answer()"))
        self.server = Server(self, environ, lambda code: None, self._opening)
        self._numbers = iter(range(1, 1_000))

    def _opening(self, settings: Settings, environ: Mapping[str, str], neighbours: FindMemories) -> Backends:
        return Backends(self.model)

    def write(self, data: bytes) -> None:
        """Receive a message of the server."""
        self.sent.append(json.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None:
        """Part of the interface of a stream writer."""

    def send(self, method: str, params: Json, *, number: int | None = None) -> None:
        """Send the server a notification, or a request with a number."""
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        self.server.received(json.dumps(message if number is None else {**message, "id": number}).encode())

    def answer(self, asked: Json, result: Any) -> None:
        """Answer a request of the server's."""
        self.server.received(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}).encode())

    async def pulls(self, count: int) -> list[Json]:
        """Return the server's requests for settings, once there are that many."""
        async with asyncio.timeout(TIMEOUT_S):  # A thread reads the settings files first.
            while len(found := self._sent_of("workspace/configuration")) < count:
                await asyncio.sleep(0.001)
        return found

    def _sent_of(self, method: str) -> list[Json]:
        return [message for message in self.sent if message.get("method") == method]

    def completes(self) -> bool:
        """Request a completion; return whether it waits, rather than being answered empty at once."""
        number = next(self._numbers)
        place = {"line": 0, "character": 8}
        self.send(
            "textDocument/inlineCompletion",
            {"textDocument": {"uri": URI}, "position": place, "context": {"triggerKind": 2}},
            number=number,
        )
        return not any(
            message.get("id") == number and message["result"] == {"items": []} for message in self.sent
        )


@pytest.fixture
async def client(bare: dict[str, str]) -> AsyncIterator[InProcessClient]:
    """Return a client with an open document; the server requests its settings."""
    client = InProcessClient(bare)
    workspace = {"configuration": True}
    capabilities = {"textDocument": {"inlineCompletion": {}}, "workspace": workspace}
    client.send("initialize", {"capabilities": capabilities, "processId": None, "rootUri": None}, number=0)
    client.send("initialized", {})
    item = {"uri": URI, "languageId": "python", "version": 1, "text": "value = \n"}
    client.send("textDocument/didOpen", {"textDocument": item})
    while client.server._backlog.waiting:  # A thread reads the files.
        await asyncio.sleep(0.001)
    yield client
    await client.server.close()


@pytest.fixture
def anyio_backend() -> str:
    """Run on asyncio."""
    return "asyncio"


async def test_settings_apply_to_the_next_message(client: InProcessClient) -> None:
    """Directly after the answer that switches completion off, there is no call."""
    (asked,) = await client.pulls(1)
    assert client.completes()
    client.answer(asked, [{"enabled": False}])
    assert not client.completes()


async def test_settings_request_has_a_number_as_id(client: InProcessClient) -> None:
    """Vim can answer only number ids: `ch_sendexpr` refuses a string."""
    (asked,) = await client.pulls(1)
    assert type(asked["id"]) is int


async def test_older_settings_answer_is_ignored(client: InProcessClient) -> None:
    """A client may answer two requests in any order; the answer to the last one applies."""
    await client.pulls(1)
    client.send("workspace/didChangeConfiguration", {"settings": None})
    older, newer = await client.pulls(2)
    client.answer(newer, [{"enabled": False}])
    client.answer(older, [{"enabled": True}])
    for _ in range(20):
        await asyncio.sleep(0)
    assert not client.completes()


async def test_settings_stay_when_the_client_refuses(client: InProcessClient) -> None:
    """An error instead of settings changes nothing."""
    (asked,) = await client.pulls(1)
    error = {"code": -32601, "message": "no"}
    client.server.received(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "error": error}).encode())
    for _ in range(20):
        await asyncio.sleep(0)
    assert client.completes()
