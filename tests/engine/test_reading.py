"""The length of an answer that is read, and the use of its lines."""

import asyncio
from collections.abc import Callable

import pytest

from midfill.core.model import FinishReason, Usage
from midfill.settings import Settings, TimingSettings
from tests.engine.scripted import EACH, FIRST, Scripted, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]

RUN = "def run(path):\n    data = |"
LINES = "load(path)\n    rows = parse(data)\n    total = add(rows)\n    save(total)\n    log(total)\n    return total\n"
PIECES = ["load(path)", "\n    rows = parse(data)", "\n    total = add(rows)"]


async def test_reading_stops_when_later_text_cannot_be_shown(open_editor: OpenEditor) -> None:
    """A stream is closed once the text to show is complete and some further lines have arrived."""
    editor = open_editor(Scripted(streams(LINES * 20)), text=RUN)
    assert text_of(await editor.ask()) == PIECES[0]
    await asyncio.sleep(30)
    assert editor.calls[0].end == "closed"
    assert editor.calls[0].sent.count("\n") == 3
    assert editor.engine.counters.stopped == 1


async def test_complete_line_is_shown_at_once(open_editor: OpenEditor) -> None:
    """A first line that opens no block is shown while the rest is streaming."""
    editor = open_editor(Scripted(streams(LINES, each=0.5)), text=RUN)
    start = editor.now
    assert text_of(await editor.ask()) == PIECES[0]
    assert editor.now - start < 0.02 + FIRST + 4 * 0.5
    assert editor.calls[0].over is None


async def test_block_is_shown_when_it_is_complete(open_editor: OpenEditor) -> None:
    """A first line that opens a block is shown with its block, not before."""
    block = "for row in rows:\n        total += row\n"
    editor = open_editor(
        Scripted(streams(block + "    return total\n", each=0.1)), text="def add(rows):\n    total = 0\n    |"
    )
    assert text_of(await editor.ask()).startswith(block.rstrip("\n"))
    assert editor.calls[0].sent.startswith(block)


async def test_accepted_line_is_followed_by_the_next_without_a_call(open_editor: OpenEditor) -> None:
    """Lines that were read ahead are shown one by one, each right after the previous one was accepted."""
    editor = open_editor(Scripted(streams(LINES)), text=RUN)
    reply = await editor.ask()
    await asyncio.sleep(1)
    for piece in PIECES[1:]:
        editor.take(reply.suggestions[0].completion)
        known = editor.engine.reply_without_call(editor.request())
        assert known is not None
        assert text_of(known) == piece
        reply = known
    assert len(editor.calls) == 1


async def test_incomplete_line_of_a_closed_answer_is_not_shown(open_editor: OpenEditor) -> None:
    """Only complete lines of a closed answer are kept: the next text requires a call."""
    editor = open_editor(Scripted(streams(LINES), streams("\n    save(total)\n")), text=RUN)
    reply = await editor.ask()
    await asyncio.sleep(1)
    for _ in PIECES:
        editor.take(reply.suggestions[0].completion)
        reply = await editor.ask()
    assert text_of(reply) == "\n    save(total)"
    assert len(editor.calls) == 2


async def test_incomplete_line_at_the_token_limit_is_not_shown(open_editor: OpenEditor) -> None:
    """An answer that ended at its limit of tokens is shown up to its last complete line."""
    cut = "for row in rows:\n        total += row\n        seen.app"
    editor = open_editor(
        Scripted(streams(cut, finish_reason="length")), text="def add(rows):\n    total = 0\n    |"
    )
    assert text_of(await editor.ask()) == "for row in rows:\n        total += row"


async def test_answer_that_ends_with_a_control_token_is_complete_at_the_token_limit(
    open_editor: OpenEditor,
) -> None:
    """A server that does not stop at the token reads on to the limit; the last line before the token is complete."""
    raw = "for row in rows:\n        total += row<|endoftext|>def other():\n    pass"
    editor = open_editor(
        Scripted(streams(raw, finish_reason="length")), text="def add(rows):\n    total = 0\n    |"
    )
    assert text_of(await editor.ask()) == "for row in rows:\n        total += row"


async def test_call_continues_when_its_answer_is_shown_again(open_editor: OpenEditor) -> None:
    """A call that lingers during a corrected typing error is read on normally."""
    editor = open_editor(Scripted(streams(LINES, each=0.1), hangs()), text=RUN)
    assert text_of(await editor.ask()) == PIECES[0]
    editor.type("x")
    slip = editor.start()
    await asyncio.sleep(0.01)
    editor.delete()
    assert editor.reply_without_call() == PIECES[0]
    await asyncio.sleep(5)
    assert editor.calls[0].sent.count("\n") == 3
    assert text_of(await slip) == ""


async def test_partial_answer_shown_in_a_burst_grows(open_editor: OpenEditor) -> None:
    """In a burst of typing a partial answer is shown before the next key, and grows afterwards."""
    editor = open_editor(Scripted(streams("return width * height + margin", each=0.06)))
    replies: list[str] = []
    for char in "return wi":
        request = editor.start()
        await asyncio.sleep(0.15)
        replies.append(text_of(request.result()) if request.done() else "")
        editor.type(char)
    shown = [text for text in replies if text]
    assert len(shown) >= 2
    assert all("return width * height + margin".find(text) >= 0 for text in shown)
    assert len(editor.calls) == 1


async def test_client_is_notified_when_an_incomplete_line_is_complete(open_editor: OpenEditor) -> None:
    """At the end of a burst, the incomplete line grows: the client is notified once, and the text is known at once."""
    editor = open_editor(Scripted(streams("return width * height + margin", each=0.2)))
    for char in "return":
        editor.start()
        await asyncio.sleep(0.15)
        editor.type(char)
    request = editor.start()
    await asyncio.sleep(0.2)
    assert text_of(request.result()) == " width *"
    assert editor.on_refresh == []
    await asyncio.sleep(2)
    assert editor.on_refresh == [editor.uri]
    assert editor.reply_without_call() == " width * height + margin"
    await asyncio.sleep(2)
    assert editor.on_refresh == [editor.uri]


async def test_client_is_notified_when_the_answer_ends_after_the_last_token(open_editor: OpenEditor) -> None:
    """The client is also notified if only the end of the answer was missing after the last token."""
    steps = streams("return width * height")
    editor = open_editor(Scripted([*steps[:-1], steps[-1]._replace(after=2)]))
    for char in "return":
        editor.start()
        await asyncio.sleep(0.15)
        editor.type(char)
    request = editor.start()
    await asyncio.sleep(1)
    assert text_of(request.result()) == " width *"
    await asyncio.sleep(3)
    assert editor.on_refresh == [editor.uri]
    assert editor.reply_without_call() == " width * height"


async def test_client_is_not_notified_of_complete_lines(open_editor: OpenEditor) -> None:
    """A shown complete line does not grow."""
    editor = open_editor(Scripted(streams(LINES, each=0.1)), text=RUN)
    assert text_of(await editor.ask()) == PIECES[0]
    await asyncio.sleep(9)
    assert editor.on_refresh == []


@pytest.mark.parametrize("finish_reason", ["aborted", "insufficient_system_resource"])
async def test_interrupted_answer_is_not_cached(open_editor: OpenEditor, finish_reason: FinishReason) -> None:
    """An interrupted answer is discarded: the same place causes a new call."""
    editor = open_editor(
        Scripted(streams("return wid", finish_reason=finish_reason), streams("return width"))
    )
    await editor.ask()
    editor.engine._documents.clear()
    assert text_of(await editor.ask()) == "return width"
    assert len(editor.calls) == 2


@pytest.mark.parametrize("finish_reason", ["aborted", "insufficient_system_resource"])
async def test_interrupted_empty_answer_is_not_remembered(
    open_editor: OpenEditor, finish_reason: FinishReason
) -> None:
    """An answer that is interrupted before its first text is not an empty answer."""
    editor = open_editor(Scripted(streams("", finish_reason=finish_reason), streams("return width")))
    assert text_of(await editor.ask()) == ""
    assert text_of(await editor.ask()) == "return width"


async def test_partial_line_of_a_closed_call_causes_a_new_call(open_editor: OpenEditor) -> None:
    """A partial line of a closed call does not answer the next request."""
    settings = Settings(timing=TimingSettings(linger_ms=0))
    editor = open_editor(Scripted(hangs("return wid"), streams("return width")), settings=settings)
    request = editor.start()
    await asyncio.sleep(0.02 + FIRST + 5 * EACH)
    request.cancel()
    await asyncio.sleep(1)
    assert editor.calls[0].end == "closed"
    assert text_of(await editor.ask()) == "return width"


async def test_complete_lines_of_a_closed_call_are_used(open_editor: OpenEditor) -> None:
    """Complete lines of a closed call are shown without a new call."""
    editor = open_editor(Scripted(hangs("load(path)\n    rows"), hangs()), text=RUN)
    await editor.ask()
    editor.go("import os\n|")
    request = editor.start()
    await asyncio.sleep(0.1)
    editor.go(RUN)
    assert editor.reply_without_call() == "load(path)"
    await asyncio.wait([request])


async def test_white_space_is_not_shown(open_editor: OpenEditor) -> None:
    """An answer of blank lines shows nothing."""
    editor = open_editor(Scripted(streams("\n\n    \n")))
    assert text_of(await editor.ask()) == ""


async def test_usage_is_recorded(open_editor: OpenEditor) -> None:
    """The reply and the counters have the usage of an answer."""
    editor = open_editor(Scripted(streams("return width", usage=Usage(100, 5, 64))))
    reply = await editor.ask()
    assert (reply.suggestions[0].usage, reply.suggestions[0].model) == (Usage(100, 5, 64), "scripted-1")
    counters = editor.engine.counters
    assert (counters.prompt_tokens, counters.output_tokens, counters.cached_tokens) == (100, 5, 64)


async def test_lines_of_an_interrupted_answer_are_not_kept(open_editor: OpenEditor) -> None:
    """Its first line is complete, and shown once; the model is asked again at the same place."""
    cut = streams("load(path)\n    rows", finish_reason="aborted")
    editor = open_editor(Scripted(cut, streams("read(path)")), text=RUN)
    assert text_of(await editor.ask()) == PIECES[0]
    await asyncio.sleep(1)
    editor.engine._documents.clear()
    assert text_of(await editor.ask()) == "read(path)"
