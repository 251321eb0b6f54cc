"""Ends of requests and calls that other tests do not reach: errors, deadlines, and an engine that is closed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from midfill.core.model import ErrorKind, Prompt
from midfill.engine.request_queue import RequestQueue
from midfill.engine.waiting_request import WaitingRequest
from midfill.settings import Settings, TimingSettings
from midfill.settings.completion_settings import CompletionSettings
from tests.engine.scripted import Scripted, fails, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor
from tests.engine.test_rewriter import editing

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]


async def test_error_of_the_first_alternative_is_the_reply(open_editor: OpenEditor) -> None:
    """The other calls may have answered."""
    backend = Scripted(streams("total = 1"), fails(ErrorKind.BAD_KEY, after=0.5))
    editor = open_editor(backend, settings=Settings(timing=TimingSettings(total_ms=3000)))
    reply = await editor.ask(manual=True, completion_count=2)
    assert reply.error is not None
    assert (reply.error.kind, reply.suggestions) == (ErrorKind.BAD_KEY, ())


async def test_alternatives_are_complete_at_the_deadline(open_editor: OpenEditor) -> None:
    """A call that hangs keeps no choice back longer than a request takes at most."""
    backend = Scripted(hangs(), streams("data = load(path)"), hangs("data"))
    editor = open_editor(backend, settings=Settings(timing=TimingSettings(total_ms=3000)))
    began = editor.now
    await editor.ask(manual=True, completion_count=3)
    assert editor.now - began < 3.5


async def test_woken_queue_skips_requests_that_were_replaced() -> None:
    """The newest request that still waits gets the turn."""
    queue = RequestQueue()
    waiting_requests = [WaitingRequest(Prompt(str(number), "")) for number in range(3)]
    turns = [asyncio.ensure_future(queue.wait(waiting, 10)) for waiting in waiting_requests]
    await asyncio.sleep(0.1)
    waiting_requests[2].superseded = True  # Its task has not run since.
    queue.wake_next()
    await asyncio.sleep(0.1)
    assert [turn.done() for turn in turns] == [False, True, True]
    waiting_requests[0].supersede()
    await asyncio.gather(*turns)
    queue.wake_next()


async def test_engine_that_is_closed_ends_the_calls_in_the_background(open_editor: OpenEditor) -> None:
    """The embedded engine has answered, and the model is still called."""
    own = Scripted(streams("width * height", first=0.003, each=0), name="local", paid=False)
    model = Scripted(hangs())
    settings = Settings(completion=CompletionSettings(embedded_first=True))
    editor = open_editor(model, own, settings=settings)
    await editor.engine.complete(replace(editor.request(), refreshes=True))
    await asyncio.sleep(1)
    assert [call.over for call in model.calls] == [None]
    await editor.engine.close()
    assert [call.end for call in model.calls] == ["closed"]


async def test_next_edit_that_is_dropped_at_once_is_no_call() -> None:
    """Nothing was sent, so nothing is recorded."""
    async with editing(hangs()) as editor:
        request = editor.start()
        await asyncio.sleep(0)
        await editor.rewriter.close()
        await asyncio.gather(request, return_exceptions=True)
        assert editor.records.calls == []
