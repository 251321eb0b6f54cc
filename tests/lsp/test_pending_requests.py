"""Requests that arrive before the backend is known, or while the network is silent, are answered in time."""

import asyncio
from pathlib import Path

import pytest

from midfill.lsp.pending_requests import PendingRequests
from tests.client import LspClient
from tests.lsp.editor import SERVE, Page, answer

pytestmark = pytest.mark.anyio

SLOW_KEY = "sh -c 'sleep 60; printf %s%s sk- 0000000000000000'"


async def test_newest_request_of_a_document_waits() -> None:
    """A newer request ends the wait of older ones elsewhere in its document, and of no other."""
    requests, ready = PendingRequests(), asyncio.get_running_loop().create_future()

    def wait(uri: str, place: int, seconds: float = 60) -> asyncio.Future[str | None]:
        return asyncio.ensure_future(requests.wait(uri, place, asyncio.shield(ready), seconds))

    older, other, impatient = wait("a", 1), wait("b", 1), wait("a", 1, seconds=0)
    with pytest.raises(TimeoutError):
        await impatient
    newer, with_it = wait("a", 2), wait("a", 2)
    assert await older is None
    ready.set_result("engine")
    assert await newer == await with_it == await other == "engine"


async def test_wait_is_limited() -> None:
    """The wait ends at its time limit."""
    with pytest.raises(TimeoutError):
        await PendingRequests().wait("a", 1, asyncio.Event().wait(), 0.01)


async def test_requests_are_superseded_during_a_key_command(bare: dict[str, str], tmp_path: Path) -> None:
    """Twenty requests arrive while a key command runs: nineteen are answered at once. `exit` ends the command."""
    config = tmp_path / "config.toml"
    config.write_text(f'backend = "deepseek"\napi_key_command = "{SLOW_KEY}"\n', "utf-8")
    async with await LspClient.start(SERVE, {**bare, "MIDFILL_CONFIG": str(config)}) as client:
        await client.initialize()
        page = Page(client, "x = ▮\n")
        calls = []
        for key in "abcdefghijklmnopqrst":
            page.type(key)
            calls.append(page.ask())
        for call in calls[:-1]:
            assert (await answer(call))["items"] == []
        assert client.open_calls == [calls[-1]]
        assert await client.exit(seconds=45) == 0  # The command alone would take sixty.


async def test_wait_for_the_key_is_limited_to_the_total_time(bare: dict[str, str], tmp_path: Path) -> None:
    """The reply has the reason."""
    config = tmp_path / "config.toml"
    timing = "[timing]\nfirst_token_ms = 1000\ntotal_ms = 2000\n"
    config.write_text(f'backend = "deepseek"\napi_key_command = "{SLOW_KEY}"\n{timing}', "utf-8")
    async with await LspClient.start(SERVE, {**bare, "MIDFILL_CONFIG": str(config)}) as client:
        await client.initialize()
        page = Page(client, "x = ▮\n")
        async with asyncio.timeout(45):
            assert (await page.ask())["items"] == []
        why = client.request("workspace/executeCommand", {"command": "midfill.why", "arguments": [page.uri]})
        assert "key" in (await answer(why))["last"]


async def test_first_request_does_not_wait_for_the_warm_up(bare: dict[str, str]) -> None:
    """On a network without any answer, the first request is answered within its own time."""
    writers: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda reader, writer: writers.append(writer), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    key = {"DEEPSEEK_API_KEY": "sk-" + "0" * 32, "MIDFILL_BASE_URL": f"http://127.0.0.1:{port}"}
    options = {"timing": {"first_token_ms": 1000, "total_ms": 60_000}}
    async with await LspClient.start(SERVE, {**bare, **key}) as client:
        await client.initialize(options=options)
        page = Page(client, "x = ▮\n")
        async with asyncio.timeout(45):  # One second for the first token; the warm-up takes sixty.
            assert (await page.ask())["items"] == []
    for writer in writers:
        writer.close()
    silent.close()
    await silent.wait_closed()


async def test_unopened_documents_use_no_memory(server: LspClient) -> None:
    """Commands, Copilot's notifications and notebooks that name other URIs leave no state."""
    page = Page(server, "x = ▮\n")

    async def grown(count: int) -> int:
        import psutil

        with server.together():
            for number in range(count):
                uri = f"file:///nobody/{number}/{'x' * 500}.py"
                execute = {"command": "midfill.accepted", "arguments": [uri, 0]}
                server.request("workspace/executeCommand", execute)
                item = {"insertText": "", "command": {"title": "", "command": "", "arguments": [uri]}}
                server.notify("textDocument/didShowCompletion", {"item": item})
                server.notify(
                    "textDocument/didPartiallyAcceptCompletion", {"item": item, "acceptedLength": 1}
                )
                array = {"start": 0, "deleteCount": 0, "cells": [{"kind": 2, "document": uri}]}
                change = {"cells": {"structure": {"array": array}}}
                book = {"notebookDocument": {"uri": uri, "version": 1}, "change": change}
                server.notify("notebookDocument/didChange", book)
        await page.items()
        return int(psutil.Process(server.pid).memory_info().rss)

    before = await grown(1_000)
    assert await grown(5_000) - before < 5_000 * 500


async def test_request_after_a_burst_of_settings_is_answered(server: LspClient) -> None:
    """After 2,000 changes of the settings, the request is answered with the last ones."""
    page = Page(server, "def area(width, height):\n    return ▮\n")
    with server.together():
        for number in range(2_000):
            settings = {"completion": {"max_tokens": 50 + number % 2}}
            server.notify("workspace/didChangeConfiguration", {"settings": settings})
        call = page.ask()
    assert (await answer(call))["items"]
