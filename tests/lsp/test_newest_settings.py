"""The latest settings apply, even if earlier ones take longer to open."""

import asyncio
import threading
from collections.abc import Mapping

import pytest

from midfill.backends.embedded import EmbeddedBackend, FindMemories
from midfill.core.model import Backends
from midfill.ledger import Ledger
from midfill.lsp.configuration import Configuration
from midfill.lsp.engine_start import EngineEvents
from midfill.lsp.outgoing import Outgoing
from midfill.lsp.service import Service
from midfill.lsp.spending import Spending
from midfill.lsp.status import StatusReporter
from midfill.settings import Settings

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
    spending = Spending(ledger, outgoing, StatusReporter(outgoing))
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
