"""A chat model, with repeated manual requests at one place."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from midfill.core.answer_cache import CachedAnswer
from midfill.core.completion import Completion
from midfill.core.model import ErrorKind, Prompt
from midfill.engine import Reply, Suggestion
from midfill.engine.earlier_answers import MAX_ANSWERS, EarlierAnswers
from midfill.settings import CacheSettings, Settings
from tests.engine.scripted import Scripted, fails, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

OpenEditor = Callable[..., SimulatedEditor]

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("completion_count", [1, 3])
async def test_repeated_request_gets_another_answer(open_editor: OpenEditor, completion_count: int) -> None:
    """The prompt has the earlier answers, and the new answer is shown first."""
    backend = Scripted(*[streams("one()")] * completion_count, streams("two()"), streams("three()"))
    backend.chats = True
    editor = open_editor(backend)
    assert text_of(await editor.ask(manual=True, completion_count=completion_count)) == "one()"
    assert text_of(await editor.ask(manual=True, completion_count=completion_count)) == "two()"
    assert text_of(await editor.ask(manual=True, completion_count=completion_count)) == "three()"
    asked = [call.backend_request.earlier for call in editor.calls]
    assert asked == [()] * completion_count + [("one()",), ("one()", "two()")]


async def test_earlier_answers_are_sent_at_the_same_place_only(open_editor: OpenEditor) -> None:
    """Another place has no earlier answers; automatic requests never send them."""
    backend = Scripted(streams("one()"), streams("two()"))
    backend.chats = True
    editor = open_editor(backend)
    await editor.ask(manual=True)
    editor.go("other = |")
    assert text_of(await editor.ask(manual=True)) == "two()"
    assert editor.calls[-1].backend_request.earlier == ()
    assert text_of(await editor.ask()) == "two()"
    assert len(editor.calls) == 2


async def test_fill_in_model_is_not_called_again(open_editor: OpenEditor) -> None:
    """The shown suggestion stays."""
    editor = open_editor(Scripted(streams("one()"), streams("two()")))
    assert text_of(await editor.ask(manual=True)) == text_of(await editor.ask(manual=True)) == "one()"


async def test_earlier_answers_stay_as_alternatives(open_editor: OpenEditor) -> None:
    """The new answer is first, the earlier ones follow, each once; typing along any of them causes no call."""
    backend = Scripted(streams("one()"), streams("two()"), streams("one()"))
    backend.chats = True
    editor = open_editor(backend)
    for shown in (["one()"], ["two()", "one()"], ["one()", "two()"]):
        reply = await editor.ask(manual=True)
        assert [of.completion.text for of in reply.suggestions] == shown
    editor.type("t")
    assert editor.reply_without_call() == "wo()"


async def test_empty_answer_keeps_the_earlier_ones(open_editor: OpenEditor) -> None:
    """An empty answer or a failure does not hide the shown suggestion."""
    backend = Scripted(streams("one()"), streams(""), fails(ErrorKind.OVERLOAD))
    backend.chats = True
    editor = open_editor(backend)
    for _ in range(3):
        assert text_of(await editor.ask(manual=True)) == "one()"


async def test_gateway_client_gets_the_same_answer(open_editor: OpenEditor) -> None:
    """The gateway's clients repeat requests automatically: these are answered from the cache."""
    backend = Scripted(streams("one()"))
    backend.chats = True
    editor = open_editor(backend)
    for _ in range(2):
        reply = await editor.engine.complete(replace(editor.request(manual=True), again=False))
        assert text_of(reply) == "one()"


def test_newest_answers_are_kept() -> None:
    """Each is kept once, up to the maximum."""
    turns, here = EarlierAnswers(), Prompt("a", "")
    for text in ("1", "2", "2", "3", "4"):
        turns.add(here, reply_with(text))
    assert turns.at(here) == ("2", "3", "4")[-MAX_ANSWERS:]
    assert turns.at(Prompt("b", "")) == ()


def reply_with(text: str) -> Reply:
    """Return a reply with one answer."""
    return Reply((Suggestion(completion=Completion(text), answer=CachedAnswer(Prompt("a", ""), text)),))


async def test_shown_suggestion_counts_as_an_earlier_answer(open_editor: OpenEditor) -> None:
    """After an automatic suggestion, the first manual request returns it, and the next one asks for another."""
    backend = Scripted(streams("one()"), streams("two()"))
    backend.chats = True
    editor = open_editor(backend)
    assert text_of(await editor.ask()) == "one()"
    assert text_of(await editor.ask(manual=True)) == "one()"
    reply = await editor.ask(manual=True)
    assert [of.completion.text for of in reply.suggestions] == ["two()", "one()"]
    assert editor.calls[-1].backend_request.earlier == ("one()",)


async def test_only_three_earlier_answers_are_sent(open_editor: OpenEditor) -> None:
    """The newest ones, the newest last; all of them stay to choose from."""
    texts = ["one()", "two()", "three()", "four()", "five()"]
    backend = Scripted(*map(streams, texts))
    backend.chats = True
    editor = open_editor(backend)
    for number, text in enumerate(texts, 1):
        reply = await editor.ask(manual=True)
        assert [of.completion.text for of in reply.suggestions] == texts[:number][::-1]
        assert text_of(reply) == text
    assert editor.calls[-1].backend_request.earlier == ("two()", "three()", "four()")


async def test_fill_in_model_has_one_answer_at_a_time(open_editor: OpenEditor) -> None:
    """After the lifetime of its first answer there is another, and the first is no alternative to it."""
    settings = Settings(cache=CacheSettings(ttl_s=60))
    editor = open_editor(Scripted(streams("one()"), streams("two()")), settings=settings)
    assert text_of(await editor.ask(manual=True)) == "one()"
    place = f"{editor.before}|{editor.after}"
    editor.go("value|able")
    assert editor.reply_without_call() == ""
    await asyncio.sleep(100)
    editor.go(place)
    reply = await editor.ask(manual=True)
    assert [of.completion.text for of in reply.suggestions] == ["two()"]


async def test_accepted_earlier_answer_is_no_paste(open_editor: OpenEditor) -> None:
    """The user may choose any of the answers that are shown, also one of several lines."""
    lines = "one(\n        width,\n        height,\n    )"
    backend = Scripted(streams(lines), streams("two()"), streams(""))
    backend.chats = True
    editor = open_editor(backend)
    assert text_of(await editor.ask(manual=True)) == lines
    reply = await editor.ask(manual=True)
    assert [of.completion.text for of in reply.suggestions] == ["two()", lines]
    editor.type(lines)
    known = editor.engine.reply_without_call(editor.request())
    assert known is None or "pasted" not in known.reason
