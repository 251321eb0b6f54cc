"""A server whose process is stopped in the middle of an answer, as when a laptop is closed."""

import asyncio
import os
import signal
import sys

import pytest

from tests.client import LspClient
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, answer, running

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="no such signals on Windows"),
]

PAUSE_S = 3.0
SHORT_DEADLINES = {
    "timing": {"first_token_ms": 2000, "total_ms": 2000, "debounce_min_ms": 0, "debounce_max_ms": 0}
}
"""Deadlines that end during the stop, and are long enough for a loaded machine."""


async def stop_for_a_while(server: LspClient) -> None:
    """Stop the server for a while."""
    os.kill(server.pid, signal.SIGSTOP)
    await asyncio.sleep(PAUSE_S)
    os.kill(server.pid, signal.SIGCONT)


async def answered(page: Page) -> None:
    """Request completions until there is one: on a loaded machine, an answer may miss a short deadline."""
    number = 0
    while not await page.texts():
        number += 1
        page.type(f"{number} + ")


@pytest.mark.parametrize("kind", ["", "stall", "reset", "cut"])
async def test_stopped_server_answers_the_request_and_the_next_one(
    env: dict[str, str], loopback: Loopback, kind: str
) -> None:
    """The connection may be in any state; messages that arrived during the stop are handled in order."""
    async with running(env, SHORT_DEADLINES) as server:
        await answered(Page(server, "begun = ▮\n"))
        loopback.reset()
        loopback.behave(text=[f"value_{number}(one, two)" for number in range(9)], token_ms=100)
        if kind:
            loopback.fail(kind, after=1)
        page = Page(server, "asleep = ▮\n")
        call = page.ask()
        await asyncio.to_thread(loopback.log, 1, path="/completions")
        await stop_for_a_while(server)
        await answer(call)
        assert server.answers[call.id] == 1
        loopback.behave(token_ms=0)
        await answer(server.request("workspace/executeCommand", {"command": "midfill.retry"}))
        page.type("x")
        await answered(page)


async def test_keys_typed_during_the_stop_are_applied(env: dict[str, str], loopback: Loopback) -> None:
    """The newest request is answered for the text as it is then."""
    async with running(env) as server:
        await answered(Page(server, "begun = ▮\n"))
        loopback.behave(text="answered")
        page = Page(server, "awake▮\n")
        os.kill(server.pid, signal.SIGSTOP)
        page.type(" = ")
        first = page.ask()
        page.type("x")
        second = page.ask()
        await asyncio.sleep(PAUSE_S)
        os.kill(server.pid, signal.SIGCONT)
        assert (await answer(first))["items"] == []
        assert [item["insertText"] for item in (await answer(second))["items"]] == ["answered"]
