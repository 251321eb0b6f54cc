"""Several backends: each in its languages, the next while one is away, and back when it is well."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from midfill.core.model import Backends, Kind
from midfill.engine import Engine
from midfill.settings import Settings
from tests.engine.desk import Desk, text_of
from tests.engine.scripted import Scripted, fails, streams

pytestmark = pytest.mark.anyio

FREE = frozenset[str]()


@pytest.fixture
async def desks() -> AsyncIterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for desk in made:
        await desk.engine.close()


def sit(made: list[Desk], *backends: Scripted, languages: tuple[frozenset[str], ...] = ()) -> Desk:
    """Return a desk whose engine asks these, the last of which is the embedded engine."""
    desk = Desk(backends[0])
    *remotes, last = backends
    asked = Backends(remotes[0], last, tuple(remotes[1:]), languages)
    desk.engine = Engine(asked, Settings(), on_error=desk.troubles.append, clock=desk.loop.time)
    made.append(desk)
    return desk


async def test_the_next_answers_while_the_first_is_away(desks: list[Desk]) -> None:
    """A failure is answered by the next in the same request, and later ones at once; then the first one is back."""
    first = Scripted(fails(Kind.OVERLOAD), streams("one()"), name="first")
    second = Scripted(streams("two()"), streams("two(2)"), name="second")
    desk = sit(desks, first, second, Scripted(name="local"))
    reply = await desk.ask()
    assert (text_of(reply), reply.suggestions[0].source.backend_name) == ("two()", "second")
    assert [error.kind for error in desk.troubles] == [Kind.OVERLOAD]
    desk.go("other = |")
    assert text_of(await desk.ask()) == "two(2)"
    await asyncio.sleep(60)
    desk.go("third = |")
    reply = await desk.ask()
    assert (text_of(reply), reply.suggestions[0].source.backend_name) == ("one()", "first")


async def test_the_embedded_engine_comes_last(desks: list[Desk]) -> None:
    """It answers only while all others are away."""
    remotes = [Scripted(fails(Kind.NETWORK), name=name) for name in ("first", "second")]
    desk = sit(desks, *remotes, Scripted(streams("three()"), name="local"))
    reply = await desk.ask()
    assert (text_of(reply), reply.suggestions[0].source.backend_name) == ("three()", "local")
    assert len(desk.troubles) == 2


async def test_a_bad_key_of_one_does_not_end_the_others(desks: list[Desk]) -> None:
    """What is lasting for one backend is not for the next."""
    first = Scripted(fails(Kind.BAD_KEY), name="first")
    second = Scripted(streams("two()"), streams("two(2)"), name="second")
    desk = sit(desks, first, second, Scripted(name="local"))
    assert text_of(await desk.ask()) == "two()"
    await asyncio.sleep(3600)
    desk.go("other = |")
    assert text_of(await desk.ask()) == "two(2)"
    assert len(first.calls) == 1


@pytest.mark.parametrize(
    ("languages", "asked"),
    [
        ((frozenset({"rust"}), FREE), "second"),
        ((frozenset({"python"}), FREE), "first"),
        ((frozenset({"rust"}), frozenset({"go"})), "local"),
        ((), "first"),
    ],
)
async def test_each_in_its_languages(
    desks: list[Desk], languages: tuple[frozenset[str], ...], asked: str
) -> None:
    """A backend with languages is asked in no other (the desk's document is Python)."""
    remotes = [
        Scripted(otherwise=lambda question: streams("x()"), name=name)
        for name in ("first", "second", "local")
    ]
    desk = sit(desks, *remotes, languages=languages)
    reply = await desk.ask()
    assert reply.suggestions[0].source.backend_name == asked


async def test_a_chat_behind_another_is_not_asked_again(desks: list[Desk]) -> None:
    """Only the backend that is asked counts: one that fills in shows the same; while it is away, the chat goes on."""
    first, chat = (
        Scripted(streams("one()"), name="first"),
        Scripted(streams("two()"), streams("three()"), name="chat"),
    )
    chat.chats = True
    desk = sit(desks, first, chat, Scripted(name="local"))
    assert text_of(await desk.ask(manual=True)) == text_of(await desk.ask(manual=True)) == "one()"
    first._scripts = [fails(Kind.OVERLOAD)]
    desk.go("other = |")
    assert text_of(await desk.ask(manual=True)) == "two()"
    assert text_of(await desk.ask(manual=True)) == "three()"
    assert chat.calls[-1].question.earlier == ("two()",)
