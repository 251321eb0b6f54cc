"""Calls before a request, and several for one request: speculation and alternatives."""

import asyncio
from collections.abc import Callable
from typing import Literal

import pytest

from midfill.core.model import ErrorKind
from midfill.settings import RequestSettings, Settings, TimingSettings
from tests.engine.scripted import Scripted, fails, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]

RETURN, NEXT = "data = load(path)", "\n    rows = parse(data)"


@pytest.mark.parametrize(
    ("setting", "paid", "speculated"),
    [("auto", True, 0), ("auto", False, 1), ("always", True, 1), ("never", False, 0)],
)
async def test_speculative_call_is_made_if_calls_are_free(
    open_editor: OpenEditor, setting: Literal["auto", "always", "never"], paid: bool, speculated: int
) -> None:
    """The text after the shown suggestion is requested in advance, if calls are free or the setting says so."""
    settings = Settings(requests=RequestSettings(speculate=setting))
    editor = open_editor(Scripted(streams(RETURN), streams(NEXT), streams(""), paid=paid), settings=settings)
    completion = (await editor.ask()).suggestions[0].completion
    await asyncio.sleep(2)
    assert (editor.engine.counters.calls, editor.engine.counters.speculative) == (1, speculated)
    editor.take(completion)
    reply = editor.engine.reply_without_call(editor.request())
    assert (text_of(reply) if reply else None) == (NEXT if speculated else None)


async def test_shown_suggestion_causes_one_speculative_call(open_editor: OpenEditor) -> None:
    """A shown suggestion causes one speculative call; the call of one that is no longer shown is closed."""
    settings = Settings(requests=RequestSettings(speculate="always"))
    editor = open_editor(Scripted(streams(RETURN), hangs(), streams("x = 1"), hangs()), settings=settings)
    for _ in range(3):
        await editor.ask()
        await asyncio.sleep(0.1)
    assert editor.engine.counters.speculative == 1
    editor.go("import os\n\nvalue|")
    request = editor.start()
    await asyncio.sleep(1)
    assert editor.calls[1].end == "closed"
    assert editor.calls[1].over is not None
    request.cancel()


async def test_typing_along_keeps_the_speculative_call(open_editor: OpenEditor) -> None:
    """A speculative call stays open while the user types towards its place."""
    settings = Settings(requests=RequestSettings(speculate="always"))
    editor = open_editor(
        Scripted(streams(RETURN), streams(NEXT, first=1), hangs(), hangs()), settings=settings
    )
    await editor.ask()
    for char in RETURN[:6]:
        editor.type(char)
        assert editor.reply_without_call()
        await asyncio.sleep(0.05)
    await asyncio.sleep(2)
    assert editor.calls[1].end == "whole"


async def test_alternatives_are_distinct_and_valid_ones_are_first(open_editor: OpenEditor) -> None:
    """A manual request has several candidates, one call for each, without duplicates, valid ones first."""
    scripts = [
        streams("return width * * height"),
        streams("return width * height"),
        streams("return width * height"),
    ]
    editor = open_editor(Scripted(*scripts))
    reply = await editor.ask(manual=True, completion_count=3)
    texts = [suggestion.completion.text for suggestion in reply.suggestions]
    assert texts == ["return width * height", "return width * * height"]
    assert {call.backend_request.limits.alternative_index for call in editor.calls} == {0, 1, 2}


async def test_shown_suggestion_stays_the_first_alternative(open_editor: OpenEditor) -> None:
    """The shown suggestion stays first when the user requests others."""
    editor = open_editor(Scripted(streams("return height"), streams("return width"), streams("return 1")))
    await editor.ask()
    reply = await editor.ask(manual=True, completion_count=3)
    texts = [suggestion.completion.text for suggestion in reply.suggestions]
    assert texts[0] == "return height"
    assert set(texts) == {"return height", "return width", "return 1"}


async def test_a_known_answer_is_an_alternative_with_no_call(open_editor: OpenEditor) -> None:
    """Back at a place whose answer is cached, only the other candidates are asked for."""
    editor = open_editor(Scripted(streams("return height"), hangs(), streams("return width")))
    await editor.ask()
    place = f"{editor.before}|{editor.after}"
    editor.go("import os\n|")
    elsewhere = editor.start()
    await asyncio.sleep(0.5)
    editor.go(place)
    reply = await editor.ask(manual=True, completion_count=2)
    assert [of.completion.text for of in reply.suggestions] == ["return height", "return width"]
    assert len(editor.calls) == 3
    assert text_of(await elsewhere) == ""


async def test_repeated_request_returns_the_same_alternatives(open_editor: OpenEditor) -> None:
    """A repeated request at the same place has the same candidates."""
    editor = open_editor(Scripted(streams("return height"), streams("return width")))
    first = await editor.ask(manual=True, completion_count=2)
    assert await editor.ask(manual=True, completion_count=2) == first
    assert len(editor.calls) == 2


async def test_each_alternative_is_typed_along_and_accepted(open_editor: OpenEditor) -> None:
    """The choice that the user continues stays, without a call; accepting a part of it is no paste."""
    lines = "sum(\n        [width]\n    )"
    for typed, left in (("m", "ax(width)"), ("s", lines[1:])):
        editor = open_editor(
            Scripted(streams("max(width)"), streams(lines)), text="def area(width):\n    return |"
        )
        reply = await editor.ask(manual=True, completion_count=2)
        assert {suggestion.completion.text for suggestion in reply.suggestions} == {"max(width)", lines}
        editor.type(typed)
        assert editor.reply_without_call() == left
        assert len(editor.calls) == 2
    editor.type(lines[1:])
    reply = editor.engine.reply_without_call(editor.request()) or reply
    assert "pasted" not in reply.reason


async def test_cancelled_request_ends_the_calls_of_all_alternatives(open_editor: OpenEditor) -> None:
    """A request for several candidates that is cancelled, or superseded, closes the calls of all of them."""
    editor = open_editor(Scripted(*[hangs()] * 3))
    request = editor.start(manual=True, completion_count=3)
    await asyncio.sleep(0.5)
    assert len(editor.calls) == 3
    request.cancel()
    await asyncio.sleep(0.6)
    assert [call.over is None for call in editor.calls] == [False] * 3


async def test_late_alternatives_are_not_shown(open_editor: OpenEditor) -> None:
    """A request at another place ends the wait; what has arrived by then is dropped."""
    editor = open_editor(Scripted(hangs(), streams("return width"), streams("value")))
    older = editor.start(manual=True, completion_count=2)
    await asyncio.sleep(0.5)
    editor.go("import os\n\nother = |")
    newer = editor.start()
    await asyncio.sleep(0)
    moved = editor.now
    assert text_of(await older) == ""
    assert editor.now == moved
    assert text_of(await newer) == "value"
    assert editor.engine.first_line(editor.uri) == "value"


async def test_alternatives_are_returned_at_the_deadline(open_editor: OpenEditor) -> None:
    """At the deadline, the candidates that have arrived are returned."""
    settings = Settings(timing=TimingSettings(total_ms=2000))
    scripts = [hangs(), streams("return width"), streams("return height")]
    editor = open_editor(Scripted(*scripts), settings=settings)
    start = editor.now
    reply = await editor.ask(manual=True, completion_count=3)
    assert len(reply.suggestions) == 2
    assert editor.now - start <= 2.1


async def test_failed_alternative_is_omitted(open_editor: OpenEditor) -> None:
    """A failing alternative does not affect the others."""
    editor = open_editor(
        Scripted(fails(ErrorKind.OVERLOAD), streams("return width"), streams("return height"))
    )
    reply = await editor.ask(manual=True, completion_count=3)
    assert {suggestion.completion.text for suggestion in reply.suggestions} == {
        "return width",
        "return height",
    }


async def test_alternative_never_answers_an_automatic_request(open_editor: OpenEditor) -> None:
    """An alternative with a higher temperature never answers an automatic request."""
    scripts = {0: streams("return height"), 1: streams("return 1", first=0.6)}
    editor = open_editor(
        Scripted(otherwise=lambda backend_request: scripts[backend_request.limits.alternative_index])
    )
    await editor.ask(manual=True, completion_count=2)
    editor.engine._documents.clear()
    assert editor.reply_without_call() == "return height"
