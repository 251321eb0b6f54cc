"""Calls of different documents do not end each other: requests above the maximum wait in the queue."""

import asyncio
from collections.abc import Callable

import pytest

from midfill.core.model import ErrorKind, Prompt
from midfill.engine.request import TOO_MANY_CALLS
from midfill.engine.request_queue import RequestQueue
from midfill.engine.waiting_request import WaitingRequest
from midfill.settings import RequestSettings, Settings, TimingSettings
from tests.engine.scripted import Scripted, fails, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]


def editors(
    open_editor: OpenEditor,
    backend: Scripted,
    count: int,
    settings: Settings,
    fallback: Scripted | None = None,
) -> list[SimulatedEditor]:
    """Return editors with different documents and one engine."""
    first = open_editor(backend, fallback, settings=settings, text="first = |")
    others = [
        open_editor(backend, beside=first, uri=f"file:///{at}.py", text=f"value_{at} = |")
        for at in range(1, count)
    ]
    return [first, *others]


def running(backend: Scripted) -> int:
    return sum(1 for call in backend.calls if call.over is None)


@pytest.mark.parametrize("most", [1, 4, 32])
async def test_twenty_documents_are_answered_at_once(open_editor: OpenEditor, most: int) -> None:
    """With any maximum of calls, each document gets its answer, and no call is closed."""
    backend = Scripted(*[streams("compute()")] * 20)
    all_desks = editors(open_editor, backend, 20, Settings(requests=RequestSettings(max_flights=most)))
    replies = await asyncio.gather(*(editor.start() for editor in all_desks))
    assert [text_of(reply) for reply in replies] == ["compute()"] * 20
    assert [call.end for call in backend.calls] == ["whole"] * 20


async def test_maximum_number_of_calls_is_kept(open_editor: OpenEditor) -> None:
    """While requests wait in the queue, the maximum number of calls is in progress."""
    backend = Scripted(*[streams("compute()")] * 8)
    all_desks = editors(open_editor, backend, 8, Settings(requests=RequestSettings(max_flights=3)))
    requests = [editor.start() for editor in all_desks]
    while not all(request.done() for request in requests):
        await asyncio.sleep(0.01)
        assert running(backend) <= 3
    assert all(text_of(request.result()) for request in requests)


async def test_newest_request_is_served_first(open_editor: OpenEditor) -> None:
    """The latest request in the queue is served first, because the user is there."""
    backend = Scripted(*[streams("compute()")] * 4)
    all_desks = editors(open_editor, backend, 4, Settings(requests=RequestSettings(max_flights=1)))
    requests = []
    for editor in all_desks:
        requests.append(editor.start())
        await asyncio.sleep(0.03)
    await asyncio.gather(*requests)
    asked = [call.backend_request.cursor.uri for call in backend.calls]
    assert asked == [all_desks[0].uri, all_desks[3].uri, all_desks[2].uri, all_desks[1].uri]


async def test_queued_request_ends_at_the_deadline(open_editor: OpenEditor) -> None:
    """A request that is still in the queue gets an empty reply with the reason."""
    settings = Settings(requests=RequestSettings(max_flights=1), timing=TimingSettings(total_ms=2000))
    backend = Scripted(hangs(), otherwise=lambda backend_request: hangs())
    first, second = editors(open_editor, backend, 2, settings)
    requests = [first.start(), second.start()]
    began = first.now
    assert (await requests[1]).reason in {TOO_MANY_CALLS, "the model has nothing to suggest here"}
    assert "setting requests.max_flights" in TOO_MANY_CALLS
    await requests[0]
    assert first.now - began <= 2.1


async def test_superseded_request_in_the_queue_causes_no_call(open_editor: OpenEditor) -> None:
    """If the user types while the request waits, there is one call, at the latest cursor."""
    backend = Scripted(streams("compute()", first=1), streams("compute()"), streams("compute()"))
    first, second, third = editors(open_editor, backend, 3, Settings(requests=RequestSettings(max_flights=1)))
    requests = [first.start()]
    await asyncio.sleep(0.1)
    requests.append(third.start())
    await asyncio.sleep(0.1)
    for letter in "abc":
        requests.append(second.start())
        await asyncio.sleep(0.1)
        second.type(letter)
    requests.append(second.start())
    shown = [text_of(reply) for reply in await asyncio.gather(*requests)]
    assert [bool(text) for text in shown] == [True, True, False, False, False, True]
    assert len(backend.calls) == 3


async def test_unused_call_is_closed_for_a_queued_request(open_editor: OpenEditor) -> None:
    """A cancelled request's call lingers only while the queue is empty."""
    backend = Scripted(hangs(), streams("compute()"))
    first, second = editors(open_editor, backend, 2, Settings(requests=RequestSettings(max_flights=1)))
    gone = first.start()
    await asyncio.sleep(0.1)
    waiting = second.start()
    await asyncio.sleep(0.1)
    assert running(backend) == 1
    gone.cancel()
    cancelled = first.now
    assert text_of(await waiting) == "compute()"
    assert backend.calls[0].over == pytest.approx(cancelled, abs=0.001)


async def test_queued_requests_with_the_same_text_share_a_call(open_editor: OpenEditor) -> None:
    """Two documents with one text wait in the queue, and share a call."""
    backend = Scripted(streams("one()"), streams("two()"))
    first, second = editors(open_editor, backend, 2, Settings(requests=RequestSettings(max_flights=1)))
    copy = open_editor(backend, beside=first, uri="file:///copy.py", text="value_1 = |")
    replies = await asyncio.gather(first.start(), second.start(), copy.start())
    assert [text_of(reply) for reply in replies] == ["one()", "two()", "two()"]


async def test_alternatives_do_not_displace_the_first_completion(open_editor: OpenEditor) -> None:
    """With one free call, a request for three candidates gets one."""
    backend = Scripted(
        hangs(),
        otherwise=lambda backend_request: streams(f"compute({backend_request.limits.alternative_index})"),
    )
    first, second = editors(open_editor, backend, 2, Settings(requests=RequestSettings(max_flights=2)))
    first.start()
    await asyncio.sleep(0.1)
    reply = await second.ask(manual=True, completion_count=3)
    assert [one.completion.text for one in reply.suggestions] == ["compute(0)"]
    assert running(backend) == 1


async def test_fallback_answers_the_queue_after_a_failure(open_editor: OpenEditor) -> None:
    """After a failed call, the fallback answers the whole queue."""
    backend = Scripted(fails(ErrorKind.OVERLOAD))
    fallback = Scripted(*[streams("compute()", first=0)] * 6, name="fallback")
    all_desks = editors(open_editor, backend, 6, Settings(requests=RequestSettings(max_flights=1)), fallback)
    replies = await asyncio.gather(*(editor.start() for editor in all_desks))
    assert [text_of(reply) for reply in replies] == ["compute()"] * 6


async def test_superseded_request_wakes_the_next() -> None:
    """A request that is superseded just after its turn has come wakes the one behind it."""
    queue, waiting_requests = RequestQueue(), [WaitingRequest(Prompt(text, "")) for text in "abc"]
    waiting = [asyncio.ensure_future(queue.wait(waiting, 100)) for waiting in waiting_requests]
    await asyncio.sleep(0)
    queue.wake_next()
    waiting_requests[2].supersede()
    await asyncio.sleep(1)
    assert [wait.done() for wait in waiting] == [False, True, True]
    queue.wake_next()
    await asyncio.gather(*waiting)
    assert len(queue) == 0


@pytest.mark.parametrize("ended", ["superseded", "served"])
async def test_turn_that_nobody_needs_is_passed_on(ended: str) -> None:
    """Of two requests, the newer one has the turn; only if it is superseded just then, the other one has it, too."""
    queue, requests = RequestQueue(), [WaitingRequest(Prompt(text, "")) for text in "ab"]
    turns = [asyncio.ensure_future(queue.wait(waiting, 100)) for waiting in requests]
    await asyncio.sleep(0)
    assert len(queue) == 2
    queue.wake_next()
    if ended == "superseded":
        requests[1].supersede()
    await asyncio.sleep(1)
    assert [turn.done() for turn in turns] == [ended == "superseded", True]
    assert len(queue) == (0 if ended == "superseded" else 1)
    requests[0].supersede()
    await asyncio.gather(*turns)
    assert len(queue) == 0


async def test_request_leaves_the_queue_when_its_time_is_over() -> None:
    """A turn that comes later is for another one."""
    queue, requests = RequestQueue(), [WaitingRequest(Prompt(text, "")) for text in "ab"]
    turns = [
        asyncio.ensure_future(queue.wait(waiting, seconds))
        for waiting, seconds in zip(requests, (100, 1), strict=True)
    ]
    await asyncio.sleep(2)
    assert [turn.done() for turn in turns] == [False, True]
    queue.wake_next()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert turns[0].done()
