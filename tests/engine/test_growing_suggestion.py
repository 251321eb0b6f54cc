"""A suggestion of which a part is shown while its answer streams: when it grows, and when the client is notified."""

import asyncio
from collections.abc import Callable

import pytest

from midfill.settings import Settings, TimingSettings
from tests.engine.scripted import Scripted, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]


async def partly_shown(
    open_editor: OpenEditor, answer: str = "return width * height + margin"
) -> SimulatedEditor:
    """Return an editor that shows a part of a line at the end of a burst of keys; the rest arrives later."""
    editor = open_editor(Scripted(streams(answer, each=0.2), hangs()))
    for char in "return":
        editor.start()
        await asyncio.sleep(0.15)
        editor.type(char)
    request = editor.start()
    await asyncio.sleep(0.2)
    assert text_of(request.result()) == " width *"
    return editor


async def test_accepted_part_of_a_line_causes_no_notification(open_editor: OpenEditor) -> None:
    """The suggestion is over for the editor; the next request gets what follows."""
    editor = await partly_shown(open_editor)
    reply = editor.engine.reply_without_call(editor.request())
    assert reply is not None
    editor.take(reply.suggestions[0].completion)
    await asyncio.sleep(3)
    assert editor.on_refresh == []
    assert editor.reply_without_call() == " height + margin"


async def test_dismissed_part_of_a_line_causes_no_notification(open_editor: OpenEditor) -> None:
    editor = await partly_shown(open_editor)
    editor.engine.dismissed(editor.uri)
    await asyncio.sleep(3)
    assert editor.on_refresh == []
    assert editor.reply_without_call() == ""


async def test_part_that_was_typed_along_grows(open_editor: OpenEditor) -> None:
    """The client is notified, and the rest has all of the line."""
    editor = await partly_shown(open_editor)
    editor.type(" wi")
    assert editor.reply_without_call() == "dth *"
    await asyncio.sleep(3)
    assert editor.on_refresh == [editor.uri]
    assert editor.reply_without_call() == "dth * height + margin"


async def test_part_ends_at_a_complete_word_while_it_grows(open_editor: OpenEditor) -> None:
    """A word at the end of the received text may continue, so only the text before it is shown."""
    editor = await partly_shown(open_editor, "return width * margin_of(height)")
    shown = []
    for _ in range(7):
        shown.append(editor.reply_without_call())
        await asyncio.sleep(0.2)
    assert list(dict.fromkeys(shown)) == [" width *", " width * margin_of(height)"]


@pytest.mark.parametrize(("text", "later"), [("x = |", "width * height"), ("x = | + y", "width *")])
async def test_suggestion_before_other_text_does_not_grow(
    open_editor: OpenEditor, text: str, later: str
) -> None:
    """What stands behind it would be pushed on at each step; the client is not notified either."""
    settings = Settings(timing=TimingSettings(total_ms=1_000))
    editor = open_editor(
        Scripted(streams("width * height", first=0.1, each=0.4)), settings=settings, text=text
    )
    assert text_of(await editor.ask(manual=True)) == "width *"
    assert editor.on_refresh == []
    await asyncio.sleep(3)
    assert editor.calls[0].end == "whole"
    assert editor.on_refresh == ([] if later == "width *" else [editor.uri])
    assert editor.reply_without_call() == later


async def test_suggestion_counts_as_seen_from_its_first_key(open_editor: OpenEditor) -> None:
    """Typed along for a second, then typed over: the user has seen it, so the next call waits longer."""
    waits = []
    for keys in (1, 8):
        editor = open_editor(
            Scripted(streams("return width * height"), hangs()),
            settings=Settings(timing=TimingSettings(debounce_min_ms=0)),
        )
        await editor.ask()
        for char in "return w"[:keys]:
            editor.type(char)
            assert editor.reply_without_call()
            await asyncio.sleep(0.12)
        editor.go("import os\n|")
        began = editor.now
        request = editor.start()
        await asyncio.sleep(0.5)
        request.cancel()
        waits.append(editor.calls[-1].begun - began)
    assert waits == [pytest.approx(0.018), pytest.approx(0.018 * 1.2, rel=1e-3)]


async def test_end_of_another_call_causes_no_notification(open_editor: OpenEditor) -> None:
    """The client is notified when the suggestion's own answer has ended."""
    editor = await partly_shown(open_editor)
    other = open_editor(editor.backend, beside=editor, uri="file:///b.py", text="value = |")
    editor.backend.scripts = [streams("load(1)", first=0.1)]
    await asyncio.sleep(0.6)
    assert text_of(await other.ask()) == "load(1)"
    assert editor.calls[0].over is None
    assert editor.on_refresh == []
    await asyncio.sleep(3)
    assert editor.on_refresh == [editor.uri]
