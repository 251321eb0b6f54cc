"""Unusable calls are closed, and the model's server detects it; in virtual time."""

import asyncio

import pytest

from tests.bench.virtual import VirtualStage
from tests.client import LspClient, edit
from tests.clock import JumpingLoop

pytestmark = pytest.mark.anyio

URI = "file:///shapes.py"
TEXT = "import os\n\n\ndef area(width, height):\n    \n\n\ndef main():\n    \n"


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": JumpingLoop}


async def opened(client: LspClient) -> None:
    await client.initialize()
    client.open(URI, TEXT)
    await asyncio.sleep(1)
    client.change(URI, edit((4, 4), (4, 4), "r"))


async def test_call_for_another_place_is_closed_at_once() -> None:
    """After a jump of the cursor, the model's server detects within 0.1 s that the call is closed."""
    stage = VirtualStage()
    async with (
        stage.model(text="return width\n" * 40, first_token_ms=250, token_ms=20) as model,
        stage.server(model) as client,
    ):
        await opened(client)
        client.complete(URI, (4, 5))
        await asyncio.sleep(0.35)
        left = asyncio.get_running_loop().time()
        client.complete(URI, (8, 4))
        call = (await model.seen()).calls[0]
        assert call.aborted
        assert call.ended - left <= 0.1


async def test_cancelled_call_lingers_for_half_a_second() -> None:
    """The next request may use it; otherwise it is closed."""
    stage = VirtualStage()
    async with stage.model(text="return", first_token_ms=5_000) as model, stage.server(model) as client:
        await opened(client)
        request = client.complete(URI, (4, 5))
        await asyncio.sleep(0.2)
        left = asyncio.get_running_loop().time()
        client.cancel(request)
        (call,) = (await model.seen()).calls
        assert call.aborted
        assert 0.4 < call.ended - left < 0.6
