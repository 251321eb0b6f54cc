"""Settings that the server requests apply from the message that contains them; only the last ones count."""

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

pytestmark = pytest.mark.anyio

URI = "file:///project/a.py"


class Conversation:
    """A server in this process whose messages are handled one by one."""

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

    def say(self, method: str, params: Json, *, number: int | None = None) -> None:
        """Send the server a notification, or a request with a number."""
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        self.server.received(json.dumps(message if number is None else {**message, "id": number}).encode())

    def answer(self, asked: Json, result: Any) -> None:
        """Answer a request of the server's."""
        self.server.received(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}).encode())

    async def pulls(self, count: int) -> list[Json]:
        """Return the server's requests for settings, once there are that many."""
        for _ in range(2_000):  # The settings files are read first, in a thread.
            found = [said for said in self.sent if said.get("method") == "workspace/configuration"]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.001)
        raise AssertionError(f"the server has not asked {count} times")

    def completes(self) -> bool:
        """Request a completion; return whether it waits, rather than being answered empty at once."""
        number = next(self._numbers)
        place = {"line": 0, "character": 8}
        self.say(
            "textDocument/inlineCompletion",
            {"textDocument": {"uri": URI}, "position": place, "context": {"triggerKind": 2}},
            number=number,
        )
        return not any(said.get("id") == number and said["result"] == {"items": []} for said in self.sent)


@pytest.fixture
async def conversation(bare: dict[str, str]) -> AsyncIterator[Conversation]:
    """Return an initialized server with an open document, and a client that is asked for its settings."""
    conversation = Conversation(bare)
    workspace = {"configuration": True}
    capabilities = {"textDocument": {"inlineCompletion": {}}, "workspace": workspace}
    conversation.say(
        "initialize", {"capabilities": capabilities, "processId": None, "rootUri": None}, number=0
    )
    conversation.say("initialized", {})
    item = {"uri": URI, "languageId": "python", "version": 1, "text": "value = \n"}
    conversation.say("textDocument/didOpen", {"textDocument": item})
    while conversation.server._backlog.waiting:  # Files are looked at in a thread.
        await asyncio.sleep(0.001)
    yield conversation
    await conversation.server.close()


@pytest.fixture
def anyio_backend() -> str:
    """Run on asyncio."""
    return "asyncio"


async def test_settings_count_for_the_next_message(conversation: Conversation) -> None:
    """Directly after the answer that switches completion off, there is no call."""
    (asked,) = await conversation.pulls(1)
    assert conversation.completes()
    conversation.answer(asked, [{"enabled": False}])
    assert not conversation.completes()


async def test_a_request_has_a_number(conversation: Conversation) -> None:
    """Vim can answer only number ids: `ch_sendexpr` refuses a string."""
    (asked,) = await conversation.pulls(1)
    assert type(asked["id"]) is int


async def test_an_older_answer_does_not_win(conversation: Conversation) -> None:
    """A client may answer two requests in any order; the answer to the last one counts."""
    await conversation.pulls(1)
    conversation.say("workspace/didChangeConfiguration", {"settings": None})
    older, newer = await conversation.pulls(2)
    conversation.answer(newer, [{"enabled": False}])
    conversation.answer(older, [{"enabled": True}])
    for _ in range(20):
        await asyncio.sleep(0)
    assert not conversation.completes()


async def test_a_client_that_refuses_keeps_what_is_in_force(conversation: Conversation) -> None:
    """An error instead of settings changes nothing."""
    (asked,) = await conversation.pulls(1)
    error = {"code": -32601, "message": "no"}
    conversation.server.received(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "error": error}).encode())
    for _ in range(20):
        await asyncio.sleep(0)
    assert conversation.completes()
