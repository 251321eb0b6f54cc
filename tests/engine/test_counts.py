"""The engine's counters and estimates."""

import asyncio
from collections.abc import Callable

import pytest

from midfill.core.model import Usage
from midfill.engine.counters import Counters
from midfill.settings import RequestSettings, Settings
from tests.engine.scripted import Scripted, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]

ENDLESS = "load(1)\n" + "".join(f"value_{row} = load({row})\n" for row in range(200))


async def test_accepted_suggestions_and_tokens_are_summed(open_editor: OpenEditor) -> None:
    """They count all suggestions and calls, not only the last."""
    editor = open_editor(
        Scripted(
            streams("width * height", usage=Usage(100, 7, 64)), streams("one + two", usage=Usage(50, 3, 32))
        ),
        text="area = |",
    )
    for _ in range(2):
        completion = (await editor.ask()).suggestions[0].completion
        editor.engine.was_shown(editor.uri)
        editor.take(completion, 3)
        editor.engine.partly_accepted(editor.uri)
        editor.engine.accepted(editor.uri)
        editor.engine.dismissed(editor.uri)
        editor.go("other_area = |")
    counts = editor.engine.counters
    assert (counts.prompt_tokens, counts.output_tokens, counts.cached_tokens) == (150, 10, 96)
    assert (counts.accepted, counts.partly_accepted, counts.dismissed) == (2, 2, 2)
    assert (counts.shown, counts.calls, counts.requests) == (2, 2, 2)


def test_new_engine_has_counted_nothing() -> None:
    """Every counter starts at zero."""
    assert not any(vars(Counters()).values())


async def test_description_of_a_reply_has_no_text(open_editor: OpenEditor) -> None:
    """It has the number of suggestions, and whether a call was needed."""
    editor = open_editor(Scripted(streams("width * height")), text="area = |")
    assert str(await editor.ask()) == "1 suggestions"
    assert str(await editor.ask()) == "1 suggestions from the cache"


async def test_long_answers_are_read_less_far(open_editor: OpenEditor) -> None:
    """While most answers end by themselves, a few lines are read ahead; otherwise only the shown text."""
    editor = open_editor(Scripted(otherwise=lambda backend_request: streams(ENDLESS)), text="value = |")
    read = []
    for number in range(4):
        editor.go(f"value_{number} = |")
        await editor.ask()
        await asyncio.sleep(30)
        read.append(editor.calls[-1].sent.count("\n"))
    assert read[0] >= 3
    assert read[-1] < read[0]


async def test_short_answers_increase_the_lookahead_again(open_editor: OpenEditor) -> None:
    """After a model starts to end its answers, lines are read ahead again soon."""
    scripts = [streams(ENDLESS)] * 3 + [streams("load(2)")] * 3 + [streams(ENDLESS)]
    editor = open_editor(Scripted(*scripts), text="value = |")
    for number in range(7):
        editor.go(f"value_{number} = |")
        await editor.ask()
        await asyncio.sleep(30)
    assert editor.calls[-1].sent.count("\n") == editor.calls[0].sent.count("\n")
    assert editor.calls[2].sent.count("\n") < editor.calls[0].sent.count("\n")


async def test_call_ended_by_the_engine_counts_as_stopped(open_editor: OpenEditor) -> None:
    """It counts as stopped, not as failed."""
    editor = open_editor(Scripted(streams(ENDLESS), streams("return 1")))
    await editor.ask()
    await asyncio.sleep(30)
    assert (editor.engine.counters.stopped, editor.engine.counters.failed) == (1, 0)
    editor.go("def g():\n    |")
    await editor.ask()
    assert (editor.engine.counters.stopped, editor.engine.counters.failed) == (1, 0)


async def test_speculative_calls_are_counted_separately(open_editor: OpenEditor) -> None:
    """A speculative call is not counted as a call for a request."""
    settings = Settings(requests=RequestSettings(speculate="always"))
    editor = open_editor(Scripted(streams("return width"), hangs()), settings=settings)
    await editor.ask()
    await asyncio.sleep(0.1)
    assert (editor.engine.counters.calls, editor.engine.counters.speculative) == (1, 1)


async def test_dismissal_dismisses_all_alternatives(open_editor: OpenEditor) -> None:
    """None of the choices is continued."""
    editor = open_editor(
        Scripted(streams("max(width)"), streams("sum(width)"), hangs()), text="def area(width):\n    return |"
    )
    reply = await editor.ask(manual=True, completion_count=2)
    editor.engine.dismissed(editor.uri)
    editor.type(reply.suggestions[1].completion.text[:1])
    assert editor.engine.reply_without_call(editor.request()) is None


async def test_the_prompt_is_measured_in_the_models_own_tokens(open_editor: OpenEditor) -> None:
    """A model that bills twice as many tokens as estimated gets a shorter prompt."""
    text = "".join(f"row_{number} = {number}\n" for number in range(4_000))
    billed = Usage(40_000, 3, 0)
    editor = open_editor(
        Scripted(otherwise=lambda backend_request: streams("load()", usage=billed)), text=f"{text}a = |"
    )
    for number in range(8):
        editor.go(f"{text}value_{number} = |")
        await editor.ask()
    first, *_, last = (len(call.backend_request.prompt.prefix) for call in editor.calls)
    assert last < 0.7 * first


async def test_only_the_shown_line_is_read_while_answers_are_long(open_editor: OpenEditor) -> None:
    """The call is closed at the end of its first line: later text would cost tokens and not be shown."""
    editor = open_editor(Scripted(otherwise=lambda backend_request: streams(ENDLESS)), text="value = |")
    for number in range(4):
        editor.go(f"value_{number} = |")
        await editor.ask()
        await asyncio.sleep(30)
    assert editor.calls[-1].sent.count("\n") == 1


@pytest.mark.parametrize(
    ("answers", "lines"),
    [
        ("long", 3),
        ("long long", 1),
        ("long short long", 3),
        ("long long short long", 3),
        ("long long long short long", 3),
    ],
)
async def test_latest_answers_decide_how_far_the_next_is_read(
    open_editor: OpenEditor, answers: str, lines: int
) -> None:
    """A new model's answers are taken for short ones; then the latest answer counts as much as all before it."""
    scripts = {"long": streams(ENDLESS), "short": streams("load(2)")}
    editor = open_editor(Scripted(*(scripts[answer] for answer in answers.split())), text="value = |")
    for number in range(len(answers.split())):
        editor.go(f"value_{number} = |")
        await editor.ask()
        await asyncio.sleep(30)
    assert editor.calls[-1].sent.count("\n") == lines


async def test_edit_counts_as_an_accepted_part_only_where_the_editor_reports_none(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor(Scripted(streams("return width")))
    completion = (await editor.ask()).suggestions[0].completion
    editor.take(completion, 6)
    assert editor.engine.counters.partly_accepted == 0
    editor.type_whole(" wid", reports_parts=False)
    assert editor.engine.counters.partly_accepted == 0
    assert editor.reply_without_call() == "th"


async def test_requests_without_a_wait_are_counted(open_editor: OpenEditor) -> None:
    """A repeated one, and each key that is typed along."""
    editor = open_editor(Scripted(streams("return width")))
    await editor.ask()
    await editor.ask()
    for key in "ret":
        editor.type(key)
        assert editor.reply_without_call()
    counts = editor.engine.counters
    assert (counts.requests, counts.cached, counts.calls, counts.joined) == (5, 4, 1, 0)


async def test_accepted_text_is_reported(open_editor: OpenEditor) -> None:
    """Whole or a part, with its document and row, so that it can be looked for later; nothing if none is shown."""
    editor = open_editor(Scripted(streams("return width * height")))
    editor.engine.accepted(editor.uri)
    assert editor.accepted_texts == []
    await editor.ask()
    editor.engine.was_shown(editor.uri)
    editor.engine.accepted(editor.uri)
    [(uri, accepted)] = editor.accepted_texts
    assert (uri, accepted.text, accepted.row) == (editor.uri, "return width * height", 1)
