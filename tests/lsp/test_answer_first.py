"""The answer is the first thing that is sent: the status follows it; in virtual time."""

import asyncio
from typing import Any

import pytest

from midfill.lsp.completion_requests import BUSY_DELAY_S
from tests.bench.target import NO_DEBOUNCE
from tests.bench.virtual import VirtualStage
from tests.client import LspClient, edit
from tests.clock import JumpingLoop

pytestmark = pytest.mark.anyio

URI = "file:///shapes.py"


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": JumpingLoop}


async def answered(client: LspClient) -> list[dict[str, Any]]:
    """Send a request for a new place; return all messages from it on, for a second."""
    await client.initialize(options=NO_DEBOUNCE)
    client.open(URI, "area = \n")
    await asyncio.sleep(1)
    client.keeps_messages = True
    client.change(URI, edit((0, 6), (0, 7), " "))
    call = client.complete(URI, (0, 7))
    assert (await call)["items"]
    await asyncio.sleep(1)
    return client.messages


@pytest.mark.parametrize(
    ("first_token_ms", "expected"),
    [(0, ["answer"]), (1_000 * BUSY_DELAY_S + 300, ["busy", "answer", "ready"])],
)
async def test_status_does_not_delay_an_answer(first_token_ms: float, expected: list[str]) -> None:
    """A slow call is shown as busy after it was sent, a fast one never; the answer is sent before the new status."""
    stage = VirtualStage()
    async with (
        stage.model(text="width * height\n", first_token_ms=first_token_ms, token_ms=0) as model,
        stage.server(model) as client,
    ):
        messages = await answered(client)
    states = [
        "answer" if "result" in message else message["params"]["state"]
        for message in messages
        if "result" in message or message["method"] == "midfill/status"
    ]
    found = list(dict.fromkeys(states))
    assert found[: len(expected)] == expected
    assert ("busy" in found) == ("busy" in expected)
