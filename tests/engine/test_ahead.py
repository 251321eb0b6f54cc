"""Calls that nobody waits for yet, and several for one request: speculation and choices."""

import asyncio
from collections.abc import Callable
from typing import Literal

import pytest

from midfill.core.model import Kind
from midfill.settings import RequestSettings, Settings, TimingSettings
from tests.engine.desk import Desk, text_of
from tests.engine.scripted import Scripted, fails, hangs, streams

pytestmark = pytest.mark.anyio

Sit = Callable[..., Desk]

RETURN, NEXT = "data = load(path)", "\n    rows = parse(data)"


@pytest.mark.parametrize(
    ("setting", "paid", "speculated"),
    [("auto", True, 0), ("auto", False, 1), ("always", True, 1), ("never", False, 0)],
)
async def test_what_follows_is_fetched_ahead_where_it_is_free(
    sit: Sit, setting: Literal["auto", "always", "never"], paid: bool, speculated: int
) -> None:
    """What comes after the suggestion shown is asked for while it is read, if that costs nothing or is wanted."""
    settings = Settings(requests=RequestSettings(speculate=setting))
    desk = sit(Scripted(streams(RETURN), streams(NEXT), streams(""), paid=paid), settings=settings)
    completion = (await desk.ask()).suggestions[0].completion
    await asyncio.sleep(2)
    assert (desk.engine.counters.calls, desk.engine.counters.speculative) == (1, speculated)
    desk.take(completion)
    reply = desk.engine.at_once(desk.request())
    assert (text_of(reply) if reply else None) == (NEXT if speculated else None)


async def test_speculation_asks_once_for_what_is_shown(sit: Sit) -> None:
    """However long a suggestion stands, what follows it is asked for once; a rejected one's is closed."""
    settings = Settings(requests=RequestSettings(speculate="always"))
    desk = sit(Scripted(streams(RETURN), hangs(), streams("x = 1"), hangs()), settings=settings)
    for _ in range(3):
        await desk.ask()
        await asyncio.sleep(0.1)
    assert desk.engine.counters.speculative == 1
    desk.go("import os\n\nvalue|")
    request = desk.start()
    await asyncio.sleep(1)
    assert desk.calls[1].end == "closed"
    assert desk.calls[1].over is not None
    request.cancel()


async def test_typing_along_what_is_shown_keeps_what_follows_it(sit: Sit) -> None:
    """A call made ahead stays open while the user types towards the place it is for."""
    settings = Settings(requests=RequestSettings(speculate="always"))
    desk = sit(Scripted(streams(RETURN), streams(NEXT, first=1), hangs(), hangs()), settings=settings)
    await desk.ask()
    for char in RETURN[:6]:
        desk.type(char)
        assert desk.at_once()
        await asyncio.sleep(0.05)
    await asyncio.sleep(2)
    assert desk.calls[1].end == "whole"


async def test_choices_are_distinct_and_the_one_that_parses_is_first(sit: Sit) -> None:
    """Asked by key there are several candidates, each of its own call, none twice, sound ones first."""
    scripts = [
        streams("return width * * height"),
        streams("return width * height"),
        streams("return width * height"),
    ]
    desk = sit(Scripted(*scripts))
    reply = await desk.ask(manual=True, choices=3)
    texts = [suggestion.completion.text for suggestion in reply.suggestions]
    assert texts == ["return width * height", "return width * * height"]
    assert {call.question.ask.variant for call in desk.calls} == {0, 1, 2}


async def test_what_is_shown_stays_the_first_choice(sit: Sit) -> None:
    """What stands on the screen when the user asks for others stays where it is."""
    desk = sit(Scripted(streams("return height"), streams("return width"), streams("return 1")))
    await desk.ask()
    reply = await desk.ask(manual=True, choices=3)
    texts = [suggestion.completion.text for suggestion in reply.suggestions]
    assert texts[0] == "return height"
    assert set(texts) == {"return height", "return width", "return 1"}


async def test_choices_are_given_again_with_no_call(sit: Sit) -> None:
    """Asked twice at one place there are the same candidates."""
    desk = sit(Scripted(streams("return height"), streams("return width")))
    first = await desk.ask(manual=True, choices=2)
    assert await desk.ask(manual=True, choices=2) == first
    assert len(desk.calls) == 2


async def test_any_choice_is_typed_through_and_taken(sit: Sit) -> None:
    """Whichever of the choices the user goes on with stays, with no call; what is taken of it is no paste."""
    lines = "sum(\n        [width]\n    )"
    for typed, left in (("m", "ax(width)"), ("s", lines[1:])):
        desk = sit(Scripted(streams("max(width)"), streams(lines)), text="def area(width):\n    return |")
        reply = await desk.ask(manual=True, choices=2)
        assert {suggestion.completion.text for suggestion in reply.suggestions} == {"max(width)", lines}
        desk.type(typed)
        assert desk.at_once() == left
        assert len(desk.calls) == 2
    desk.type(lines[1:])
    reply = desk.engine.at_once(desk.request()) or reply
    assert "pasted" not in reply.reason


async def test_choices_end_together(sit: Sit) -> None:
    """A request for several candidates that is cancelled, or superseded, closes the calls of all of them."""
    desk = sit(Scripted(*[hangs()] * 3))
    request = desk.start(manual=True, choices=3)
    await asyncio.sleep(0.5)
    assert len(desk.calls) == 3
    request.cancel()
    await asyncio.sleep(0.6)
    assert [call.over is None for call in desk.calls] == [False] * 3


async def test_choices_keep_to_the_deadline(sit: Sit) -> None:
    """At the deadline there are as many candidates as have come."""
    settings = Settings(timing=TimingSettings(total_ms=2000))
    scripts = [hangs(), streams("return width"), streams("return height")]
    desk = sit(Scripted(*scripts), settings=settings)
    start = desk.now
    reply = await desk.ask(manual=True, choices=3)
    assert len(reply.suggestions) == 2
    assert desk.now - start <= 2.1


async def test_a_choice_that_fails_is_left_out(sit: Sit) -> None:
    """A failing alternative costs the user nothing but itself."""
    desk = sit(Scripted(fails(Kind.OVERLOAD), streams("return width"), streams("return height")))
    reply = await desk.ask(manual=True, choices=3)
    assert {suggestion.completion.text for suggestion in reply.suggestions} == {
        "return width",
        "return height",
    }


async def test_a_choice_is_never_an_automatic_answer(sit: Sit) -> None:
    """What was drawn freely, for a choice, is not what typing is answered by."""
    scripts = {0: streams("return height"), 1: streams("return 1", first=0.6)}
    desk = sit(Scripted(otherwise=lambda question: scripts[question.ask.variant]))
    await desk.ask(manual=True, choices=2)
    desk.engine._sessions.clear()
    assert desk.at_once() == "return height"
