"""The embedded engine answers first; the model's answer replaces it if the user has not typed yet."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from midfill.core.model import BackendRequest, ErrorKind
from midfill.engine import Reply
from midfill.settings import Settings
from midfill.settings.completion_settings import CompletionSettings
from tests.engine.scripted import Script, Scripted, fails, hangs, streams
from tests.engine.simulated_editor import RecordingLedger, SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

FIRST = Settings(completion=CompletionSettings(embedded_first=True))
OWN, BETTER = "width * height", "height * width\n"
SOON, LATE = 0.04, 0.6
"""Seconds within which the embedded engine answers, and after which the model has."""

OpenEditor = Callable[..., SimulatedEditor]


@pytest.fixture
async def open_editor() -> AsyncIterator[OpenEditor]:
    editors: list[SimulatedEditor] = []

    def open_editor(
        *scripts: Script, own: str = OWN, settings: Settings = FIRST, **options: object
    ) -> SimulatedEditor:
        embedded = Scripted(
            otherwise=lambda backend_request: streams(
                _embedded_answer(backend_request, own), first=0.003, each=0
            ),
            name="local",
            paid=False,
        )
        model = Scripted(*scripts)
        editors.append(SimulatedEditor(model, embedded, settings=settings, text="return |", **options))  # type: ignore[arg-type]
        return editors[-1]

    yield open_editor
    for editor in editors:
        await editor.engine.close()
    await asyncio.sleep(0.001)
    assert not [call for editor in editors for call in editor.calls if call.over is None]
    assert not [task for task in asyncio.all_tasks() if "TestRunner" not in repr(task.get_coro())]


def _embedded_answer(backend_request: BackendRequest, own: str) -> str:
    """Return the embedded engine's rest of this line."""
    typed = backend_request.prompt.prefix.rpartition("return ")[2]
    return own.removeprefix(typed) if own.startswith(typed) else ""


async def ask(editor: SimulatedEditor, *, refreshes: bool = True) -> tuple[Reply, float]:
    """Return the reply and its seconds."""
    began = editor.now
    reply = await editor.engine.complete(replace(editor.request(), refreshes=refreshes))
    return reply, editor.now - began


def source_of(reply: Reply) -> str:
    return reply.suggestions[0].answer.backend_name


async def test_model_answer_replaces_the_embedded_one(open_editor: OpenEditor) -> None:
    """The embedded engine answers at once; the client is notified of the model's answer, and gets it without a wait."""
    editor = open_editor(streams(BETTER))
    reply, took = await ask(editor)
    assert (text_of(reply), source_of(reply)) == (OWN, "local")
    assert took < SOON
    assert not editor.on_refresh
    await asyncio.sleep(LATE)
    assert editor.on_refresh == [editor.uri]
    reply, took = await ask(editor)
    assert (text_of(reply), source_of(reply)) == (BETTER.rstrip("\n"), "scripted")
    assert took == 0
    assert text_of((await ask(editor))[0]) == BETTER.rstrip("\n")
    assert len(editor.calls) == 1


async def test_suggestion_typed_along_is_not_replaced(open_editor: OpenEditor) -> None:
    """The rest of the suggestion stays, and the client is not notified."""
    editor = open_editor(streams(BETTER))
    await ask(editor)
    editor.type("w")
    reply, took = await ask(editor)
    assert (text_of(reply), took) == (OWN[1:], 0)
    await asyncio.sleep(LATE)
    assert not editor.on_refresh
    assert text_of((await ask(editor))[0]) == OWN[1:]


async def test_agreeing_model_answer_follows_the_embedded_one(open_editor: OpenEditor) -> None:
    """The model's answer is kept while it agrees with the typed text, and follows the shown text."""
    editor = open_editor(streams(OWN + " + 1\n"))
    await ask(editor)
    await asyncio.sleep(0.3)  # The model's call has started.
    for char in OWN:
        editor.type(char)
        await ask(editor)
        await asyncio.sleep(0.1)
    assert not editor.on_refresh
    assert editor.reply_without_call() == " + 1"
    assert len(editor.calls) == 1


async def test_typing_along_before_the_debounce_causes_no_call(open_editor: OpenEditor) -> None:
    """Typing along before the end of the debounce causes no model call."""
    editor = open_editor()
    await ask(editor)
    editor.type("w")
    await ask(editor)
    await asyncio.sleep(LATE)
    assert not editor.calls


@pytest.mark.parametrize("answer", [streams(OWN + "\n"), streams(""), fails(ErrorKind.OVERLOAD), hangs()])
async def test_same_or_missing_answer_changes_nothing(open_editor: OpenEditor, answer: Script) -> None:
    """After the same answer, none, a failure or silence, the suggestion stays, and the client is not notified."""
    editor = open_editor(answer)
    await ask(editor)
    await asyncio.sleep(9)
    assert not editor.on_refresh
    assert text_of((await ask(editor))[0]) == OWN


async def test_without_an_embedded_answer_the_request_waits_for_the_model(open_editor: OpenEditor) -> None:
    """This is the behaviour without the setting."""
    editor = open_editor(streams(BETTER), own="")
    reply, took = await ask(editor)
    assert (text_of(reply), source_of(reply)) == (BETTER.rstrip("\n"), "scripted")
    assert SOON < took < LATE


async def test_different_text_ends_the_old_call(open_editor: OpenEditor) -> None:
    """If the typed text differs from the suggestion, the old call is closed, and a new one starts."""
    editor = open_editor(hangs(), streams("x + y\n"))
    await ask(editor)
    await asyncio.sleep(0.3)
    editor.go("other = |")
    assert text_of((await ask(editor))[0]) == "x + y"
    await asyncio.sleep(1)
    assert [call.end for call in editor.calls] == ["closed", "whole"]


async def test_dismissed_embedded_answer_is_not_replaced(open_editor: OpenEditor) -> None:
    """After a dismissal nothing is shown until the next key."""
    editor = open_editor(streams(BETTER))
    await ask(editor)
    editor.engine.dismissed(editor.uri)
    await asyncio.sleep(LATE)
    assert not editor.on_refresh


async def test_accepted_embedded_answer_is_not_replaced(open_editor: OpenEditor) -> None:
    editor = open_editor(streams(BETTER))
    reply, _ = await ask(editor)
    editor.take(reply.suggestions[0].completion)
    await asyncio.sleep(LATE)
    assert not editor.on_refresh


async def test_editor_without_refresh_keeps_the_embedded_answer(open_editor: OpenEditor) -> None:
    """An editor such as VS Code would hide it first; there is no call for an answer that is not shown."""
    editor = open_editor()
    reply, took = await ask(editor, refreshes=False)
    assert text_of(reply) == OWN
    assert took < SOON
    await asyncio.sleep(LATE)
    assert text_of((await ask(editor, refreshes=False))[0]) == OWN
    assert not editor.calls


async def test_embedded_answers_are_off_by_default(open_editor: OpenEditor) -> None:
    editor = open_editor(streams(BETTER), settings=Settings())
    assert source_of((await ask(editor))[0]) == "scripted"


async def test_manual_request_calls_the_model(open_editor: OpenEditor) -> None:
    """A manual request gets the model's answer."""
    editor = open_editor(streams(BETTER))
    reply = await editor.engine.complete(replace(editor.request(manual=True), refreshes=True))
    assert source_of(reply) == "scripted"


async def test_closed_document_ends_its_calls(open_editor: OpenEditor) -> None:
    """Its call is closed, too."""
    editor = open_editor(hangs())
    await ask(editor)
    await asyncio.sleep(0.3)
    editor.engine.document_closed(editor.uri)
    await asyncio.sleep(0.01)
    assert [call.end for call in editor.calls] == ["closed"]
    assert not editor.on_refresh


async def test_wait_ends_where_no_call_is_allowed(open_editor: OpenEditor) -> None:
    """In the middle of a word no call is allowed, and the call for the last place is not made either."""
    editor = open_editor()
    await ask(editor)
    editor.go("retu|rn")
    assert text_of((await ask(editor))[0]) == ""
    await asyncio.sleep(LATE)
    assert not editor.calls
    assert not editor.on_refresh


async def test_embedded_answer_is_replaced_by_a_whole_line(open_editor: OpenEditor) -> None:
    """The first half of the model's line does not replace it."""
    editor = open_editor(streams(BETTER, each=0.5))
    editor.type("\n    return ")
    await asyncio.sleep(0.2)
    await ask(editor)
    while not editor.on_refresh:
        await asyncio.sleep(0.1)
    assert text_of((await ask(editor))[0]) == BETTER.rstrip("\n")
    assert editor.on_refresh == [editor.uri]


@pytest.mark.parametrize("steps", range(14))
async def test_late_embedded_answer_is_not_shown(open_editor: OpenEditor, steps: int) -> None:
    """Once the cursor has left, an answer of the embedded engine that has just arrived is dropped."""
    editor = open_editor()
    asking = asyncio.ensure_future(ask(editor))
    await asyncio.sleep(0.003)
    for _ in range(steps):
        await asyncio.sleep(0)
    was_answered = asking.done()
    editor.go("value|able")
    assert editor.reply_without_call() == ""
    assert text_of((await asking)[0]) == (OWN if was_answered else "")
    assert editor.engine.first_line(editor.uri) == ""


async def test_model_is_called_without_an_embedded_engine() -> None:
    """The setting has no effect."""
    editor = SimulatedEditor(Scripted(streams(BETTER)), settings=FIRST, text="return |")
    assert text_of((await ask(editor))[0]) == BETTER.rstrip("\n")
    await editor.engine.close()


async def test_close_waits_for_the_call_in_the_background(open_editor: OpenEditor) -> None:
    """No task is left when the engine is closed."""
    editor = open_editor(hangs())
    await ask(editor)
    await asyncio.sleep(0.3)
    before = editor.now
    await editor.engine.close()
    assert [call.over for call in editor.calls] == [before]
    assert not [task for task in asyncio.all_tasks() if "call_model" in repr(task.get_coro())]


@pytest.mark.parametrize(("seconds", "source"), [(0.29, "local"), (0.31, "scripted")])
async def test_slow_embedded_engine_does_not_keep_the_model_waiting(seconds: float, source: str) -> None:
    """After 0.3 seconds without an answer the model is called."""
    own = Scripted(streams(OWN, first=seconds, each=0), name="local", paid=False)
    editor = SimulatedEditor(Scripted(streams(BETTER)), own, settings=FIRST, text="return |")
    reply, _ = await ask(editor)
    assert source_of(reply) == source
    await asyncio.sleep(1)
    await editor.engine.close()


async def test_embedded_engine_may_stream(open_editor: OpenEditor) -> None:
    """Its answer counts if each part of it arrives in time."""
    own = Scripted(streams(OWN, first=0.2, each=0.2), name="local", paid=False)
    editor = SimulatedEditor(Scripted(streams(BETTER)), own, settings=FIRST, text="return |")
    reply, _ = await ask(editor)
    assert (text_of(reply), source_of(reply)) == (OWN, "local")
    await asyncio.sleep(1)
    await editor.engine.close()


async def test_model_answer_in_the_background_does_not_end_the_shown_suggestion(
    open_editor: OpenEditor,
) -> None:
    """Typed along, it is still the same suggestion in the ledger."""
    records = RecordingLedger()
    editor = open_editor(streams(BETTER), records=records)
    await ask(editor)
    editor.engine.was_shown(editor.uri)
    await asyncio.sleep(LATE)
    editor.type("w")
    reply, _ = await ask(editor)
    editor.engine.was_shown(editor.uri)
    editor.take(reply.suggestions[0].completion)
    assert len({record.number for record in records.kept}) == 1
    assert records.kept[-1].whole
