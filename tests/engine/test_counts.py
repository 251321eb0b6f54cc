"""What the engine counts and learns from call to call."""

import asyncio
from collections.abc import Callable

import pytest

from midfill.core.model import Usage
from midfill.engine.counters import Counters
from midfill.settings import RequestSettings, Settings
from tests.engine.desk import Desk
from tests.engine.scripted import Scripted, hangs, streams

pytestmark = pytest.mark.anyio

Sit = Callable[..., Desk]

ENDLESS = "load(1)\n" + "".join(f"value_{row} = load({row})\n" for row in range(200))


async def test_accepts_and_tokens_add_up(sit: Sit) -> None:
    """Of all suggestions and calls, not of the last alone."""
    desk = sit(
        Scripted(
            streams("width * height", usage=Usage(100, 7, 64)), streams("one + two", usage=Usage(50, 3, 32))
        ),
        text="area = |",
    )
    for _ in range(2):
        completion = (await desk.ask()).suggestions[0].completion
        desk.engine.was_shown(desk.uri)
        desk.take(completion, 3)
        desk.engine.partly_accepted(desk.uri)
        desk.engine.accepted(desk.uri)
        desk.engine.rejected(desk.uri)
        desk.go("other_area = |")
    counts = desk.engine.counters
    assert (counts.prompt_tokens, counts.output_tokens, counts.cached_tokens) == (150, 10, 96)
    assert (counts.accepted, counts.partly_accepted, counts.rejected) == (2, 2, 2)
    assert (counts.shown, counts.calls, counts.requests) == (2, 2, 2)


def test_an_engine_that_was_just_started_has_counted_nothing() -> None:
    """Every count begins at zero."""
    assert not any(vars(Counters()).values())


async def test_a_reply_is_described_without_its_text(sit: Sit) -> None:
    """By how many suggestions it has, and whether a call was needed."""
    desk = sit(Scripted(streams("width * height")), text="area = |")
    assert str(await desk.ask()) == "1 suggestions"
    assert str(await desk.ask()) == "1 suggestions from the cache"


async def test_what_a_model_that_rambles_on_says_is_read_less_far(sit: Sit) -> None:
    """While most answers end by themselves a few lines are read ahead; where they do not, only what is shown."""
    desk = sit(Scripted(otherwise=lambda question: streams(ENDLESS)), text="value = |")
    read = []
    for number in range(4):
        desk.go(f"value_{number} = |")
        await desk.ask()
        await asyncio.sleep(30)
        read.append(desk.calls[-1].sent.count("\n"))
    assert read[0] >= 3
    assert read[-1] < read[0]


async def test_brief_answers_are_learned_again(sit: Sit) -> None:
    """A model that ends its answers is read ahead again, soon after it has begun to."""
    scripts = [streams(ENDLESS)] * 3 + [streams("load(2)")] * 3 + [streams(ENDLESS)]
    desk = sit(Scripted(*scripts), text="value = |")
    for number in range(7):
        desk.go(f"value_{number} = |")
        await desk.ask()
        await asyncio.sleep(30)
    assert desk.calls[-1].sent.count("\n") == desk.calls[0].sent.count("\n")
    assert desk.calls[2].sent.count("\n") < desk.calls[0].sent.count("\n")


async def test_a_call_that_the_engine_has_ended_is_counted(sit: Sit) -> None:
    """As stopped, and not as failed."""
    desk = sit(Scripted(streams(ENDLESS), streams("return 1")))
    await desk.ask()
    await asyncio.sleep(30)
    assert (desk.engine.counters.stopped, desk.engine.counters.failed) == (1, 0)
    desk.go("def g():\n    |")
    await desk.ask()
    assert (desk.engine.counters.stopped, desk.engine.counters.failed) == (1, 0)


async def test_calls_ahead_are_counted_apart(sit: Sit) -> None:
    """A call that nobody has asked for is none of the user's."""
    settings = Settings(requests=RequestSettings(speculate="always"))
    desk = sit(Scripted(streams("return width"), hangs()), settings=settings)
    await desk.ask()
    await asyncio.sleep(0.1)
    assert (desk.engine.counters.calls, desk.engine.counters.speculative) == (1, 1)


async def test_a_refusal_refuses_all_choices(sit: Sit) -> None:
    """None of those that were to choose from is gone on with."""
    desk = sit(
        Scripted(streams("max(width)"), streams("sum(width)"), hangs()), text="def area(width):\n    return |"
    )
    reply = await desk.ask(manual=True, choices=2)
    desk.engine.rejected(desk.uri)
    desk.type(reply.suggestions[1].completion.text[:1])
    assert desk.engine.at_once(desk.request()) is None
