"""The embedded engine answers first; the model's answer takes its place where the user has not begun to type."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from midfill.core.model import Kind, Question
from midfill.engine import Reply
from midfill.settings import Settings
from midfill.settings.completion import CompletionSettings
from tests.engine.desk import Desk, text_of
from tests.engine.scripted import Script, Scripted, fails, hangs, streams

pytestmark = pytest.mark.anyio

FIRST = Settings(completion=CompletionSettings(embedded_first=True))
OWN, BETTER = "width * height", "height * width\n"
SOON, LATE = 0.04, 0.6
"""Seconds within which the embedded engine answers, and after which the model has."""

Seat = Callable[..., Desk]


@pytest.fixture
async def seat() -> AsyncIterator[Seat]:
    desks: list[Desk] = []

    def seat(*scripts: Script, own: str = OWN, settings: Settings = FIRST, **options: object) -> Desk:
        embedded = Scripted(
            otherwise=lambda question: streams(_own(question, own), first=0.003, each=0),
            name="local",
            paid=False,
        )
        model = Scripted(*scripts)
        desks.append(Desk(model, embedded, settings=settings, text="return |", **options))  # type: ignore[arg-type]
        return desks[-1]

    yield seat
    for desk in desks:
        await desk.engine.close()
    await asyncio.sleep(0.001)
    assert not [call for desk in desks for call in desk.calls if call.over is None]
    assert not [task for task in asyncio.all_tasks() if "TestRunner" not in repr(task.get_coro())]


def _own(question: Question, own: str) -> str:
    """Return the rest of what the embedded engine knows of this line."""
    typed = question.prompt.prefix.rpartition("return ")[2]
    return own.removeprefix(typed) if own.startswith(typed) else ""


async def ask(desk: Desk, *, refreshes: bool = True) -> tuple[Reply, float]:
    """Return the reply and the seconds that it took."""
    began = desk.now
    reply = await desk.engine.complete(replace(desk.request(), refreshes=refreshes))
    return reply, desk.now - began


def source_of(reply: Reply) -> str:
    return reply.suggestions[0].source.backend_name


async def test_the_model_takes_its_place(seat: Seat) -> None:
    """The embedded engine answers at once; the client is told when the model has, and gets that with no wait."""
    desk = seat(streams(BETTER))
    reply, took = await ask(desk)
    assert (text_of(reply), source_of(reply)) == (OWN, "local")
    assert took < SOON
    assert not desk.on_longer
    await asyncio.sleep(LATE)
    assert desk.on_longer == [desk.uri]
    reply, took = await ask(desk)
    assert (text_of(reply), source_of(reply)) == (BETTER.rstrip("\n"), "scripted")
    assert took == 0
    assert text_of((await ask(desk))[0]) == BETTER.rstrip("\n")
    assert len(desk.calls) == 1


async def test_nothing_is_replaced_that_is_typed_along(seat: Seat) -> None:
    """The rest of what is shown stays, and the client is told nothing."""
    desk = seat(streams(BETTER))
    await ask(desk)
    desk.type("w")
    reply, took = await ask(desk)
    assert (text_of(reply), took) == (OWN[1:], 0)
    await asyncio.sleep(LATE)
    assert not desk.on_longer
    assert text_of((await ask(desk))[0]) == OWN[1:]


async def test_what_agrees_is_known_behind_it(seat: Seat) -> None:
    """The model's answer is kept while it agrees with what is typed: once the shown text is typed, it goes on."""
    desk = seat(streams(OWN + " + 1\n"))
    await ask(desk)
    await asyncio.sleep(0.3)  # Its call has begun.
    for char in OWN:
        desk.type(char)
        await ask(desk)
        await asyncio.sleep(0.1)
    assert not desk.on_longer
    assert desk.at_once() == " + 1"
    assert len(desk.calls) == 1


async def test_typing_along_at_once_calls_nobody(seat: Seat) -> None:
    """Who goes on typing before the debounce needs no model: what is shown is right."""
    desk = seat()
    await ask(desk)
    desk.type("w")
    await ask(desk)
    await asyncio.sleep(LATE)
    assert not desk.calls


@pytest.mark.parametrize("answer", [streams(OWN + "\n"), streams(""), fails(Kind.OVERLOAD), hangs()])
async def test_no_other_answer_changes_nothing(seat: Seat, answer: Script) -> None:
    """The same answer, none, a failure and silence: what is shown stays, and nothing is told."""
    desk = seat(answer)
    await ask(desk)
    await asyncio.sleep(9)
    assert not desk.on_longer
    assert text_of((await ask(desk))[0]) == OWN


async def test_without_an_own_answer_the_model_is_waited_for(seat: Seat) -> None:
    """As if the setting were off."""
    desk = seat(streams(BETTER), own="")
    reply, took = await ask(desk)
    assert (text_of(reply), source_of(reply)) == (BETTER.rstrip("\n"), "scripted")
    assert SOON < took < LATE


async def test_another_text_ends_the_wait(seat: Seat) -> None:
    """What is typed differs from what is shown: the old call is closed, and the place is asked anew."""
    desk = seat(hangs(), streams("x + y\n"))
    await ask(desk)
    await asyncio.sleep(0.3)
    desk.go("other = |")
    assert text_of((await ask(desk))[0]) == "x + y"
    await asyncio.sleep(1)
    assert [call.end for call in desk.calls] == ["closed", "whole"]


async def test_a_dismissed_one_is_not_replaced(seat: Seat) -> None:
    """Who waved it off is left alone until the next key."""
    desk = seat(streams(BETTER))
    await ask(desk)
    desk.engine.rejected(desk.uri)
    await asyncio.sleep(LATE)
    assert not desk.on_longer


async def test_an_accepted_one_is_not_replaced(seat: Seat) -> None:
    desk = seat(streams(BETTER))
    reply, _ = await ask(desk)
    desk.take(reply.suggestions[0].completion)
    await asyncio.sleep(LATE)
    assert not desk.on_longer


async def test_an_editor_that_cannot_replace_keeps_it(seat: Seat) -> None:
    """Such as VS Code, which would hide it first; the model is not paid for an answer that nobody sees."""
    desk = seat()
    reply, took = await ask(desk, refreshes=False)
    assert text_of(reply) == OWN
    assert took < SOON
    await asyncio.sleep(LATE)
    assert text_of((await ask(desk, refreshes=False))[0]) == OWN
    assert not desk.calls


async def test_it_is_off_by_default(seat: Seat) -> None:
    desk = seat(streams(BETTER), settings=Settings())
    assert source_of((await ask(desk))[0]) == "scripted"


async def test_by_hand_the_model_is_asked(seat: Seat) -> None:
    """Who presses a key wants the model's answer."""
    desk = seat(streams(BETTER))
    reply = await desk.engine.complete(replace(desk.request(manual=True), refreshes=True))
    assert source_of(reply) == "scripted"


async def test_a_closed_document_ends_all(seat: Seat) -> None:
    """Its call with it."""
    desk = seat(hangs())
    await ask(desk)
    await asyncio.sleep(0.3)
    desk.engine.forget(desk.uri)
    await asyncio.sleep(0.01)
    assert [call.end for call in desk.calls] == ["closed"]
    assert not desk.on_longer
