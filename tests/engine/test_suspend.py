"""A suspended machine: the clock jumps by an hour between two tokens, or by years between two keys."""

import asyncio
from collections.abc import Callable

import pytest

from midfill.core.model import ErrorKind
from tests.clock import JumpingLoop
from tests.engine.scripted import Scripted, fails, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]

HOUR = 3_600.0
AREA = "return width * height"


def suspend(editor: SimulatedEditor, seconds: float = HOUR) -> None:
    """Suspend the machine: all timers are late."""
    assert isinstance(editor.loop, JumpingLoop)
    editor.loop.now += seconds


@pytest.mark.parametrize("after", [0.0, 0.1, 0.255, 0.275, 0.285])
async def test_suspension_during_a_stream(open_editor: OpenEditor, after: float) -> None:
    """Before the first token or between two: the request is answered afterwards, and the next call succeeds."""
    editor = open_editor(Scripted(streams(AREA), otherwise=lambda _: streams("next")))
    task = editor.start()
    await asyncio.sleep(after)
    suspend(editor)
    woken = editor.now
    await task
    assert editor.now - woken < 10
    editor.type("x = ")
    assert text_of(await editor.ask()) == "next"


async def test_suspension_with_a_dead_connection(open_editor: OpenEditor) -> None:
    """The connection has died meanwhile: the request is answered afterwards, and another call starts."""
    editor = open_editor(Scripted(hangs("ret"), streams(AREA), otherwise=lambda _: streams(AREA)))
    task = editor.start()
    await asyncio.sleep(1)
    suspend(editor)
    woken = editor.now
    await task
    assert editor.now - woken < 10
    editor.type("y = ")
    assert text_of(await editor.ask()) == AREA


async def test_pause_after_a_failure_ends_during_suspension(open_editor: OpenEditor) -> None:
    """After the suspension the backend is called at once."""
    editor = open_editor(Scripted(fails(ErrorKind.NETWORK), streams(AREA)))
    await editor.ask()
    assert not (await editor.ask()).suggestions
    suspend(editor)
    assert text_of(await editor.ask()) == AREA


async def test_shown_suggestion_survives_suspension(open_editor: OpenEditor) -> None:
    """Typing along the suggestion needs no call."""
    editor = open_editor(Scripted(streams(AREA)))
    assert text_of(await editor.ask()) == AREA
    suspend(editor, 8 * HOUR)
    editor.type("return ")
    assert editor.reply_without_call() == "width * height"
