"""A chat model, asked by hand at the same place again."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from midfill.core.answers import Answer
from midfill.core.completion import Completion
from midfill.core.model import Kind, Prompt
from midfill.engine import Reply, Suggestion
from midfill.engine.turns import MOST, Turns
from tests.engine.desk import Desk, text_of
from tests.engine.scripted import Scripted, fails, streams

Sit = Callable[..., Desk]

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("choices", [1, 3])
async def test_another_answer_comes(sit: Sit, choices: int) -> None:
    """What was answered before goes along, and the new answer takes its place."""
    backend = Scripted(*[streams("one()")] * choices, streams("two()"), streams("three()"))
    backend.chats = True
    desk = sit(backend)
    assert text_of(await desk.ask(manual=True, choices=choices)) == "one()"
    assert text_of(await desk.ask(manual=True, choices=choices)) == "two()"
    assert text_of(await desk.ask(manual=True, choices=choices)) == "three()"
    asked = [call.question.earlier for call in desk.calls]
    assert asked == [()] * choices + [("one()",), ("one()", "two()")]


async def test_at_another_place_nothing_goes_along(sit: Sit) -> None:
    """The next place begins anew; so does typing, which never asks again."""
    backend = Scripted(streams("one()"), streams("two()"))
    backend.chats = True
    desk = sit(backend)
    await desk.ask(manual=True)
    desk.go("other = |")
    assert text_of(await desk.ask(manual=True)) == "two()"
    assert desk.calls[-1].question.earlier == ()
    assert text_of(await desk.ask()) == "two()"
    assert len(desk.calls) == 2


async def test_a_model_that_fills_in_is_not_asked_again(sit: Sit) -> None:
    """What is shown stays."""
    desk = sit(Scripted(streams("one()"), streams("two()")))
    assert text_of(await desk.ask(manual=True)) == text_of(await desk.ask(manual=True)) == "one()"


async def test_the_earlier_ones_stay_to_choose_from(sit: Sit) -> None:
    """The new answer is the first, those before it follow, each once; typing along any of them calls nobody."""
    backend = Scripted(streams("one()"), streams("two()"), streams("one()"))
    backend.chats = True
    desk = sit(backend)
    for shown in (["one()"], ["two()", "one()"], ["one()", "two()"]):
        reply = await desk.ask(manual=True)
        assert [of.completion.text for of in reply.suggestions] == shown
    desk.type("t")
    assert desk.at_once() == "wo()"


async def test_no_other_answer_leaves_the_earlier_ones(sit: Sit) -> None:
    """What is shown does not vanish because the model has no more to say, or is away."""
    backend = Scripted(streams("one()"), streams(""), fails(Kind.OVERLOAD))
    backend.chats = True
    desk = sit(backend)
    for _ in range(3):
        assert text_of(await desk.ask(manual=True)) == "one()"


async def test_a_client_may_want_the_same_again(sit: Sit) -> None:
    """The gateway's clients repeat a request without a key of the user's: it is answered from the cache."""
    backend = Scripted(streams("one()"))
    backend.chats = True
    desk = sit(backend)
    for _ in range(2):
        reply = await desk.engine.complete(replace(desk.request(manual=True), again=False))
        assert text_of(reply) == "one()"


def test_the_newest_are_kept() -> None:
    """Each once, and no more than go along."""
    turns, here = Turns(), Prompt("a", "")
    for text in ("1", "2", "2", "3", "4"):
        turns.take(here, said(text))
    assert turns.at(here) == ("2", "3", "4")[-MOST:]
    assert turns.at(Prompt("b", "")) == ()


def said(text: str) -> Reply:
    """Return a reply with one answer."""
    return Reply((Suggestion(completion=Completion(text), source=Answer(Prompt("a", ""), text)),))
