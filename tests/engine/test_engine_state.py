"""The engine's state of a document: the request, the shown suggestion, and the state after closing."""

import asyncio
from collections.abc import Callable

import pytest

from midfill.core.completion import Completion
from midfill.core.model import ErrorKind
from midfill.engine.request import NO_SUGGESTION, Reply
from tests.engine.scripted import Scripted, fails, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

Open = Callable[..., SimulatedEditor]
AREA = "return width * height"


@pytest.mark.parametrize(
    ("text", "first"),
    [("a\nb", "a"), ("\n\na\nb", "\n\na"), ("a", "a"), ("", ""), ("\n", "\n"), ("\na\n", "\na")],
)
def test_first_line_of_a_completion(text: str, first: str) -> None:
    """It includes the line breaks before it."""
    assert Completion(text).first_line == first


async def test_shown_suggestion_and_last_request(open_editor: Open) -> None:
    """A document without a request has neither."""
    editor = open_editor(
        Scripted(streams("if width:\n        return height\n")), text="def area(width, height):\n    |"
    )
    assert editor.engine.last_prompt(editor.uri) is None
    assert editor.engine.first_line(editor.uri) == ""
    await editor.ask(manual=True)
    assert editor.engine.first_line(editor.uri) == "if width:"
    asked = editor.engine.last_prompt(editor.uri)
    assert asked is not None
    assert asked.prefix.endswith("height):\n    ")
    assert editor.engine.last_prompt("file:///other.py") is None


async def test_closed_document_is_forgotten(open_editor: Open) -> None:
    """Its call is closed, its request is answered empty, and its suggestion is not shown again."""
    editor = open_editor(Scripted(hangs(), streams(AREA)))
    asking = editor.start()
    await asyncio.sleep(1)
    editor.engine.document_closed(editor.uri)
    assert text_of(await asking) == ""
    await asyncio.sleep(0.01)
    assert editor.calls[0].over is not None
    assert editor.engine.last_prompt(editor.uri) is None
    editor.engine.document_closed("file:///never-opened.py")
    assert text_of(await editor.ask()) == AREA
    editor.engine.document_closed(editor.uri)
    assert editor.engine.first_line(editor.uri) == ""


async def test_shown_suggestion_is_counted_once(open_editor: Open) -> None:
    """Later events do not count it again."""
    editor = open_editor(Scripted(streams(AREA)))
    counters = editor.engine.counters
    editor.engine.was_shown(editor.uri)
    assert counters.shown == 0
    await editor.ask()
    editor.engine.was_shown(editor.uri)
    editor.engine.was_shown(editor.uri)
    editor.engine.partly_accepted(editor.uri)
    editor.engine.partly_accepted(editor.uri)
    editor.engine.accepted(editor.uri)
    assert (counters.shown, counters.partly_accepted, counters.accepted, counters.dismissed) == (1, 2, 1, 0)
    editor.engine.dismissed(editor.uri)
    assert counters.dismissed == 1
    assert counters.as_dict()["rejected"] == 1
    assert "dismissed" not in counters.as_dict()


async def test_missing_alternatives_do_not_delay_the_others(open_editor: Open) -> None:
    """At the deadline of an answer, the arrived choices are shown."""
    editor = open_editor(Scripted(hangs(), streams(AREA)))
    began = editor.now
    reply = await editor.ask(manual=True, completion_count=2)
    assert [one.completion.text for one in reply.suggestions] in ([], [AREA])
    assert editor.now - began <= editor.engine.settings.timing.total_ms / 1000 + 0.5


async def test_manual_request_retries_a_failed_backend(open_editor: Open) -> None:
    """`retry` removes the suggestion that the embedded engine showed meanwhile."""
    own = Scripted(otherwise=lambda backend_request: streams("local()"), name="local", paid=False)
    editor = open_editor(Scripted(fails(ErrorKind.BAD_KEY), streams(AREA)), own)
    assert text_of(await editor.ask()) == "local()"
    assert editor.reply_without_call() == "local()"
    editor.engine.retry()
    assert text_of(await editor.ask()) == AREA
    assert [error.kind for error in editor.errors] == [ErrorKind.BAD_KEY]


def test_description_of_a_reply() -> None:
    """It does not contain the text of a suggestion."""
    assert str(NO_SUGGESTION) == "the model has nothing to suggest here"
    assert str(Reply(reason="why not")) == "why not"
    assert not NO_SUGGESTION.cached


async def test_cached_reply_is_marked(open_editor: Open) -> None:
    """The second reply comes from the cache."""
    editor = open_editor(Scripted(streams(AREA)))
    first = await editor.ask()
    assert (str(first), first.cached) == ("1 suggestions", False)
    second = await editor.ask()
    assert (str(second), second.cached) == ("1 suggestions from the cache", True)
    assert text_of(second.without_contradicted("return")) == AREA
    assert second.without_contradicted("ret").suggestions
    assert not second.without_contradicted("x").suggestions
    assert not second.without_contradicted(None).suggestions
    assert second.without_contradicted("x").reason == "the document has been changed since"


async def test_reply_says_why_there_is_no_suggestion(open_editor: Open) -> None:
    """One with a suggestion has no reason."""
    editor = open_editor(Scripted(streams(AREA), hangs(), hangs()))
    assert (await editor.ask()).reason == ""
    editor.engine.dismissed(editor.uri)
    known = editor.engine.reply_without_call(editor.request())
    assert known is not None
    assert known.reason == "the suggestion for this place was dismissed"
    editor.go("other = |")
    older = editor.start()
    await asyncio.sleep(0.1)
    editor.go("third = |")
    newer = editor.start()
    assert (await older).reason == "a newer request took its place"
    newer.cancel()
