"""A machine that sleeps: the clock jumps by an hour between two tokens, or by years between two keys."""

import asyncio
from collections.abc import Callable

import pytest

from midfill.core.model import Kind
from tests.clock import JumpingLoop
from tests.engine.desk import Desk, text_of
from tests.engine.scripted import Scripted, fails, hangs, streams

pytestmark = pytest.mark.anyio

Sit = Callable[..., Desk]

HOUR = 3_600.0
AREA = "return width * height"


def sleep(desk: Desk, seconds: float = HOUR) -> None:
    """Let the machine sleep: everything that is due meanwhile is late."""
    assert isinstance(desk.loop, JumpingLoop)
    desk.loop.now += seconds


@pytest.mark.parametrize("after", [0.0, 0.1, 0.255, 0.275, 0.285])
async def test_asleep_in_the_middle_of_a_stream(sit: Sit, after: float) -> None:
    """Before its first token or between two: the request is answered on waking, and the next call goes well."""
    desk = sit(Scripted(streams(AREA), otherwise=lambda _: streams("next")))
    task = desk.start()
    await asyncio.sleep(after)
    sleep(desk)
    woken = desk.now
    await task
    assert desk.now - woken < 10
    desk.type("x = ")
    assert text_of(await desk.ask()) == "next"


async def test_asleep_over_an_answer_that_never_comes(sit: Sit) -> None:
    """The connection has died meanwhile: the request is answered on waking, and another call goes out."""
    desk = sit(Scripted(hangs("ret"), streams(AREA), otherwise=lambda _: streams(AREA)))
    task = desk.start()
    await asyncio.sleep(1)
    sleep(desk)
    woken = desk.now
    await task
    assert desk.now - woken < 10
    desk.type("y = ")
    assert text_of(await desk.ask()) == AREA


async def test_a_pause_after_a_failure_ends_in_sleep(sit: Sit) -> None:
    """On waking the backend is tried at once."""
    desk = sit(Scripted(fails(Kind.NETWORK), streams(AREA)))
    await desk.ask()
    assert not (await desk.ask()).suggestions
    sleep(desk)
    assert text_of(await desk.ask()) == AREA


async def test_what_is_shown_survives_sleep(sit: Sit) -> None:
    """Typing on along it needs no call."""
    desk = sit(Scripted(streams(AREA)))
    assert text_of(await desk.ask()) == AREA
    sleep(desk, 8 * HOUR)
    desk.type("return ")
    assert desk.at_once() == "width * height"
