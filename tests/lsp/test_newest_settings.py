"""The latest settings apply, even if earlier ones take longer to open."""

import asyncio
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from midfill.backends.embedded import EmbeddedBackend, FindMemories
from midfill.core.model import Backends
from midfill.ledger import Ledger
from midfill.lsp.configuration import Configuration
from midfill.lsp.engine_lifecycle import EngineEvents
from midfill.lsp.outgoing import Outgoing
from midfill.lsp.service import Service
from midfill.lsp.spending_reporter import SpendingReporter
from midfill.lsp.status import StatusReporter
from midfill.settings import Settings
from tests.engine.scripted import Scripted, hangs, streams
from tests.lsp.editor import TIMEOUT_S
from tests.lsp.test_files_off_the_loop import InProcessClient, ask, initialize

pytestmark = pytest.mark.anyio


async def test_older_opening_is_cancelled(bare: dict[str, str]) -> None:
    """A slow key command of older settings ends after newer ones apply: its backend is not used."""
    release, ended = threading.Event(), threading.Event()
    backends_by_model: dict[str, Backends] = {}

    def opening(settings: Settings, environ: Mapping[str, str], neighbours: FindMemories) -> Backends:
        if settings.model == "older":
            release.wait(10)
        backends_by_model[settings.model] = Backends(EmbeddedBackend(neighbours))
        ended.set()
        return backends_by_model[settings.model]

    configuration = Configuration(bare)
    outgoing = Outgoing(lambda _: None)
    ledger = Ledger()
    spending = SpendingReporter(ledger, outgoing, StatusReporter(outgoing))
    service = Service(configuration, EngineEvents(*[lambda _: None] * 3), spending, opening)
    configuration.received({"model": "older"})
    service.configure()
    await asyncio.sleep(0)
    configuration.received({"model": "newer"})
    service.configure()
    engine = await service.started()
    ended.clear()
    release.set()
    await asyncio.to_thread(ended.wait, 10)
    for _ in range(10):
        await asyncio.sleep(0)
    assert service.engine is engine
    assert engine.calls.backends is backends_by_model["newer"]
    await service.close()
    spending.close()
    ledger.close()


class SlowlyStarting(InProcessClient):
    """A client of a server whose backends open when they are released."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.release = threading.Event()
        super().__init__(environ)

    def _opening(self, settings: Settings, environ: Mapping[str, str], neighbours: FindMemories) -> Backends:
        self.release.wait(TIMEOUT_S)
        return super()._opening(settings, environ, neighbours)


async def test_request_before_the_start_is_answered_after_newer_settings(
    bare: dict[str, str], tmp_path: Path
) -> None:
    """Newer settings end the call of a request that has waited for the start: their engine answers it."""
    client = SlowlyStarting(bare)
    client.model = Scripted(hangs(), otherwise=lambda question: streams("answer()"))
    initialize(client, tmp_path)
    await client.until(0)
    ask(client, (tmp_path / "a.py").as_uri(), 1)
    async with asyncio.timeout(TIMEOUT_S):
        while not client.server._service._pending._newest:
            await asyncio.sleep(0.001)
        client.release.set()
        while not client.model.calls:
            await asyncio.sleep(0.001)
    client.send("workspace/didChangeConfiguration", {"settings": {"completion": {"max_lines": 3}}})
    assert (await client.until(1))["result"]["items"][0]["insertText"] == "answer()"
    await client.server.close()
