"""A client that can repeat requests is notified when more text can be shown; in virtual time."""

import asyncio
from typing import Any

import pytest

from tests.bench.replay import REFRESHES, WHOLE
from tests.bench.virtual import VirtualStage
from tests.client import CAPABILITIES, Json, LspClient, edit
from tests.clock import JumpingLoop

pytestmark = pytest.mark.anyio

URI = "file:///shapes.py"
HEAD = "def area(width, height, margin):\n    "


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": JumpingLoop}


async def typed_in_a_burst(client: LspClient, capabilities: Json) -> list[Any]:
    """Type a burst that ends in mid-line; return the replies to the last key's request and to one two seconds later."""
    await client.initialize(capabilities)
    client.open(URI, HEAD + "\n")
    await asyncio.sleep(1)
    for column, char in enumerate("return", 4):
        client.change(URI, edit((1, column), (1, column), char))
        call = client.complete(URI, (1, column + 1))
        await asyncio.sleep(0.15)
    texts = [await call]
    await asyncio.sleep(2)
    texts.append(await client.complete(URI, (1, 10)))
    return [found["items"][0]["insertText"] for found in texts]


@pytest.mark.parametrize(("capabilities", "expected"), [(REFRESHES, [{"uri": URI}]), (CAPABILITIES, [])])
async def test_incomplete_line_is_refreshed(capabilities: Json, expected: list[Json]) -> None:
    """A client that repeats requests is notified when the rest of an incomplete line has arrived."""
    stage = VirtualStage()
    async with (
        stage.model(text="return width * height + margin", first_token_ms=250, token_ms=200) as model,
        stage.server(model) as client,
    ):
        client.keeps_messages = True
        half, whole = await typed_in_a_burst(client, capabilities)
        assert " width * height + margin".startswith(half)
        assert whole == " width * height + margin"
        assert len(half) < len(whole)
        assert client.received("midfill/refresh") == expected


BODY = "def total(rows):\n    return sum(row.amount for row in rows)\n\n\n" * 3
"""A text that the embedded engine can complete."""
FIRST: Json = {"completion": {"embeddedFirst": True}}


@pytest.mark.parametrize(
    ("along", "capabilities", "then", "expected"),
    [
        (0, REFRESHES, "model", [{"uri": URI}]),
        (1, REFRESHES, "local", []),  # A character of it is typed.
        (0, WHOLE, "local", []),
    ],
)
async def test_model_answer_replaces_the_embedded_one(
    along: int, capabilities: Json, then: str, expected: list[Json]
) -> None:
    """The embedded engine answers at once; if nothing is typed, the client is notified of the model's answer."""
    texts = {"local": "sum(row.amount for row in rows)", "model": "math.fsum(row.amount for row in rows)"}
    stage = VirtualStage()
    async with (
        stage.model(text=texts["model"] + "\n", first_token_ms=400) as model,
        stage.server(model) as client,
    ):
        client.keeps_messages = True
        await client.initialize(capabilities, FIRST)
        row = BODY.count("\n") + 1
        client.open(URI, BODY + "def total(rows):\n    return \n")
        await asyncio.sleep(1)
        client.change(URI, edit((row, 10), (row, 11), " "))
        began = asyncio.get_running_loop().time()
        found = await client.complete(URI, (row, 11))
        assert asyncio.get_running_loop().time() - began < 0.1
        assert found["items"][0]["insertText"] == texts["local"]
        for char in texts["local"][:along]:
            client.change(URI, edit((row, 11), (row, 11), char))
            await client.complete(URI, (row, 12))
        await asyncio.sleep(2)
        assert client.received("midfill/refresh") == expected
        began = asyncio.get_running_loop().time()
        found = await client.complete(URI, (row, 11 + along))
        assert found["items"][0]["insertText"] == texts[then][along:]
        assert asyncio.get_running_loop().time() - began < 0.01
