"""Calls before a request, and several for one request: speculation and alternatives."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest

from midfill.core.model import ErrorKind, FinishReason
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


def by_index(*texts: str) -> Scripted:
    """Return a backend whose call for each alternative has its own text."""
    return Scripted(otherwise=lambda asked: streams(texts[asked.limits.alternative_index]))


@pytest.mark.parametrize(("is_shown", "first"), [(False, "return (width)"), (True, "return (width")])
async def test_only_a_shown_suggestion_stays_before_a_valid_one(
    open_editor: OpenEditor, is_shown: bool, first: str
) -> None:
    """The first call's answer has a syntax error; it is only kept first if the user sees it already."""
    editor = open_editor(by_index("return (width", "return (width)"))
    if is_shown:
        editor.backend.scripts = [streams("return (width")]
        assert text_of(await editor.ask(manual=True)) == "return (width"
    reply = await editor.ask(manual=True, completion_count=2)
    assert text_of(reply) == first
    assert len(reply.suggestions) == 2


async def test_alternatives_are_returned_when_the_last_call_has_ended(open_editor: OpenEditor) -> None:
    """The reply does not wait for the deadline."""
    scripts = [streams("return height"), streams("return 1", first=1.5)]
    editor = open_editor(Scripted(otherwise=lambda asked: scripts[asked.limits.alternative_index]))
    reply = await editor.ask(manual=True, completion_count=2)
    assert len(reply.suggestions) == 2
    assert editor.now == editor.calls[0].over


async def test_reply_says_that_no_alternative_has_text(open_editor: OpenEditor) -> None:
    editor = open_editor(by_index("", "", ""))
    reply = await editor.ask(manual=True, completion_count=3)
    assert (reply.suggestions, reply.reason) == ((), "the model has nothing to suggest here")


@pytest.mark.parametrize(("most", "calls"), [(1, 1), (2, 2), (3, 3), (4, 3)])
async def test_alternatives_use_all_free_calls(open_editor: OpenEditor, most: int, calls: int) -> None:
    """The first completion has its call in any case; further ones have theirs below the maximum of calls."""
    settings = Settings(requests=RequestSettings(max_flights=most))
    editor = open_editor(by_index("return width", "return height", "return 1"), settings=settings)
    reply = await editor.ask(manual=True, completion_count=3)
    assert len(reply.suggestions) == len(editor.calls) == calls


async def test_alternatives_are_not_closed_for_another_document(open_editor: OpenEditor) -> None:
    """At the maximum of calls, a request in another document waits until one has ended."""
    settings = Settings(requests=RequestSettings(max_flights=2))
    editor = open_editor(by_index("return width", "return height"), settings=settings)
    other = open_editor(editor.backend, beside=editor, uri="file:///b.py", text="value = |")
    asking = editor.start(manual=True, completion_count=2)
    await asyncio.sleep(0.1)
    second = other.start()
    assert len((await asking).suggestions) == 2
    assert text_of(await second)


SUM = "total = sum(\n        width,\n        hei"
BLOCKS = "if width:\n        return 1\n\n    if height:\n        return 2\n\n\ndef other():\n    return 3\n"


@pytest.mark.parametrize("finish_reason", ["stop", "length", "content_filter"])
@pytest.mark.parametrize("text", [SUM, BLOCKS, "return (width", "return width"])
async def test_alternative_is_shown_as_the_first_completion_would_be(
    open_editor: OpenEditor, text: str, finish_reason: FinishReason
) -> None:
    """The same text with the same end has the same cut and the same end, whichever call it is from."""
    answer = streams(text, finish_reason=finish_reason)
    alone = await open_editor(Scripted(answer)).ask(manual=True)
    beside = await open_editor(Scripted(answer, streams(""))).ask(manual=True, completion_count=2)
    assert [of.completion for of in beside.suggestions] == [of.completion for of in alone.suggestions]


async def test_alternative_that_streams_in_the_last_second_is_returned(open_editor: OpenEditor) -> None:
    settings = Settings(timing=TimingSettings(total_ms=2_500))
    scripts = [streams("return height"), streams("return width", first=1.8, each=0.2)]
    editor = open_editor(
        Scripted(otherwise=lambda asked: scripts[asked.limits.alternative_index]), settings=settings
    )
    reply = await editor.ask(manual=True, completion_count=2)
    assert [of.completion.text for of in reply.suggestions] == ["return height", "return width"]


@pytest.mark.parametrize(
    ("text", "first", "valid"),
    [
        ("total = (\n    |", "1", "1)"),
        ("total = (\n    |\n)", "(1", "1"),
        ("total = [(\n    |\n)\n]", "(1", "1"),
    ],
    ids=["open above", "closed below", "closed in two lines below"],
)
async def test_alternatives_are_judged_in_their_document(
    open_editor: OpenEditor, text: str, first: str, valid: str
) -> None:
    """The lines around the cursor tell which completion is valid; it comes first."""
    editor = open_editor(by_index(first, valid), text=text)
    reply = await editor.ask(manual=True, completion_count=2)
    assert [of.completion.text for of in reply.suggestions] == [valid, first]


ALWAYS = Settings(requests=RequestSettings(speculate="always"))


async def test_speculative_call_is_for_the_text_after_the_suggestion(open_editor: OpenEditor) -> None:
    """It is like that of an automatic request. A closer that the suggestion replaces is not there twice."""
    editor = open_editor(Scripted(streams("max(width)"), hangs()), settings=ALWAYS, text="total = |\n")
    await editor.ask(manual=True)
    editor.type("max")
    assert editor.reply_without_call() == "(width)"
    editor.type("(", behind=")")
    assert editor.reply_without_call() == "width)"
    await asyncio.sleep(1)
    asked, speculative = (call.backend_request for call in editor.calls)
    assert speculative.prompt == replace(asked.prompt, prefix="total = max(width)")
    assert (asked.limits.manual, speculative.limits.manual) == (True, False)


async def test_known_text_is_not_requested_in_advance(open_editor: OpenEditor) -> None:
    """Back at a place, both the suggestion and the text after it are cached."""
    editor = open_editor(Scripted(streams(RETURN), streams(NEXT)), settings=ALWAYS)
    await editor.ask()
    await asyncio.sleep(2)
    place = f"{editor.before}|{editor.after}"
    editor.go("value|able")
    editor.reply_without_call()
    editor.go(place)
    assert editor.reply_without_call() == RETURN
    await asyncio.sleep(2)
    assert len(editor.calls) == 2


async def test_nothing_is_requested_after_no_suggestion(open_editor: OpenEditor) -> None:
    editor = open_editor(Scripted(streams("")), settings=ALWAYS)
    assert text_of(await editor.ask()) == ""
    await asyncio.sleep(2)
    assert len(editor.calls) == 1
