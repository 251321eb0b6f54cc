"""When a request is answered: newest wins, debounce, deadline, closing."""

import asyncio
import gc
from collections.abc import Callable

import pytest

from midfill.engine.request import SUPERSEDED
from midfill.settings import Settings, TimingSettings, TriggerSettings
from tests.engine.desk import Desk, text_of
from tests.engine.scripted import FIRST, Scripted, hangs, streams

pytestmark = pytest.mark.anyio

Sit = Callable[..., Desk]

AREA = "return width * height"


def timing(**values: int) -> Settings:
    return Settings(timing=TimingSettings(**values))


def waited(desk: Desk, since: float) -> float:
    """Return the seconds from `since` until the latest call began."""
    return desk.calls[-1].begun - since


# Newest wins.


async def test_the_newest_request_wins(sit: Sit) -> None:
    """Each request for a new place ends the one before, which is answered empty, in the same moment."""
    desk = sit(Scripted(hangs(), hangs(), streams(AREA)))
    old = desk.start()
    await asyncio.sleep(0.1)
    desk.go("import os\n|")
    mid = desk.start()
    await asyncio.sleep(0.1)
    assert old.result() == SUPERSEDED
    desk.go("def area(width, height):\n    total = 0\n    |")
    assert text_of(await desk.ask()) == AREA
    assert mid.result() == SUPERSEDED


async def test_a_request_that_is_superseded_while_it_rests_makes_no_call(sit: Sit) -> None:
    """Keys within the debounce cost nothing: only the last of a burst is asked for."""
    desk = sit(Scripted(streams(AREA[3:])), settings=timing(debounce_min_ms=100))
    requests = [desk.start()]
    for char in "ret":
        await asyncio.sleep(0.05)
        desk.type(char)
        requests.append(desk.start())
    assert text_of(await requests[-1]) != ""
    assert [request.result() for request in requests[:-1]] == [SUPERSEDED] * 3
    assert len(desk.calls) == 1


async def test_documents_do_not_supersede_each_other(sit: Sit) -> None:
    """The newest request of one document leaves those of another alone."""
    desk = sit(Scripted(streams(AREA), streams("compute()")))
    other = sit(desk.backend, beside=desk, uri="file:///b.py", text="value = |")
    one = desk.start()
    await asyncio.sleep(0.05)
    assert text_of(await other.ask()) == "compute()"
    assert text_of(await one) == AREA


@pytest.mark.parametrize(
    ("said", "shown"),
    [("r", ""), ("return wid", "return"), ("for side in sides:\n    tot", "for side in sides:")],
    ids=["a letter", "half a line", "a line and a half"],
)
async def test_what_is_worth_it_is_shown_at_the_deadline(sit: Sit, said: str, shown: str) -> None:
    """Of an answer that stalls, its whole lines are shown, else the complete tokens of its first line."""
    desk = sit(Scripted(hangs(said)), settings=Settings(timing=TimingSettings(total_ms=3_000)))
    assert text_of(await desk.ask()) == shown


async def test_what_is_known_ends_older_requests(sit: Sit) -> None:
    """An older request is answered also when the newest needs no call."""
    desk = sit(Scripted(streams(AREA), hangs()))
    await desk.ask()
    desk.go("import os\n|")
    old = desk.start()
    await asyncio.sleep(0.1)
    desk.go("def area(width, height):\n    |")
    assert desk.at_once() == AREA
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert old.done()
    await asyncio.sleep(0)
    assert desk.calls[1].over == desk.now


async def test_a_request_cancelled_before_its_first_step_leaves_nothing(sit: Sit) -> None:
    """A request and its cancellation that are read together make no call, and the next request is served."""
    desk = sit(Scripted(streams(AREA)))
    request = desk.start()
    request.cancel()
    await asyncio.wait([request])
    assert request.cancelled()
    await asyncio.sleep(1)
    assert desk.calls == []
    assert text_of(await desk.ask()) == AREA


@pytest.mark.parametrize("after", [0.0, 0.01, 0.1, FIRST + 0.03])
async def test_a_cancelled_request_is_gone_whenever_it_is_cancelled(sit: Sit, after: float) -> None:
    """Cancelled while it rests, before the first token or in mid-answer, a request waits no more."""
    desk = sit(Scripted(hangs("ret")))
    request = desk.start()
    await asyncio.sleep(after)
    request.cancel()
    await asyncio.wait([request])
    assert request.cancelled()
    assert not desk.engine._sessions[desk.uri].waiters
    await asyncio.sleep(1)
    assert all(call.over is not None for call in desk.calls)


# The debounce.


async def test_the_debounce_counts_from_the_key(sit: Sit) -> None:
    """What a request has spent on its way is taken off the wait."""
    desk = sit(Scripted(streams(AREA)), settings=timing(debounce_min_ms=200))
    request = desk.request()
    await asyncio.sleep(0.15)
    await desk.engine.complete(request)
    assert waited(desk, request.at) == pytest.approx(0.2)


@pytest.mark.parametrize(("least", "most"), [(200, 600), (0, 0), (1000, 1000)])
async def test_the_debounce_keeps_to_its_bounds(sit: Sit, least: int, most: int) -> None:
    """No wait is shorter or longer than the settings allow."""
    desk = sit(Scripted(streams(AREA)), settings=timing(debounce_min_ms=least, debounce_max_ms=most))
    start = desk.now
    await desk.ask()
    assert least / 1000 <= waited(desk, start) <= most / 1000


async def test_a_manual_request_is_not_debounced(sit: Sit) -> None:
    """Whoever asks by key has stopped typing."""
    desk = sit(Scripted(streams(AREA)), settings=timing(debounce_min_ms=400))
    start = desk.now
    await desk.ask(manual=True)
    assert waited(desk, start) == 0


async def test_there_is_no_debounce_right_after_an_accept(sit: Sit) -> None:
    """What comes after an accepted suggestion is asked for at once; after the next key there is a debounce again."""
    desk = sit(Scripted(streams(AREA), streams("\n\n"), streams("x")), settings=timing(debounce_min_ms=400))
    desk.take((await desk.ask()).suggestions[0].completion)
    start = desk.now
    await desk.ask()
    assert waited(desk, start) == 0
    desk.type("\n\n\n")
    start = desk.now
    await desk.ask()
    assert waited(desk, start) == pytest.approx(0.4)


async def mood(sit: Sit, told: Callable[[Desk], None]) -> float:
    """Return the wait after what was `told` ten times."""
    desk = sit(Scripted(hangs()), settings=timing(debounce_min_ms=0))
    for _ in range(10):
        told(desk)
    desk.engine._sessions.clear()
    start = desk.now
    request = desk.start()
    await asyncio.sleep(1)
    request.cancel()
    return waited(desk, start)


async def test_the_debounce_follows_the_mood(sit: Sit) -> None:
    """It is longer after rejections and shorter after acceptances."""
    plain = await mood(sit, lambda desk: None)
    rejected = await mood(sit, lambda desk: desk.engine.rejected(desk.uri))
    accepted = await mood(sit, lambda desk: desk.engine.accepted(desk.uri))
    assert accepted < plain < rejected


async def test_a_suggestion_that_was_seen_and_typed_over_is_a_rejection(sit: Sit) -> None:
    """Typing something else than what stood there for a second lengthens the wait; for a moment only, it does not."""
    waits = []
    for seen in (0.0, 1.0):
        desk = sit(Scripted(streams(AREA), hangs()), settings=timing(debounce_min_ms=0))
        await desk.ask()
        await asyncio.sleep(seen)
        desk.go("import os\n|")
        start = desk.now
        request = desk.start()
        await asyncio.sleep(0.5)
        request.cancel()
        waits.append(waited(desk, start))
    assert waits[0] < waits[1]


async def test_deletions_are_waited_out(sit: Sit) -> None:
    """While the user deletes, no call is made at each key: what is deleted is typed anew first."""
    desk = sit(Scripted(streams(" * height")), text="def area(width, height):\n    return widdddd|")
    for _ in range(3):
        await asyncio.sleep(0.12)
        desk.delete()
        desk.start()
    start = desk.now
    desk.delete()
    await desk.ask()
    assert len(desk.calls) == 1
    assert waited(desk, start) > 0.24


# Whether to ask at all.


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("x = | + y", Settings()),
        ("x|", Settings()),
        ("def area():\n    |", Settings(trigger=TriggerSettings(mode="manual"))),
        ("def area():\n    |", Settings(trigger=TriggerSettings(languages_off=("python",)))),
    ],
    ids=["mid-line", "too little text", "manual mode", "language off"],
)
async def test_where_nothing_is_asked_a_key_asks(sit: Sit, text: str, settings: Settings) -> None:
    """Typing asks nothing here, and the reply says why; asked by key, there is a call."""
    desk = sit(Scripted(streams("value")), text=text, settings=settings)
    reply = desk.engine.at_once(desk.request())
    assert reply is not None
    assert not reply.suggestions
    assert reply.reason
    assert desk.calls == []
    await desk.ask(manual=True)
    assert len(desk.calls) == 1


async def test_a_paste_asks_nothing(sit: Sit) -> None:
    """Right after several lines were pasted nothing is asked; after the next key it is."""
    desk = sit(Scripted(streams(AREA)))
    desk.type("a = 1\n    b = 2\n    c")
    assert desk.at_once() == ""
    desk.type(" ")
    assert desk.engine.at_once(desk.request()) is None


# The deadline.


async def test_at_the_deadline_there_is_an_answer(sit: Sit) -> None:
    """A backend that never says a word costs the user the deadline, and no more."""
    desk = sit(Scripted(hangs()), settings=timing(total_ms=3000))
    start = desk.now
    assert text_of(await desk.ask()) == ""
    assert desk.now - start == pytest.approx(3)


async def test_at_the_deadline_the_text_so_far_is_shown(sit: Sit) -> None:
    """What has come by the deadline is shown, also when it is only a part of a line."""
    desk = sit(Scripted(hangs("return width * ")), settings=timing(total_ms=3000))
    start = desk.now
    assert text_of(await desk.ask()) == "return width *"
    assert desk.now - start == pytest.approx(3)


# Closing.


async def test_closing_answers_everybody(sit: Sit) -> None:
    """When the engine is closed each request is answered, each call is ended, and the backends are given back."""
    fallback = Scripted()
    desk = sit(Scripted(hangs(), hangs()), fallback)
    other = sit(desk.backend, beside=desk, uri="file:///b.py", text="value = |")
    waiting = [desk.start(), other.start()]
    await asyncio.sleep(0.1)
    resting = sit(desk.backend, beside=desk, uri="file:///c.py", text="other = |").start()
    await asyncio.sleep(0.001)
    await desk.engine.close()
    await asyncio.wait([*waiting, resting], timeout=0.001)
    assert [request.result() for request in (*waiting, resting)] == [SUPERSEDED] * 3
    assert [call.end for call in desk.calls] == ["closed", "closed"]
    assert (desk.backend.closed, fallback.closed) == (1, 1)


async def test_closing_a_document_ends_its_calls(sit: Sit) -> None:
    """A document that is closed has its requests answered and its calls closed at once; others go on."""
    desk = sit(Scripted(hangs(), streams("compute()")))
    other = sit(desk.backend, beside=desk, uri="file:///b.py", text="value = |")
    one, two = desk.start(), other.start()
    await asyncio.sleep(0.1)
    desk.engine.forget(desk.uri)
    closed = desk.now
    assert await one == SUPERSEDED
    assert text_of(await two) == "compute()"
    assert desk.calls[0].over == closed


async def test_documents_leave_nothing_behind(sit: Sit) -> None:
    """Two hundred documents, opened, asked about and closed, leave no session and no flight."""
    first = sit(Scripted(*[streams(AREA)] * 200))
    for at in range(200):
        desk = Desk(first.backend, beside=first, uri=f"file:///{at}.py", text=f"def area_{at}():\n    |")
        desk.type("r")
        await desk.ask(manual=True)
        first.engine.forget(desk.uri)
    gc.collect()
    assert not first.engine._sessions
    assert not list(first.engine.calls)
    assert len(first.engine._answers) <= first.engine.settings.cache.capacity


async def test_warming_is_passed_on(sit: Sit) -> None:
    """The backend is told to get ready."""
    desk = sit(Scripted())
    await desk.engine.warm()
    assert desk.backend.warmed == 1
