"""The choice of the backend and of the calls that stay open, without an engine."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, BackendError, BackendRequest, Backends, ErrorKind, Prompt
from midfill.core.records import NoRecords
from midfill.engine.calls import Calls
from midfill.engine.counters import Counters
from midfill.engine.flight import Flight
from tests.engine.scripted import Scripted, fails, hangs, streams

pytestmark = pytest.mark.anyio

MakeCalls = Callable[..., Calls]


class CappedRecords(NoRecords):
    """Allows no paid call."""

    def cap_reason(self, *, manual: bool) -> str:
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


def backend_request(
    prefix: str = "x = ", *, manual: bool = False, alternative_index: int = 0
) -> BackendRequest:
    limits = AnswerLimits(manual=manual, alternative_index=alternative_index)
    return BackendRequest(
        cursor=Cursor(language="python", head=prefix), prompt=Prompt(prefix, ""), limits=limits
    )


def started(calls: Calls, asked: BackendRequest | None = None, **options: Any) -> Flight:
    flight = calls.start(asked or backend_request(), **options)
    assert flight is not None
    return flight


async def test_choice_of_the_backend(made: MakeCalls) -> None:
    """The first available backend answers.

    Above a cap only a free one does, except for a manual request; then the fallback.
    """
    paid, free, last = (
        Scripted(hangs(), hangs()),
        Scripted(hangs(), name="free", paid=False),
        Scripted(name="last"),
    )
    calls = made(paid, free, fallback=last)
    assert started(calls).backend is paid
    capped = made(paid, free, fallback=last, records=CappedRecords())
    assert started(capped).backend is free
    assert started(capped, backend_request(manual=True)).backend is paid
    assert made(paid, fallback=last, records=CappedRecords()).available.can_call("python", manual=False)
    assert not made(paid, records=CappedRecords()).available.can_call("python", manual=False)
    assert made(paid, records=CappedRecords()).available.can_call("python", manual=True)


async def test_next_backend_after_a_failure(made: MakeCalls) -> None:
    """The next one is another than the failed one; after the fallback there is none."""
    one, other, last = Scripted(), Scripted(name="other"), Scripted(name="last")
    assert made(one).available.can_call("python", manual=False)
    assert not made(one).available.can_call("python", manual=False, except_backend=one)
    assert made(one, other).available.can_call("python", manual=False, except_backend=one)
    assert made(one, fallback=last).available.can_call("python", manual=False, except_backend=one)
    assert not made(one, fallback=last).available.can_call("python", manual=False, except_backend=last)
    assert not made(one, other, fallback=last).available.can_call("python", manual=False, except_backend=last)


async def test_chat_is_detected_by_the_next_backend(made: MakeCalls) -> None:
    """Only the backend of the next call counts; without a backend there is no chat."""
    plain, chat = Scripted(), Scripted(name="chat")
    chat.chats = chat.thinks = True
    assert not made(plain, chat).available.chats("python", manual=True)
    assert made(chat, plain).available.chats("python", manual=True)
    assert not made(chat, records=CappedRecords()).available.chats("python", manual=False)
    assert made(plain, chat).available.may_think("python")
    assert not made(plain).available.may_think("python")


async def test_reason_for_no_backend(made: MakeCalls) -> None:
    """The reason is the cap, or the failure of the first backend; without either there is none."""
    assert made(Scripted()).available.unavailable_reason("python", manual=False) == ""
    assert (
        made(Scripted(), records=CappedRecords()).available.unavailable_reason("python", manual=False)
        == "the cap is reached"
    )
    calls = made(Scripted(fails(ErrorKind.BAD_KEY)), records=CappedRecords())
    started(calls, backend_request(manual=True))
    await asyncio.sleep(1)
    assert "bad key" in calls.available.unavailable_reason("python", manual=False)


async def test_failure_is_reported_and_counted(made: MakeCalls) -> None:
    """A failure of the fallback is not reported; a retry resets the failure."""
    errors: list[BackendError] = []
    ended: list[Flight] = []
    one, last = Scripted(fails(ErrorKind.BAD_KEY)), Scripted(fails(ErrorKind.BAD_KEY), name="last")
    calls = made(one, fallback=last, failed=errors.append, ended=ended.append)
    started(calls)
    await asyncio.sleep(1)
    assert (calls.available.breaker.failures, len(errors), calls._counters.failed) == (1, 1, 1)
    assert started(calls).backend is last
    await asyncio.sleep(1)
    assert (len(errors), calls._counters.failed, len(ended)) == (1, 1, 2)
    assert calls.available.retry() == "last"
    assert calls.available.breaker.failures == 0
    assert made(one).available.retry() == ""


async def test_calls_are_counted_by_kind(made: MakeCalls) -> None:
    """Requested calls and speculative ones have separate counters."""
    calls = made(Scripted(hangs(), hangs(), hangs()))
    started(calls)
    started(calls, speculative=True)
    started(calls, speculative=True)
    assert (calls._counters.calls, calls._counters.speculative) == (1, 2)
    assert [flight.speculative for flight in calls] == [True, True, False]


async def test_only_the_same_variant_joins_an_alternative(made: MakeCalls) -> None:
    """A request joins the newest call whose text may still answer it; another variant has another answer."""
    calls = made(Scripted(hangs(), hangs()))
    first = started(calls)
    second = started(calls, backend_request(alternative_index=2))
    assert calls.joinable(Prompt("x = ", "")) is first
    assert calls.joinable(Prompt("x = ", ""), 2) is second
    assert calls.joinable(Prompt("x = ", ""), 1) is None
    assert calls.joinable(Prompt("y = ", "")) is None


async def test_unused_calls_are_closed_for_new_ones(made: MakeCalls) -> None:
    """Calls without a waiting request are closed first, from old to new."""
    backend = Scripted(*[hangs()] * 3)
    calls = made(backend, max_calls=2)
    first, second = started(calls), started(calls)
    assert calls.has_free_slot()
    assert calls.has_free_slot(1)
    assert not calls.has_free_slot(2)
    third = started(calls)
    await asyncio.sleep(0.1)
    assert [flight.done for flight in (first, second, third)] == [True, False, False]


async def test_embedded_engine_uses_no_slot(made: MakeCalls) -> None:
    """It needs a model beside it."""
    model, own = Scripted(hangs(), hangs()), Scripted(streams("1"), name="own", paid=False)
    calls = made(model, fallback=own, max_calls=1)
    flight = calls.start_embedded(backend_request())
    assert flight is not None
    assert flight.backend is own
    assert calls.has_free_slot()
    assert calls.joinable(backend_request().prompt) is None
    assert made(model).start_embedded(backend_request()) is None
    assert made(model, fallback=own, records=CappedRecords()).start_embedded(backend_request()) is None
    await asyncio.sleep(1)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("x = 1", True),
        ("x", True),
        ("", True),
        ("x = " + "1" * 12, True),
        ("x = " + "1" * 13, False),
        ("y", True),
    ],
)
async def test_flight_is_near_if_few_characters_differ(made: MakeCalls, typed: str, near: bool) -> None:
    """Only the last typed characters may differ."""
    head = "a = [1, 2, 3]\n"
    flight = started(made(Scripted(hangs())), backend_request(head + "x = "))
    assert flight.is_near(Prompt(head + typed, "")) is near
    assert not flight.is_near(Prompt("b" + head[1:] + typed, ""))


async def test_record_names_the_requested_model(made: MakeCalls) -> None:
    """The requested model is recorded if no answer names one."""
    recorded: list[Any] = []

    class RecordingLedger(NoRecords):
        def record_call(self, call: Any) -> None:
            recorded.append(call)

    calls = made(Scripted(hangs("return")), records=RecordingLedger())
    flight = started(calls)
    await asyncio.sleep(1)
    flight.close()
    await flight.wait_closed()
    assert [(call.model, call.text, call.outcome) for call in recorded] == [
        ("scripted-1", "return", "stopped")
    ]


@pytest.mark.parametrize(
    ("finish_reason", "complete", "cacheable"),
    [
        ("stop", True, True),
        ("length", True, True),
        ("aborted", False, False),
        ("content_filter", False, True),
    ],
)
async def test_finish_of_an_answer(
    made: MakeCalls, finish_reason: Any, complete: bool, cacheable: bool
) -> None:
    """An answer that ends by itself or at its limit is complete; an interrupted one is no answer."""
    flight = started(made(Scripted(streams("return width", finish_reason=finish_reason))))
    await flight.wait_closed()
    assert (flight.complete, flight.cacheable) == (complete, cacheable)
    assert flight.cached_answer.complete is complete
    assert flight.text == ("return " if finish_reason == "length" else "return width")


async def test_empty_answer_is_kept_if_it_ended(made: MakeCalls) -> None:
    """An empty answer counts if the model ended it."""
    ended = started(made(Scripted(streams(""))))
    cut = started(made(Scripted(streams("", finish_reason="content_filter"))))
    await asyncio.sleep(1)
    assert (ended.cacheable, cut.cacheable) == (True, False)
    assert ended.cached_answer.text == ""


async def test_language_without_a_backend(made: MakeCalls) -> None:
    """No backend is called, and the reason says so; the fallback still answers."""
    one = Scripted()
    calls = made(one)
    calls.backends = calls.available._backends = Backends(one, None, (), (frozenset({"go"}),))
    assert calls.available.unavailable_reason("python", manual=False) == "no backend is set for python"
    assert not calls.available.can_call("python", manual=True)
    assert calls.start(backend_request()) is None
    assert calls.available.can_call("go", manual=True)
    assert repr(calls) == "<Calls []>"


async def test_failures_and_closed_calls_are_counted(made: MakeCalls) -> None:
    """A call that is closed before its end counts separately."""
    calls = made(Scripted(fails(ErrorKind.OVERLOAD), fails(ErrorKind.OVERLOAD), hangs(), hangs()))
    for _ in range(2):
        started(calls)
        await asyncio.sleep(5)
    assert calls._counters.failed == 2
    calls.available.retry()
    flights = [started(calls), started(calls)]
    await asyncio.sleep(1)
    for flight in flights:
        flight.close()
        await flight.wait_closed()
    assert (calls._counters.failed, calls._counters.stopped) == (2, 2)


async def test_unusable_calls_of_a_document_are_closed(made: MakeCalls) -> None:
    """Calls of other documents, and usable ones, stay open."""
    calls = made(Scripted(*[hangs()] * 4))
    cursors = [Cursor(uri=uri, language="python") for uri in ("a", "b", "b", "b")]
    prefixes = ("x = ", "x = ", "y = ", "x = 1")
    flights = [
        started(calls, BackendRequest(cursor=cursor, prompt=Prompt(prefix, ""), limits=AnswerLimits()))
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


@pytest.mark.parametrize(
    ("prefix", "fits"),
    [
        ("total = ", True),
        ("total = abc", True),
        ("total = abcd", False),
        ("total = f(x", True),
        ("total = f(xyz", True),
        ("total = f(xyzw", False),
        ("tot", True),
        ("other = ", False),
    ],
)
async def test_a_correction_makes_a_call_usable_again(made: MakeCalls, prefix: str, fits: bool) -> None:
    """Three characters of a typing error, or deleted ones, are soon typed otherwise; more are another text."""
    flight = started(made(Scripted(hangs("f("))), backend_request("total = "))
    await asyncio.sleep(1)
    assert flight.fits_after_correction(Prompt(prefix, "")) is fits


async def test_closing_ends_the_embedded_engines_calls(made: MakeCalls) -> None:
    """A call beside a model's ends, too, and its answer is not waited for."""
    calls = made(Scripted(), fallback=Scripted(hangs(), name="own", paid=False))
    flight = calls.start_embedded(backend_request())
    assert flight is not None
    await asyncio.sleep(1)
    await calls.close()
    assert flight.done


@pytest.mark.parametrize("embedded", [True, False])
async def test_finished_calls_use_no_memory(made: MakeCalls, embedded: bool) -> None:
    """The answers are kept, not the calls."""
    backends = Scripted(streams("1")), Scripted(streams("1"), name="own", paid=False)
    calls = made(backends[0], fallback=backends[1])
    flight = calls.start_embedded(backend_request()) if embedded else calls.start(backend_request())
    assert flight is not None
    await flight.wait_closed()
    await asyncio.sleep(1)
    known = weakref.ref(flight)
    backends[embedded].calls.clear()
    del flight
    gc.collect()
    assert known() is None


async def test_embedded_engines_call_is_no_speculative_one(made: MakeCalls) -> None:
    """A request waits for it."""
    calls = made(Scripted(), fallback=Scripted(streams("1"), name="own", paid=False))
    flight = calls.start_embedded(backend_request())
    assert flight is not None
    assert not flight.speculative
