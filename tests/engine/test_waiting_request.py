"""The wait of a request: until it is woken, superseded, or its time is over."""

import asyncio

import pytest

from midfill.core.model import Prompt
from midfill.engine.waiting_request import WaitingRequest

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("seconds", "waited"), [(-1.0, 0.0), (0.0, 0.0), (0.5, 0.5), (3.0, 1.0)])
async def test_wait_ends_when_it_is_woken_or_over(seconds: float, waited: float) -> None:
    """It is woken after a second; a time that is over already is no wait."""
    waiting, loop = WaitingRequest(Prompt("", "")), asyncio.get_running_loop()
    timer = loop.call_later(1, waiting.wake)
    began = loop.time()
    assert await waiting.wait(seconds) is (seconds > 1)
    assert loop.time() - began == pytest.approx(waited)
    timer.cancel()


async def test_request_that_was_woken_before_does_not_wait_once() -> None:
    waiting, loop = WaitingRequest(Prompt("", "")), asyncio.get_running_loop()
    waiting.wake()
    began = loop.time()
    assert [await waiting.wait(1), loop.time() - began] == [True, 0]
    assert [await waiting.wait(1), loop.time() - began] == [False, pytest.approx(1)]


@pytest.mark.parametrize(("event", "slept"), [("wake", 2.0), ("supersede", 1.0)])
async def test_sleep_ends_only_if_it_is_superseded(event: str, slept: float) -> None:
    """New text wakes a request, and its debounce goes on."""
    waiting, loop = WaitingRequest(Prompt("", "")), asyncio.get_running_loop()
    loop.call_later(1, getattr(waiting, event))
    began = loop.time()
    await waiting.sleep(2)
    assert loop.time() - began == pytest.approx(slept)
    assert waiting.superseded is (event == "supersede")
    await waiting.sleep(-1)
