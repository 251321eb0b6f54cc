"""What the engine says of a document: what was asked, what is shown, and what is left when it is closed."""

import asyncio
from collections.abc import Callable

import pytest

from midfill.core.completion import Completion
from midfill.core.model import Kind
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
def test_the_first_line_of_a_completion(text: str, first: str) -> None:
    """With the line breaks before it."""
    assert Completion(text).first_line == first


async def test_what_is_shown_and_what_was_asked(open_editor: Open) -> None:
    """Nothing of a document that nobody asked for."""
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


async def test_a_closed_document_is_forgotten(open_editor: Open) -> None:
    """Its call is closed, its request answered with nothing, and its suggestion is not shown again."""
    editor = open_editor(Scripted(hangs(), streams(AREA)))
    asking = editor.start()
    await asyncio.sleep(1)
    editor.engine.forget(editor.uri)
    assert text_of(await asking) == ""
    await asyncio.sleep(0.01)
    assert editor.calls[0].over is not None
    assert editor.engine.last_prompt(editor.uri) is None
    editor.engine.forget("file:///never-opened.py")
    assert text_of(await editor.ask()) == AREA
    editor.engine.forget(editor.uri)
    assert editor.engine.first_line(editor.uri) == ""


async def test_what_is_counted(open_editor: Open) -> None:
    """A suggestion that is shown counts once, whatever happens to it."""
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
    assert (counters.shown, counters.partly_accepted, counters.accepted, counters.rejected) == (1, 2, 1, 0)
    editor.engine.rejected(editor.uri)
    assert counters.rejected == 1


async def test_choices_that_do_not_come_are_not_waited_for(open_editor: Open) -> None:
    """After the longest time that an answer has, those that are there are offered."""
    editor = open_editor(Scripted(hangs(), streams(AREA)))
    began = editor.now
    reply = await editor.ask(manual=True, choices=2)
    assert [one.completion.text for one in reply.suggestions] in ([], [AREA])
    assert editor.now - began <= editor.engine.settings.timing.total_ms / 1000 + 0.5


async def test_a_backend_that_failed_is_asked_again_by_hand(open_editor: Open) -> None:
    """After `retry`; what the embedded engine showed meanwhile is let go."""
    own = Scripted(otherwise=lambda question: streams("local()"), name="local", paid=False)
    editor = open_editor(Scripted(fails(Kind.BAD_KEY), streams(AREA)), own)
    assert text_of(await editor.ask()) == "local()"
    assert editor.at_once() == "local()"
    editor.engine.retry()
    assert text_of(await editor.ask()) == AREA
    assert [error.kind for error in editor.troubles] == [Kind.BAD_KEY]


def test_a_reply_says_what_it_is() -> None:
    """Without the text of a suggestion."""
    assert str(NO_SUGGESTION) == "the model has nothing to suggest here"
    assert str(Reply(reason="why not")) == "why not"
    assert not NO_SUGGESTION.cached


async def test_a_reply_from_memory_says_so(open_editor: Open) -> None:
    """The second one came from the cache."""
    editor = open_editor(Scripted(streams(AREA)))
    first = await editor.ask()
    assert (str(first), first.cached) == ("1 suggestions", False)
    second = await editor.ask()
    assert (str(second), second.cached) == ("1 suggestions from the cache", True)
    assert text_of(second.agreeing("return")) == AREA
    assert second.agreeing("ret").suggestions
    assert not second.agreeing("x").suggestions
    assert not second.agreeing(None).suggestions
    assert second.agreeing("x").reason == "the document has been changed since"
