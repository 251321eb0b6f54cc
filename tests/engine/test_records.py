"""The records of calls and suggestions."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from midfill.core.model import ErrorKind, Usage
from midfill.core.records import CallRecord, NoRecords, SuggestionRecord
from tests.engine.scripted import Scripted, fails, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]

AREA = "return width * height"
USAGE = Usage(prompt=10, output=5, cached=0)


class RecordingLedger(NoRecords):
    """Keeps the records; `reason` forbids paid calls, also manual ones unless `allow_manual`."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[CallRecord] = []
        self.suggestions: dict[int, SuggestionRecord] = {}
        self.reason = ""
        self.allow_manual = False

    def record_call(self, call: CallRecord) -> None:
        self.calls.append(call)

    def record_suggestion(self, suggested: SuggestionRecord) -> None:
        self.suggestions[suggested.number] = suggested

    def cap_reason(self, *, manual: bool) -> str:
        return "" if manual and self.allow_manual else self.reason

    @property
    def suggestion(self) -> SuggestionRecord:
        """The only suggestion."""
        (suggestion,) = self.suggestions.values()
        return suggestion


async def shown(editor: SimulatedEditor) -> Any:
    """Send a request, and mark the suggestion as shown."""
    reply = await editor.ask()
    editor.engine.was_shown(editor.uri)
    return reply.suggestions[0].completion


async def test_complete_answer_is_recorded(open_editor: OpenEditor) -> None:
    """A call's record has its usage, and its times in milliseconds."""
    records = RecordingLedger()
    editor = open_editor(Scripted(streams(AREA, usage=USAGE)), records=records)
    await editor.ask()
    (call,) = records.calls
    assert (call.usage, call.outcome, call.text, call.language, call.model) == (
        USAGE, "whole", AREA, "python", "scripted-1",
    )  # fmt: skip
    assert [call.first_ms, call.total_ms] == pytest.approx([250, 320])


@pytest.mark.parametrize(
    ("script", "outcome", "read"),
    [
        (hangs(), "stopped", True),
        (fails(ErrorKind.OVERLOAD), "overload", False),
        (fails(ErrorKind.TIMEOUT), "timeout", True),
        (fails(ErrorKind.BAD_KEY), "bad key", False),
    ],
)
async def test_refused_closed_and_late_calls_are_recorded(
    open_editor: OpenEditor, script: Any, outcome: str, read: bool
) -> None:
    """A refused call costs nothing; for a closed or late one the prompt is counted."""
    records = RecordingLedger()
    editor = open_editor(Scripted(script), records=records)
    asking = editor.start()
    await asyncio.sleep(1)
    asking.cancel()
    await editor.engine.close()
    assert [(call.outcome, call.read) for call in records.calls] == [(outcome, read)]


async def test_unsent_call_is_not_recorded(open_editor: OpenEditor) -> None:
    """The call was cancelled before its first step, or its backend reports that nothing was sent."""
    records = RecordingLedger()
    editor = open_editor(Scripted(hangs()), records=records)
    asking = editor.start()
    while not editor.calls:
        await asyncio.sleep(0.01)
    editor.calls[0].backend_request.on_unsent()
    asking.cancel()
    await editor.engine.close()
    assert records.calls == []


async def test_acceptance_is_recorded_once(open_editor: OpenEditor) -> None:
    """It is recorded once, even if the editor reports it twice."""
    records = RecordingLedger()
    editor = open_editor(Scripted(streams(AREA)), records=records)
    editor.take(await shown(editor))
    editor.engine.accepted(editor.uri)
    suggestion = records.suggestion
    assert (suggestion.whole, suggestion.accepted, suggestion.until, suggestion.call_id) == (
        True,
        21,
        21,
        records.calls[0].number,
    )
    assert editor.engine.counters.shown == 1


@pytest.mark.parametrize(("piece", "words", "lines"), [("return", 1, 0), ("return width *", 0, 1)])
@pytest.mark.parametrize("reported", [True, False])
async def test_partial_acceptance_is_recorded(
    open_editor: OpenEditor, piece: str, words: int, lines: int, reported: bool
) -> None:
    """The editor or its edit reports the part; the rest belongs to the same suggestion."""
    records = RecordingLedger()
    editor = open_editor(Scripted(streams(AREA)), records=records)
    await shown(editor)
    editor.type_whole(piece, reports_parts=reported)
    if reported:
        editor.engine.partly_accepted(editor.uri)
    assert (records.suggestion.words, records.suggestion.lines, records.suggestion.accepted) == (
        words,
        lines,
        len(piece),
    )
    editor.take(await shown(editor))
    assert (records.suggestion.whole, records.suggestion.accepted) == (True, len(AREA))


async def test_auto_closed_brackets_are_no_partial_acceptance(open_editor: OpenEditor) -> None:
    """They come with one key, and agree with the suggestion."""
    records = RecordingLedger()
    editor = open_editor(
        Scripted(streams("()"), otherwise=lambda _: streams("x")), text="call|", records=records
    )
    await shown(editor)
    editor.type_whole("()", reports_parts=False)
    assert records.suggestion.words == 0


async def test_typing_along_is_one_suggestion(open_editor: OpenEditor) -> None:
    """Typing along is no new suggestion; dismissing ends it."""
    records = RecordingLedger()
    editor = open_editor(Scripted(streams(AREA)), records=records)
    await shown(editor)
    for key in "return":
        editor.type(key)
        await shown(editor)
    editor.engine.dismissed(editor.uri)
    assert (records.suggestion.dismissed, records.suggestion.accepted) == (True, 0)


async def test_suggestion_that_is_not_shown_is_not_recorded(open_editor: OpenEditor) -> None:
    """If an editor reports what it shows, other suggestions do not count as shown."""
    records = RecordingLedger()
    editor = open_editor(Scripted(streams(AREA)), records=records)
    await editor.ask()
    editor.engine.dismissed(editor.uri)
    assert records.calls
    assert not [suggestion for suggestion in records.suggestions.values() if not suggestion.dismissed]


async def test_fallback_answers_above_a_cap(open_editor: OpenEditor) -> None:
    """A manual request calls the primary if the user allows it; cached answers are shown nevertheless."""
    records = RecordingLedger()
    editor = open_editor(
        Scripted(streams(AREA), streams("by hand")),
        Scripted(streams("fall"), streams("back"), name="local", paid=False),
        records=records,
    )
    assert text_of(await editor.ask()) == AREA
    records.reason = "the cap is reached"
    assert editor.reply_without_call() == AREA
    editor.type("\nx = ")
    assert text_of(await editor.ask()) == "fall"
    assert len(editor.calls) == 1
    records.allow_manual = True
    editor.type("\ny = ")
    assert text_of(await editor.ask(manual=True)) == "by hand"
    assert len(editor.calls) == 2


async def test_reply_above_a_cap_without_a_fallback_has_the_reason(open_editor: OpenEditor) -> None:
    """The reply says why there is nothing."""
    records = RecordingLedger()
    records.reason = "the cap is reached"
    editor = open_editor(Scripted(), records=records)
    assert (await editor.ask()).reason == "the cap is reached"


def test_record_of_a_suggestion_has_no_text() -> None:
    """A record has only numbers and names."""
    kinds = {
        type(value)
        for value in asdict(SuggestionRecord(number=1, call_id=2, backend="b", language="l")).values()
    }
    assert kinds == {int, str, bool}


async def test_suggestion_is_recorded_with_its_backend_and_language(open_editor: OpenEditor) -> None:
    records = RecordingLedger()
    editor = open_editor(Scripted(streams(AREA), name="own"), records=records)
    await shown(editor)
    suggestion = records.suggestion
    assert (suggestion.backend, suggestion.language) == ("own", "python")
    assert (suggestion.until, suggestion.accepted, suggestion.dismissed) == (len(AREA), 0, False)


async def test_typed_and_shown_characters_are_recorded(open_editor: OpenEditor) -> None:
    """A part of the answer was shown: the typed characters and those still on the screen."""
    records = RecordingLedger()
    lines = "load(path)\n    rows = parse(data)\n    save(rows)\n"
    editor = open_editor(Scripted(streams(lines)), records=records, text="def run(path):\n    data = |")
    await shown(editor)
    assert records.suggestion.until == len("load(path)")
    editor.type("loa")
    await shown(editor)
    editor.engine.dismissed(editor.uri)
    assert records.suggestion.until == len("load(path)")


async def test_chat_model_is_asked_again_by_hand_above_a_cap(open_editor: OpenEditor) -> None:
    """The cap is that of automatic calls; the second manual request gets another answer."""
    records = RecordingLedger()
    records.reason, records.allow_manual = "the cap is reached", True
    backend = Scripted(streams("one()"), streams("two()"))
    backend.chats = True
    editor = open_editor(backend, records=records)
    assert text_of(await editor.ask(manual=True)) == "one()"
    assert text_of(await editor.ask(manual=True)) == "two()"


async def test_next_line_of_an_answer_is_another_suggestion(open_editor: OpenEditor) -> None:
    """After the first line was accepted, the line that was read ahead has its own record of the same call."""
    records = RecordingLedger()
    lines = "load(path)\n    rows = parse(data)\n    save(rows, total, count)\n"
    editor = open_editor(
        Scripted(streams(lines, each=0.1)), records=records, text="def run(path):\n    data = |"
    )
    first = await shown(editor)
    await asyncio.sleep(0.9)
    editor.take(first)
    await shown(editor)
    assert editor.calls[0].over is None
    one, two = records.suggestions.values()
    assert (one.whole, two.whole) == (True, False)
    assert one.call_id == two.call_id
