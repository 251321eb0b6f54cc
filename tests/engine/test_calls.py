"""Which backend is asked, and which call is kept, without an engine around them."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from midfill.core.cursor import Cursor
from midfill.core.model import Ask, Backends, Kind, ModelError, Prompt, Question
from midfill.core.records import NoRecords
from midfill.engine.calls import Calls
from midfill.engine.counters import Counters
from midfill.engine.flight import Flight
from tests.engine.scripted import Scripted, fails, hangs, streams

pytestmark = pytest.mark.anyio

Made = Callable[..., Calls]


class Capped(NoRecords):
    """Keeps everybody from paid calls."""

    def why_not(self, *, manual: bool) -> str:
        return "" if manual else "the cap is reached"


@pytest.fixture
async def made() -> Any:
    """Return a function that makes calls of backends; the last argument is the fallback."""
    all_: list[Calls] = []

    def make(primary: Scripted, *others: Scripted, fallback: Scripted | None = None, **options: Any) -> Calls:
        ended, failed = options.pop("ended", lambda flight: None), options.pop("failed", lambda error: None)
        limits: dict[str, Any] = {"records": NoRecords(), "max_calls": 4, "linger_s": 0.5} | options
        all_.append(
            Calls(
                Backends(primary, fallback, others),
                on_finished=ended,
                on_error=failed,
                counters=Counters(),
                clock=asyncio.get_running_loop().time,
                **limits,
            )
        )
        return all_[-1]

    yield make
    for calls in all_:
        await calls.close()


def question(prefix: str = "x = ", *, manual: bool = False, variant: int = 0) -> Question:
    ask = Ask(manual=manual, variant=variant)
    return Question(cursor=Cursor(language="python", head=prefix), prompt=Prompt(prefix, ""), ask=ask)


def begun(calls: Calls, asked: Question | None = None, **options: Any) -> Flight:
    flight = calls.start(asked or question(), **options)
    assert flight is not None
    return flight


async def test_who_is_asked(made: Made) -> None:
    """The first that is well; above a cap only who costs nothing, unless asked by hand; then the fallback."""
    paid, free, last = (
        Scripted(hangs(), hangs()),
        Scripted(hangs(), name="free", paid=False),
        Scripted(name="last"),
    )
    calls = made(paid, free, fallback=last)
    assert begun(calls).backend is paid
    capped = made(paid, free, fallback=last, records=Capped())
    assert begun(capped).backend is free
    assert begun(capped, question(manual=True)).backend is paid
    assert made(paid, fallback=last, records=Capped()).available.can_call("python", manual=False)
    assert not made(paid, records=Capped()).available.can_call("python", manual=False)
    assert made(paid, records=Capped()).available.can_call("python", manual=True)


async def test_who_is_asked_next(made: Made) -> None:
    """Another one than the one that failed; after the fallback nobody."""
    one, other, last = Scripted(), Scripted(name="other"), Scripted(name="last")
    assert made(one).available.can_call("python", manual=False)
    assert not made(one).available.can_call("python", manual=False, except_backend=one)
    assert made(one, other).available.can_call("python", manual=False, except_backend=one)
    assert made(one, fallback=last).available.can_call("python", manual=False, except_backend=one)
    assert not made(one, fallback=last).available.can_call("python", manual=False, except_backend=last)
    assert not made(one, other, fallback=last).available.can_call("python", manual=False, except_backend=last)


async def test_whether_a_chat_is_asked(made: Made) -> None:
    """By the one that is asked next, not by any of them; nobody is no chat."""
    plain, chat = Scripted(), Scripted(name="chat")
    chat.chats = chat.thinks = True
    assert not made(plain, chat).available.chats("python", manual=True)
    assert made(chat, plain).available.chats("python", manual=True)
    assert not made(chat, records=Capped()).available.chats("python", manual=False)
    assert made(plain, chat).available.may_think("python")
    assert not made(plain).available.may_think("python")


async def test_why_unavailable_is_asked(made: Made) -> None:
    """The cap, or the failure of the first; where all is well there is no reason."""
    assert made(Scripted()).available.why_unavailable("python", manual=False) == ""
    assert (
        made(Scripted(), records=Capped()).available.why_unavailable("python", manual=False)
        == "the cap is reached"
    )
    calls = made(Scripted(fails(Kind.BAD_KEY)), records=Capped())
    begun(calls, question(manual=True))
    await asyncio.sleep(1)
    assert "bad key" in calls.available.why_unavailable("python", manual=False)


async def test_a_failure_is_told_and_counted(made: Made) -> None:
    """That of the fallback is not; retrying forgets it."""
    told: list[ModelError] = []
    ended: list[Flight] = []
    one, last = Scripted(fails(Kind.BAD_KEY)), Scripted(fails(Kind.BAD_KEY), name="last")
    calls = made(one, fallback=last, failed=told.append, ended=ended.append)
    begun(calls)
    await asyncio.sleep(1)
    assert (calls.available.health.failures, len(told), calls._counters.failed) == (1, 1, 1)
    assert begun(calls).backend is last
    await asyncio.sleep(1)
    assert (len(told), calls._counters.failed, len(ended)) == (1, 1, 2)
    assert calls.available.retry() == "last"
    assert calls.available.health.failures == 0
    assert made(one).available.retry() == ""


async def test_calls_are_counted_by_their_kind(made: Made) -> None:
    """What was asked for, and what was asked ahead."""
    calls = made(Scripted(hangs(), hangs(), hangs()))
    begun(calls)
    begun(calls, speculative=True)
    begun(calls, speculative=True)
    assert (calls._counters.calls, calls._counters.speculative) == (1, 2)
    assert [flight.speculative for flight in calls] == [True, True, False]


async def test_an_alternative_is_joined_by_its_like_alone(made: Made) -> None:
    """The newest call whose text may still answer; another variant is another answer."""
    calls = made(Scripted(hangs(), hangs()))
    first = begun(calls)
    second = begun(calls, question(variant=2))
    assert calls.joinable(Prompt("x = ", "")) is first
    assert calls.joinable(Prompt("x = ", ""), 2) is second
    assert calls.joinable(Prompt("x = ", ""), 1) is None
    assert calls.joinable(Prompt("y = ", "")) is None


async def test_there_is_room_for_some_calls(made: Made) -> None:
    """Calls that nobody waits for are closed for others, the oldest first."""
    backend = Scripted(*[hangs()] * 3)
    calls = made(backend, max_calls=2)
    first, second = begun(calls), begun(calls)
    assert calls.has_free_slot()
    assert calls.has_free_slot(1)
    assert not calls.has_free_slot(2)
    third = begun(calls)
    await asyncio.sleep(0.1)
    assert [flight.done for flight in (first, second, third)] == [True, False, False]


async def test_the_embedded_engine_beside_a_model(made: Made) -> None:
    """Takes no slot; without a model, or without itself, there is none."""
    model, own = Scripted(hangs(), hangs()), Scripted(streams("1"), name="own", paid=False)
    calls = made(model, fallback=own, max_calls=1)
    flight = calls.embedded(question())
    assert flight is not None
    assert flight.backend is own
    assert calls.has_free_slot()
    assert calls.joinable(question().prompt) is None
    assert made(model).embedded(question()) is None
    assert made(model, fallback=own, records=Capped()).embedded(question()) is None
    await asyncio.sleep(1)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("x = 1", True),
        ("x", True),
        ("", True),
        ("x = " + "1" * 12, True),
        ("x = " + "1" * 40, False),
        ("y", True),
    ],
)
async def test_a_flight_is_near_while_few_characters_differ(made: Made, typed: str, near: bool) -> None:
    """At the end of what was typed; far enough before that, all must be the same."""
    head = "a = [1, 2, 3]\n"
    flight = begun(made(Scripted(hangs())), question(head + "x = "))
    assert flight.is_near(Prompt(head + typed, "")) is near
    assert not flight.is_near(Prompt("b" + head[1:] + typed, ""))


async def test_what_is_booked_names_the_model_that_was_asked_for(made: Made) -> None:
    """Where no answer said which one it was."""
    booked: list[Any] = []

    class Kept(NoRecords):
        def called(self, call: Any) -> None:
            booked.append(call)

    calls = made(Scripted(hangs("return")), records=Kept())
    flight = begun(calls)
    await asyncio.sleep(1)
    flight.close()
    await flight.wait_closed()
    assert [(call.model, call.text, call.outcome) for call in booked] == [("scripted-1", "return", "stopped")]


@pytest.mark.parametrize(
    ("finish", "whole", "cacheable"),
    [
        ("stop", True, True),
        ("length", True, True),
        ("aborted", False, False),
        ("content_filter", False, True),
    ],
)
async def test_how_an_answer_ended(made: Made, finish: Any, whole: bool, cacheable: bool) -> None:
    """One that the model or its limit ended is whole; one that was broken off is no answer."""
    flight = begun(made(Scripted(streams("return width", finish=finish))))
    await flight.wait_closed()
    assert (flight.whole, flight.cacheable) == (whole, cacheable)
    assert flight.answer.whole is whole
    assert flight.text == ("return " if finish == "length" else "return width")


async def test_a_call_without_text_is_kept_only_if_it_ended(made: Made) -> None:
    """Nothing is an answer, too, if the model says so."""
    ended = begun(made(Scripted(streams(""))))
    cut = begun(made(Scripted(streams("", finish="content_filter"))))
    await asyncio.sleep(1)
    assert (ended.cacheable, cut.cacheable) == (True, False)
    assert ended.answer.text == ""


async def test_a_language_without_a_backend(made: Made) -> None:
    """Nobody is asked, and the reason says so; the fallback answers all the same."""
    one = Scripted()
    calls = made(one)
    calls.backends = calls.available._backends = Backends(one, None, (), (frozenset({"go"}),))
    assert calls.available.why_unavailable("python", manual=False) == "no backend is set for python"
    assert not calls.available.can_call("python", manual=True)
    assert calls.start(question()) is None
    assert calls.available.can_call("go", manual=True)
    assert repr(calls) == "<Calls []>"


async def test_each_failure_is_counted(made: Made) -> None:
    """And each call that was closed before its end."""
    calls = made(Scripted(fails(Kind.OVERLOAD), fails(Kind.OVERLOAD), hangs(), hangs()))
    for _ in range(2):
        begun(calls)
        await asyncio.sleep(5)
    assert calls._counters.failed == 2
    calls.available.retry()
    flights = [begun(calls), begun(calls)]
    await asyncio.sleep(1)
    for flight in flights:
        flight.close()
        await flight.wait_closed()
    assert (calls._counters.failed, calls._counters.stopped) == (2, 2)


async def test_the_calls_of_a_document_that_nobody_can_use_are_closed(made: Made) -> None:
    """Those of other documents stay, and those that are wanted or useful."""
    calls = made(Scripted(*[hangs()] * 4))
    cursors = [Cursor(uri=uri, language="python") for uri in ("a", "b", "b", "b")]
    prefixes = ("x = ", "x = ", "y = ", "x = 1")
    flights = [
        begun(calls, Question(cursor=cursor, prompt=Prompt(prefix, ""), ask=Ask()))
        for cursor, prefix in zip(cursors, prefixes, strict=True)
    ]
    await asyncio.sleep(1)
    calls.cancel_unusable("b", Prompt("x = " + "z" * 40, ""))
    await asyncio.sleep(5)
    assert [flight.done for flight in flights] == [False, False, True, True]
    calls.cancel_unusable("b", None)
    await asyncio.sleep(0.1)
    assert [flight.done for flight in flights] == [False, True, True, True]
    calls.cancel_unusable("a", None)
    await asyncio.sleep(0.1)
    assert flights[0].done
