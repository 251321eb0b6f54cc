"""The memory of a server does not grow over weeks."""

import asyncio

import psutil
import pytest

from tests.client import LspClient, edit
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, answer, running

pytestmark = pytest.mark.anyio

ROUNDS = 20_000
MEGABYTE = 1_000_000


async def handled(server: LspClient) -> int:
    """Return the server's memory in bytes after all messages are handled."""
    await answer(server.request("workspace/executeCommand", {"command": "midfill.stats"}))
    return int(psutil.Process(server.pid).memory_info().rss)


async def test_notifications_use_no_memory(env: dict[str, str], loopback: Loopback) -> None:
    """20,000 saves and as many edits leave less than 50 bytes each; pygls alone keeps 2,000."""
    async with running(env) as server:  # Its own: its first call is `/models`.
        page = Page(server, "x = 1▮\n")
        await asyncio.to_thread(loopback.log, 1, idle=True, path="/models")  # Late imports have finished.
        before = await rounds(page, 8_000)  # Bounded lists of edits fill up until then.
        after = await rounds(page, ROUNDS)
        assert after - before < 50 * 2 * ROUNDS


async def rounds(page: Page, count: int) -> int:
    """Save and change a document; return the server's memory in bytes."""
    server, at = page.client, (0, 5)
    for start in range(0, count, 500):
        with server.together():
            for number in range(start, start + 500):
                server.notify("textDocument/didSave", {"textDocument": {"uri": page.uri}})
                server.change(page.uri, edit(at, (0, 6) if number % 2 else at, "" if number % 2 else "y"))
        grown = await handled(server)
    return grown


async def test_closed_documents_are_released(server: LspClient, loopback: Loopback) -> None:
    """A hundred documents of 1 MB, opened and closed one after the other, need the memory of a few."""
    text = "value = compute(12345)\n" * 45_000

    async def open_and_close(count: int) -> int:
        for _ in range(count):
            server.close(Page(server, text).uri)
        return await handled(server)

    before = await open_and_close(10)
    assert await open_and_close(30) - before < 10 * MEGABYTE
