"""When a request is answered: newest wins, debounce, deadline, closing."""

import asyncio
import gc
from collections.abc import Callable

import pytest

from midfill.engine.request import SUPERSEDED
from midfill.settings import Settings, TimingSettings, TriggerSettings
from tests.engine.scripted import FIRST, Scripted, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]

AREA = "return width * height"


def timing(**values: int) -> Settings:
    return Settings(timing=TimingSettings(**values))


def waited(editor: SimulatedEditor, since: float) -> float:
    """Return the seconds from `since` until the latest call began."""
    return editor.calls[-1].begun - since


# Newest wins.


async def test_newer_request_supersedes_an_older_one(open_editor: OpenEditor) -> None:
    """Each request for a new place supersedes the previous one, which is answered empty at once."""
    editor = open_editor(Scripted(hangs(), hangs(), streams(AREA)))
    old = editor.start()
    await asyncio.sleep(0.1)
    editor.go("import os\n|")
    mid = editor.start()
    await asyncio.sleep(0.1)
    assert old.result() == SUPERSEDED
    editor.go("def area(width, height):\n    total = 0\n    |")
    assert text_of(await editor.ask()) == AREA
    assert mid.result() == SUPERSEDED


async def test_automatic_request_does_not_supersede_a_manual_one_at_its_place(
    open_editor: OpenEditor,
) -> None:
    """Neovim sends an automatic request 200 ms after a key, also after a manual one; no call is allowed for it here."""
    editor = open_editor(Scripted(streams("width")), text="area = | + other")
    manual = editor.start(manual=True)
    await asyncio.sleep(0.1)
    assert text_of(await editor.ask()) == ""
    assert text_of(await manual) == "width"


async def test_superseded_request_makes_no_call_during_the_debounce(open_editor: OpenEditor) -> None:
    """Keys within the debounce cause no call: only the last of a burst does."""
    editor = open_editor(Scripted(streams(AREA[3:])), settings=timing(debounce_min_ms=100))
    requests = [editor.start()]
    for char in "ret":
        await asyncio.sleep(0.05)
        editor.type(char)
        requests.append(editor.start())
    assert text_of(await requests[-1]) != ""
    assert [request.result() for request in requests[:-1]] == [SUPERSEDED] * 3
    assert len(editor.calls) == 1


async def test_documents_do_not_supersede_each_other(open_editor: OpenEditor) -> None:
    """The newest request of one document does not supersede those of another."""
    editor = open_editor(Scripted(streams(AREA), streams("compute()")))
    other = open_editor(editor.backend, beside=editor, uri="file:///b.py", text="value = |")
    one = editor.start()
    await asyncio.sleep(0.05)
    assert text_of(await other.ask()) == "compute()"
    assert text_of(await one) == AREA


@pytest.mark.parametrize(
    ("answer", "shown"),
    [("r", ""), ("return wid", "return"), ("for side in sides:\n    tot", "for side in sides:")],
    ids=["a letter", "half a line", "a line and a half"],
)
async def test_complete_text_is_shown_at_the_deadline(
    open_editor: OpenEditor, answer: str, shown: str
) -> None:
    """The complete lines of a stalled answer are shown, or the complete tokens of its first line."""
    editor = open_editor(Scripted(hangs(answer)), settings=Settings(timing=TimingSettings(total_ms=3_000)))
    assert text_of(await editor.ask()) == shown


async def test_known_answer_ends_older_requests(open_editor: OpenEditor) -> None:
    """An older request is answered, even if the newest needs no call."""
    editor = open_editor(Scripted(streams(AREA), hangs()))
    await editor.ask()
    editor.go("import os\n|")
    old = editor.start()
    await asyncio.sleep(0.1)
    editor.go("def area(width, height):\n    |")
    assert editor.reply_without_call() == AREA
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert old.done()
    await asyncio.sleep(0)
    assert editor.calls[1].over == editor.now


async def test_request_cancelled_before_its_first_step_causes_no_call(open_editor: OpenEditor) -> None:
    """A request and its cancellation in one read cause no call, and the next request is answered."""
    editor = open_editor(Scripted(streams(AREA)))
    request = editor.start()
    request.cancel()
    await asyncio.wait([request])
    assert request.cancelled()
    await asyncio.sleep(1)
    assert editor.calls == []
    assert text_of(await editor.ask()) == AREA


@pytest.mark.parametrize("after", [0.0, 0.01, 0.1, FIRST + 0.03])
async def test_cancelled_request_ends_at_once(open_editor: OpenEditor, after: float) -> None:
    """A request that is cancelled during the debounce, before the first token or during the answer ends at once."""
    editor = open_editor(Scripted(hangs("ret")))
    request = editor.start()
    await asyncio.sleep(after)
    request.cancel()
    await asyncio.wait([request])
    assert request.cancelled()
    assert not editor.engine._documents[editor.uri].waiting_requests
    await asyncio.sleep(1)
    assert all(call.over is not None for call in editor.calls)


# The debounce.


async def test_debounce_counts_from_the_keystroke(open_editor: OpenEditor) -> None:
    """The time that a request has already taken is subtracted from the debounce."""
    editor = open_editor(Scripted(streams(AREA)), settings=timing(debounce_min_ms=200))
    request = editor.request()
    await asyncio.sleep(0.15)
    await editor.engine.complete(request)
    assert waited(editor, request.at) == pytest.approx(0.2)


@pytest.mark.parametrize(("least", "most"), [(200, 600), (0, 0), (1000, 1000)])
async def test_debounce_is_within_its_bounds(open_editor: OpenEditor, least: int, most: int) -> None:
    """The debounce is within the bounds of the settings."""
    editor = open_editor(
        Scripted(streams(AREA)), settings=timing(debounce_min_ms=least, debounce_max_ms=most)
    )
    start = editor.now
    await editor.ask()
    assert least / 1000 <= waited(editor, start) <= most / 1000


async def test_manual_request_is_not_debounced(open_editor: OpenEditor) -> None:
    """A manual request has no debounce."""
    editor = open_editor(Scripted(streams(AREA)), settings=timing(debounce_min_ms=400))
    start = editor.now
    await editor.ask(manual=True)
    assert waited(editor, start) == 0


async def test_no_debounce_after_an_acceptance(open_editor: OpenEditor) -> None:
    """After an acceptance the next request has no debounce; after the next key there is one again."""
    editor = open_editor(
        Scripted(streams(AREA), streams("\n\n"), streams("x")), settings=timing(debounce_min_ms=400)
    )
    editor.take((await editor.ask()).suggestions[0].completion)
    start = editor.now
    await editor.ask()
    assert waited(editor, start) == 0
    editor.type("\n\n\n")
    start = editor.now
    await editor.ask()
    assert waited(editor, start) == pytest.approx(0.4)


async def debounce_after(open_editor: OpenEditor, report: Callable[[SimulatedEditor], None]) -> float:
    """Return the debounce after ten calls of `report`."""
    editor = open_editor(Scripted(hangs()), settings=timing(debounce_min_ms=0))
    for _ in range(10):
        report(editor)
    editor.engine._documents.clear()
    start = editor.now
    request = editor.start()
    await asyncio.sleep(1)
    request.cancel()
    return waited(editor, start)


async def test_debounce_depends_on_acceptances(open_editor: OpenEditor) -> None:
    """The debounce is longer after dismissals and shorter after acceptances."""
    plain = await debounce_after(open_editor, lambda editor: None)
    dismissed = await debounce_after(open_editor, lambda editor: editor.engine.dismissed(editor.uri))
    accepted = await debounce_after(open_editor, lambda editor: editor.engine.accepted(editor.uri))
    assert accepted < plain < dismissed


async def test_typing_over_a_visible_suggestion_is_a_rejection(open_editor: OpenEditor) -> None:
    """Typing over a suggestion that was shown for a second lengthens the debounce; one shown for a moment does not."""
    waits = []
    for seen in (0.0, 1.0):
        editor = open_editor(Scripted(streams(AREA), hangs()), settings=timing(debounce_min_ms=0))
        await editor.ask()
        await asyncio.sleep(seen)
        editor.go("import os\n|")
        start = editor.now
        request = editor.start()
        await asyncio.sleep(0.5)
        request.cancel()
        waits.append(waited(editor, start))
    assert waits[0] < waits[1]


async def test_deletions_delay_the_call(open_editor: OpenEditor) -> None:
    """While the user deletes, not every key causes a call, because a replacement usually follows."""
    editor = open_editor(Scripted(streams(" * height")), text="def area(width, height):\n    return widdddd|")
    for _ in range(3):
        await asyncio.sleep(0.12)
        editor.delete()
        editor.start()
    start = editor.now
    editor.delete()
    await editor.ask()
    assert len(editor.calls) == 1
    assert waited(editor, start) > 0.24


# Reasons for no call.


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
async def test_only_a_manual_request_causes_a_call_here(
    open_editor: OpenEditor, text: str, settings: Settings
) -> None:
    """Typing causes no call here, and the reply has the reason; a manual request causes one."""
    editor = open_editor(Scripted(streams("value")), text=text, settings=settings)
    reply = editor.engine.reply_without_call(editor.request())
    assert reply is not None
    assert not reply.suggestions
    assert reply.reason
    assert editor.calls == []
    await editor.ask(manual=True)
    assert len(editor.calls) == 1


async def test_no_suggestion_is_shown_where_no_call_is_allowed(open_editor: OpenEditor) -> None:
    """The suggestion of the last place is over, and an older request is answered empty at once."""
    editor = open_editor(Scripted(streams(AREA), hangs()))
    await editor.ask()
    place = f"{editor.before}|{editor.after}"
    editor.go("value|able")
    assert editor.reply_without_call() == ""
    assert editor.engine.first_line(editor.uri) == ""
    editor.go("import os\n|")
    old = editor.start()
    await asyncio.sleep(0.1)
    editor.go("value|able")
    moved = editor.now
    assert editor.reply_without_call() == ""
    assert text_of(await old) == ""
    assert editor.now == moved
    editor.go(place)
    assert editor.reply_without_call() == AREA


async def test_paste_causes_no_call(open_editor: OpenEditor) -> None:
    """Right after a paste of several lines there is no call; after the next key there is."""
    editor = open_editor(Scripted(streams(AREA)))
    editor.type("a = 1\n    b = 2\n    c")
    assert editor.reply_without_call() == ""
    editor.type(" ")
    assert editor.engine.reply_without_call(editor.request()) is None


# The deadline.


async def test_request_is_answered_at_the_deadline(open_editor: OpenEditor) -> None:
    """A backend that never answers delays a reply until the deadline."""
    editor = open_editor(Scripted(hangs()), settings=timing(total_ms=3000))
    start = editor.now
    assert text_of(await editor.ask()) == ""
    assert editor.now - start == pytest.approx(3)


async def test_received_text_is_shown_at_the_deadline(open_editor: OpenEditor) -> None:
    """The text received by the deadline is shown, even if it is only a part of a line."""
    editor = open_editor(Scripted(hangs("return width * ")), settings=timing(total_ms=3000))
    start = editor.now
    assert text_of(await editor.ask()) == "return width *"
    assert editor.now - start == pytest.approx(3)


# Closing.


async def test_closed_engine_answers_all_requests(open_editor: OpenEditor) -> None:
    """Closing the engine answers each request, ends each call, and closes the backends."""
    fallback = Scripted()
    editor = open_editor(Scripted(hangs(), hangs()), fallback)
    other = open_editor(editor.backend, beside=editor, uri="file:///b.py", text="value = |")
    waiting = [editor.start(), other.start()]
    await asyncio.sleep(0.1)
    resting = open_editor(editor.backend, beside=editor, uri="file:///c.py", text="other = |").start()
    await asyncio.sleep(0.001)
    await editor.engine.close()
    await asyncio.wait([*waiting, resting], timeout=0.001)
    assert [request.result() for request in (*waiting, resting)] == [SUPERSEDED] * 3
    assert [call.end for call in editor.calls] == ["closed", "closed"]
    assert (editor.backend.closed, fallback.closed) == (1, 1)


async def test_closed_document_ends_its_calls(open_editor: OpenEditor) -> None:
    """Closing a document answers its requests and closes its calls at once; others continue."""
    editor = open_editor(Scripted(hangs(), streams("compute()")))
    other = open_editor(editor.backend, beside=editor, uri="file:///b.py", text="value = |")
    one, two = editor.start(), other.start()
    await asyncio.sleep(0.1)
    editor.engine.document_closed(editor.uri)
    closed = editor.now
    assert await one == SUPERSEDED
    assert text_of(await two) == "compute()"
    assert editor.calls[0].over == closed


async def test_closed_documents_use_no_memory(open_editor: OpenEditor) -> None:
    """Two hundred documents that are opened, completed and closed leave no session and no flight."""
    first = open_editor(Scripted(*[streams(AREA)] * 200))
    for at in range(200):
        editor = SimulatedEditor(
            first.backend, beside=first, uri=f"file:///{at}.py", text=f"def area_{at}():\n    |"
        )
        editor.type("r")
        await editor.ask(manual=True)
        first.engine.document_closed(editor.uri)
    gc.collect()
    assert not first.engine._documents
    assert not list(first.engine.calls)
    assert len(first.engine._answers) <= first.engine.settings.cache.capacity


async def test_warm_is_forwarded_to_the_backend(open_editor: OpenEditor) -> None:
    """The backend's `warm` is called."""
    editor = open_editor(Scripted())
    await editor.engine.warm()
    assert editor.backend.warmed == 1
