"""A model that thinks, asked by hand at the same place again."""

from collections.abc import Callable

import pytest

from midfill.core.model import Prompt
from midfill.engine.turns import MOST, Turns
from tests.engine.desk import Desk, text_of
from tests.engine.scripted import Scripted, says

Sit = Callable[..., Desk]

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("choices", [1, 3])
async def test_another_answer_comes(sit: Sit, choices: int) -> None:
    """What was answered before goes along, and the new answer takes its place."""
    backend = Scripted(*[says("one()")] * choices, says("two()"), says("three()"))
    backend.thinks = True
    desk = sit(backend)
    assert text_of(await desk.ask(manual=True, choices=choices)) == "one()"
    assert text_of(await desk.ask(manual=True, choices=choices)) == "two()"
    assert text_of(await desk.ask(manual=True, choices=choices)) == "three()"
    asked = [call.question.earlier for call in desk.calls]
    assert asked == [()] * choices + [("one()",), ("one()", "two()")]


async def test_at_another_place_nothing_goes_along(sit: Sit) -> None:
    """The next place begins anew; so does typing, which never thinks."""
    backend = Scripted(says("one()"), says("two()"))
    backend.thinks = True
    desk = sit(backend)
    await desk.ask(manual=True)
    desk.go("other = |")
    assert text_of(await desk.ask(manual=True)) == "two()"
    assert desk.calls[-1].question.earlier == ()
    assert text_of(await desk.ask()) == "two()"
    assert len(desk.calls) == 2


async def test_a_model_that_does_not_think_is_not_asked_again(sit: Sit) -> None:
    """What is shown stays."""
    desk = sit(Scripted(says("one()"), says("two()")))
    assert text_of(await desk.ask(manual=True)) == text_of(await desk.ask(manual=True)) == "one()"


def test_the_newest_are_kept() -> None:
    """Each once, and no more than go along."""
    turns, here = Turns(), Prompt("a", "")
    for text in ("1", "2", "2", "3", "4"):
        turns.take(here, [text])
    assert turns.at(here) == ("2", "3", "4")[-MOST:]
    assert turns.at(Prompt("b", "")) == ()
