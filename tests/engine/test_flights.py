"""Calls are shared while a request can use them, and closed otherwise."""

import asyncio
from collections.abc import Callable

import pytest

from midfill.settings import RequestSettings, Settings, TimingSettings
from tests.engine.scripted import FIRST, Script, Scripted, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]

AREA = "return width * height"
LINGER = 0.5
SOON = 0.02
"""Seconds of the shortest debounce."""


async def cancel(task: "asyncio.Task[object]") -> None:
    task.cancel()
    await asyncio.wait([task])


async def test_popup_and_inline_requests_share_one_call(open_editor: OpenEditor) -> None:
    """Two requests for one key, at one place, share a call and are both answered."""
    editor = open_editor(Scripted(streams(AREA)))
    replies = await asyncio.gather(editor.start(), editor.start())
    assert [text_of(reply) for reply in replies] == [AREA, AREA]
    assert len(editor.calls) == 1


async def test_later_request_for_the_same_place_joins_the_call(open_editor: OpenEditor) -> None:
    """A request for a prompt with an in-flight call waits for that call, without a debounce."""
    editor = open_editor(Scripted(streams(AREA)))
    first = editor.start()
    await asyncio.sleep(0.1)
    second = editor.start()
    assert text_of(await first) == text_of(await second) == AREA
    assert editor.now == editor.calls[0].over
    assert editor.engine.counters.joined == 1


async def test_documents_with_the_same_text_share_a_call(open_editor: OpenEditor) -> None:
    """Calls are shared by prompt, not by document."""
    editor = open_editor(Scripted(streams(AREA)))
    other = open_editor(editor.backend, beside=editor, uri="file:///copy.py")
    replies = await asyncio.gather(editor.start(), other.start())
    assert [text_of(reply) for reply in replies] == [AREA, AREA]
    assert len(editor.calls) == 1


async def test_typing_along_joins_a_flight(open_editor: OpenEditor) -> None:
    """During a call the user types along; each key waits for that call and gets the rest of its answer."""
    editor = open_editor(Scripted(streams(AREA)))
    requests = [editor.start()]
    for char in "retur":
        await asyncio.sleep(0.04)
        editor.type(char)
        requests.append(editor.start())
    assert text_of(await requests[-1]).startswith("n ")
    assert len(editor.calls) == 1
    assert [text_of(await request) for request in requests[:-1]] == [""] * 5


async def test_agreeing_text_joins_a_partial_answer(open_editor: OpenEditor) -> None:
    """A call with partial text is joined while the typed text agrees with it."""
    editor = open_editor(Scripted(streams(AREA, each=0.2)))
    editor.start()
    await asyncio.sleep(SOON + FIRST + 0.25)
    assert editor.calls[0].sent == "return"
    editor.type("retu")
    assert text_of(await editor.ask()) == AREA[4:]
    assert len(editor.calls) == 1


async def test_contradicting_text_does_not_join_a_partial_answer(open_editor: OpenEditor) -> None:
    """Text that differs from the partial answer needs another call."""
    editor = open_editor(Scripted(streams(AREA, each=0.2), streams("ss")))
    editor.start()
    await asyncio.sleep(SOON + FIRST + 0.25)
    editor.type("pa")
    assert text_of(await editor.ask()) == "ss"
    assert len(editor.calls) == 2


async def test_unusable_flight_is_closed_at_once(open_editor: OpenEditor) -> None:
    """A request from another place closes the first call at once."""
    editor = open_editor(Scripted(hangs("return"), streams(AREA)))
    editor.start()
    await asyncio.sleep(1)
    editor.go("import os\n\nprint(|")
    asked = editor.now
    await editor.ask()
    assert (editor.calls[0].end, editor.calls[0].over) == ("closed", asked)
    assert editor.engine.counters.stopped == 1


async def test_cancelled_flight_lingers(open_editor: OpenEditor) -> None:
    """A call whose request was cancelled is closed half a second later if no other request follows."""
    editor = open_editor(Scripted(hangs()))
    request = editor.start()
    await asyncio.sleep(0.1)
    await cancel(request)
    cancelled = editor.now
    await asyncio.sleep(2)
    assert editor.calls[0].over == pytest.approx(cancelled + LINGER)


async def test_lingering_flight_is_joined(open_editor: OpenEditor) -> None:
    """Editors cancel just before the next request: within half a second that request joins the call."""
    editor = open_editor(Scripted(streams(AREA, first=2, each=0.0005)))
    request = editor.start()
    await asyncio.sleep(0.1)
    for char in "ret":
        await cancel(request)
        editor.type(char)
        await asyncio.sleep(0.4)
        request = editor.start()
        await asyncio.sleep(0.1)
    assert text_of(await request) == AREA[3:]
    assert len(editor.calls) == 1


async def test_answer_of_a_lingering_flight_is_kept(open_editor: OpenEditor) -> None:
    """Text that arrives while a cancelled call lingers is an ordinary answer."""
    editor = open_editor(Scripted(streams(AREA)))
    request = editor.start()
    await asyncio.sleep(0.1)
    await cancel(request)
    await asyncio.sleep(1)
    assert editor.calls[0].end == "whole"
    assert editor.reply_without_call() == AREA


async def test_corrected_typing_error_keeps_the_flight(open_editor: OpenEditor) -> None:
    """A typing error does not close the call; if it is deleted in time, the call answers."""
    editor = open_editor(Scripted(streams(AREA, first=0.4), streams("")))
    editor.start()
    await asyncio.sleep(0.3)
    editor.type("x")
    editor.start()
    await asyncio.sleep(0.01)
    editor.delete()
    shown = text_of(await editor.ask())
    assert shown
    assert AREA.startswith(shown)  # In a burst of typing, a part is shown as soon as it arrives.
    await asyncio.sleep(1)
    assert editor.reply_without_call() == AREA
    assert len(editor.calls) == 1


async def test_uncorrected_typing_error_closes_the_flight(open_editor: OpenEditor) -> None:
    """A call that has been unusable for half a second is closed."""
    editor = open_editor(Scripted([*streams("return", first=0.1, each=0.1)[:2], *hangs()], streams("x")))
    editor.start()
    await asyncio.sleep(0.2)
    editor.type("x")
    slipped = editor.now
    editor.start()
    await asyncio.sleep(2)
    assert editor.calls[0].end == "closed"
    assert editor.calls[0].over == pytest.approx(slipped + LINGER)


async def test_streaming_answer_may_end_after_a_typing_error(open_editor: OpenEditor) -> None:
    """An answer that streams after half a second may end by itself, because closing it costs a connection."""
    editor = open_editor(Scripted(streams(AREA * 2, first=0.4, each=0.05), streams("x")))
    editor.start()
    await asyncio.sleep(0.3)
    editor.type("x")
    editor.start()
    await asyncio.sleep(2)
    assert editor.calls[0].end == "whole"


async def test_long_answer_is_closed_after_a_typing_error(open_editor: OpenEditor) -> None:
    """An answer that still streams after a second is closed."""
    editor = open_editor(Scripted(streams(AREA * 20, first=0.2, each=0.05), streams("x")))
    editor.start()
    await asyncio.sleep(0.3)
    editor.type("x")
    slipped = editor.now
    editor.start()
    await asyncio.sleep(2)
    assert editor.calls[0].end == "closed"
    assert editor.calls[0].over == pytest.approx(slipped + 2 * LINGER)


LONG_LINE = "load(" + ", ".join(f"value_{row}" for row in range(50)) + ")"


@pytest.mark.parametrize(
    ("head", "unusable"),
    [("", hangs("ret")), ("return ", streams(LONG_LINE, each=0.02))],
    ids=["", "streaming"],
)
async def test_typo_closes_a_long_answer_sooner(open_editor: OpenEditor, head: str, unusable: Script) -> None:
    """If most answers are long, an unusable one costs many tokens: its call is closed after 50 ms, streaming or not."""
    endless = "load(1)\n" + "".join(f"value_{row} = load({row})\n" for row in range(200))
    editor = open_editor(Scripted(streams(endless), streams(endless), unusable, streams("x")))
    for number in range(2):
        editor.go(f"value_{number} = |")
        await editor.ask()
        await asyncio.sleep(30)
    editor.go(f"def area(width, height):\n    {head}|")
    editor.start()
    await asyncio.sleep(0.4)
    editor.type("x")
    slipped = editor.now
    editor.start()
    await asyncio.sleep(2)
    assert editor.calls[2].over == pytest.approx(slipped + LINGER / 10)


async def test_unused_flight_is_closed_first(open_editor: OpenEditor) -> None:
    """Above the maximum, a lingering call is closed before one with a waiting request."""
    settings = Settings(requests=RequestSettings(max_flights=2), timing=TimingSettings(linger_ms=9_000))
    first = open_editor(Scripted(*[hangs()] * 3), settings=settings)
    second = open_editor(first.backend, beside=first, uri="file:///b.py", text="second = |")
    third = open_editor(first.backend, beside=first, uri="file:///c.py", text="third = |")
    first.start()
    await asyncio.sleep(0.1)
    request = second.start()
    await asyncio.sleep(0.1)
    await cancel(request)
    third.start()
    await asyncio.sleep(0.1)
    assert [call.over is None for call in first.calls] == [True, False, True]


async def test_twenty_documents_are_answered_at_once(open_editor: OpenEditor) -> None:
    """Documents do not wait for each other."""
    settings = Settings(requests=RequestSettings(max_flights=32))
    first = open_editor(Scripted(*[streams("compute()")] * 20), settings=settings, text="first = |")
    editors = [first] + [
        open_editor(first.backend, beside=first, uri=f"file:///{at}.py", text=f"value_{at} = |")
        for at in range(19)
    ]
    replies = await asyncio.gather(*(editor.start() for editor in editors))
    assert [text_of(reply) for reply in replies] == ["compute()"] * 20
    assert max(call.begun for call in first.calls) == min(call.begun for call in first.calls)


async def test_answered_flight_lingers_after_a_typing_error(open_editor: OpenEditor) -> None:
    """A call whose first line is shown, and which is read ahead, is closed half a second after text that differs."""
    editor = open_editor(Scripted(hangs("total = 0\n    for"), hangs()))
    assert text_of(await editor.ask()) == "total = 0"
    editor.type("x")
    slipped = editor.now
    editor.start()
    await asyncio.sleep(2)
    assert editor.calls[0].over == pytest.approx(slipped + LINGER)


async def test_flight_that_turns_out_useless_is_closed_at_once(open_editor: OpenEditor) -> None:
    """The user has typed other text than the answer begins with, and more than would be corrected."""
    editor = open_editor(Scripted(streams(AREA), streams("\n    return 0")))
    editor.start()
    await asyncio.sleep(0.1)
    editor.type("print(width, height)")
    reply = await editor.ask()
    assert text_of(reply) == "\n    return 0"
    assert editor.calls[0].over == pytest.approx(editor.calls[0].begun + FIRST)


async def test_description_of_a_call_has_no_text(open_editor: OpenEditor) -> None:
    """It has the backend, the size of the answer, and how many requests wait."""
    editor = open_editor(Scripted(streams(AREA, each=0.5)))
    editor.start()
    await asyncio.sleep(SOON + FIRST + 0.01)
    (flight,) = editor.engine.calls
    assert repr(editor.engine.calls) == "<Calls [<Flight of scripted, 4 characters, 1 waiting>]>"
    await flight.wait_closed()
    assert repr(flight) == f"<Flight of scripted, {len(AREA)} characters, done>"


async def test_abandoned_flight_that_ends_is_an_ordinary_answer(open_editor: OpenEditor) -> None:
    """Nothing happens when its time is over afterwards."""
    editor = open_editor(Scripted(streams(AREA)))
    request = editor.start()
    await asyncio.sleep(0.2)
    await cancel(request)
    await asyncio.sleep(5)
    assert editor.calls[0].end == "whole"
    assert editor.engine.counters.stopped == 0
    assert editor.reply_without_call() == AREA


async def test_second_cancellation_does_not_extend_the_time(open_editor: OpenEditor) -> None:
    """A call lingers from the first moment without a request."""
    editor = open_editor(Scripted(hangs()))
    request = editor.start()
    await asyncio.sleep(0.1)
    await cancel(request)
    cancelled = editor.now
    (flight,) = editor.engine.calls
    await asyncio.sleep(0.3)
    editor.engine.calls.release(flight)
    await asyncio.sleep(2)
    assert editor.calls[0].over == pytest.approx(cancelled + LINGER)


async def test_text_that_is_typed_ahead_of_an_answer_has_no_rest_yet(open_editor: OpenEditor) -> None:
    """At the deadline there is nothing to show; the answer may still go on as the user has typed."""
    settings = Settings(timing=TimingSettings(total_ms=2_000))
    editor = open_editor(Scripted(hangs("ret")), settings=settings)
    editor.start()
    await asyncio.sleep(0.5)
    editor.type("return")
    assert text_of(await editor.ask()) == ""
    assert len(editor.calls) == 1
