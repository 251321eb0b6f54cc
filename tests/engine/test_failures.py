"""Failures of the backend: pauses, probes, the fallback, and the messages."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from midfill.core.model import ErrorKind
from tests.engine.scripted import Scripted, fails, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]

AREA = "return width * height"
PASSING = [kind for kind in ErrorKind if not kind.final]
LASTING = [kind for kind in ErrorKind if kind.final]


def errors_of(editor: SimulatedEditor) -> list[ErrorKind]:
    return [error.kind for error in editor.errors]


@pytest.mark.parametrize("kind", ErrorKind)
async def test_empty_reply_has_the_failure_as_its_reason(open_editor: OpenEditor, kind: ErrorKind) -> None:
    """A request whose call fails gets an empty reply with the error, which is reported once."""
    editor = open_editor(Scripted(fails(kind)))
    reply = await editor.ask()
    assert reply.error is not None
    assert (reply.suggestions, reply.error.kind) == ((), kind)
    assert errors_of(editor) == [kind]


@pytest.mark.parametrize("kind", LASTING)
async def test_lasting_failure_stops_all_calls(open_editor: OpenEditor, kind: ErrorKind) -> None:
    """After a wrong key there is no further call; each request is answered at once with the reason."""
    editor = open_editor(Scripted(fails(kind)))
    await editor.ask()
    for _ in range(5):
        await asyncio.sleep(3600)
        reply = await editor.ask()
        assert str(kind) in reply.reason
    assert len(editor.calls) == 1
    assert len(editor.errors) == 1


@pytest.mark.parametrize("kind", PASSING)
async def test_passing_failure_causes_a_pause(open_editor: OpenEditor, kind: ErrorKind) -> None:
    """After a failure there is no call for some seconds; then a probe succeeds, and calls continue."""
    editor = open_editor(Scripted(fails(kind), streams(AREA)))
    await editor.ask()
    failed = editor.now
    assert not (await editor.ask()).suggestions
    assert len(editor.calls) == 1
    await asyncio.sleep(editor.engine.calls.available.breaker.until - failed)
    assert text_of(await editor.ask()) == AREA
    assert editor.engine.calls.available.breaker.failures == 0


async def test_pause_grows_with_each_failure(open_editor: OpenEditor) -> None:
    """A backend that stays unavailable is called less and less often, for any typing."""
    editor = open_editor(Scripted(*[fails(ErrorKind.NETWORK, after=0)] * 20))
    for _ in range(600):
        editor.go("def area(width, height):\n    |")
        await editor.ask()
        await asyncio.sleep(0.5)
    begun = [call.begun for call in editor.calls]
    gaps = [later - earlier for earlier, later in pairwise(begun)]
    assert len(begun) <= 11
    assert gaps[0] < 2
    assert max(gaps) >= 60
    assert sorted(gaps[:6]) == gaps[:6]


async def test_retry_after_is_obeyed(open_editor: OpenEditor) -> None:
    """A Retry-After sets the exact length of the pause."""
    editor = open_editor(Scripted(fails(ErrorKind.RATE_LIMIT, retry_after=42), streams(AREA)))
    await editor.ask()
    failed = editor.now
    await asyncio.sleep(41.9)
    assert not (await editor.ask()).suggestions
    await asyncio.sleep(failed + 42 - editor.now)
    assert text_of(await editor.ask()) == AREA


async def test_one_probe_at_a_time(open_editor: OpenEditor) -> None:
    """After the pause one call probes the backend; other requests do not."""
    editor = open_editor(Scripted(fails(ErrorKind.NETWORK), hangs(), hangs()))
    other = open_editor(editor.backend, beside=editor, uri="file:///b.py", text="value = |")
    await editor.ask()
    await asyncio.sleep(2)
    editor.start()
    await asyncio.sleep(0.1)
    assert not (await other.ask()).suggestions
    assert len(editor.calls) == 2


async def test_abandoned_probe_does_not_count(open_editor: OpenEditor) -> None:
    """If typing makes a probe unusable before its answer, another one may start soon."""
    editor = open_editor(Scripted(fails(ErrorKind.NETWORK), hangs(), streams("compute()")))
    await editor.ask()
    await asyncio.sleep(2)
    editor.start()
    await asyncio.sleep(0.1)
    editor.go("import os\n\nvalue = |")
    await editor.ask()
    assert len(editor.calls) == 2
    await asyncio.sleep(1)
    assert text_of(await editor.ask()) == "compute()"


async def test_fallback_answers_during_a_pause(open_editor: OpenEditor) -> None:
    """While the backend is unavailable the fallback answers, also the request whose call failed."""
    fallback = Scripted(streams("return width"), streams("compute()"), name="local", paid=False)
    editor = open_editor(Scripted(fails(ErrorKind.NETWORK), streams("backend()")), fallback)
    reply = await editor.ask()
    assert text_of(reply) == "return width"
    assert reply.suggestions[0].answer.backend_name == "local"
    editor.go("value = |")
    assert text_of(await editor.ask()) == "compute()"
    assert len(editor.calls) == 1
    await asyncio.sleep(5)
    editor.go("import os\n\nother = |")
    assert text_of(await editor.ask()) == "backend()"
    assert errors_of(editor) == [ErrorKind.NETWORK]


async def test_retry_calls_the_backend_after_a_fallback_answer(
    open_editor: OpenEditor,
) -> None:
    """At the same place, too, the backend's answer replaces the fallback's shown one."""
    fallback = Scripted(streams("return width"), name="local", paid=False)
    editor = open_editor(Scripted(fails(ErrorKind.NO_CREDIT), streams("return width * height")), fallback)
    assert text_of(await editor.ask()) == "return width"
    editor.engine.retry()
    assert text_of(await editor.ask(manual=True)) == "return width * height"
    assert len(editor.calls) == 2


async def test_retry_after_zero_does_not_repeat_calls_endlessly(open_editor: OpenEditor) -> None:
    """With `Retry-After: 0` a request is not repeated endlessly: the fallback answers."""
    editor = open_editor(
        Scripted(*[fails(ErrorKind.OVERLOAD, after=0, retry_after=0)] * 3),
        Scripted(streams("return width"), name="local"),
    )
    assert text_of(await editor.ask()) == "return width"
    assert len(editor.calls) == 1


async def test_fallback_answers_are_not_cached(open_editor: OpenEditor) -> None:
    """When the backend is available again it is called, also where the fallback has answered."""
    fallback = Scripted(streams("return width"), name="local")
    editor = open_editor(Scripted(fails(ErrorKind.NETWORK), streams(AREA)), fallback)
    await editor.ask()
    editor.go("import os\n|")
    editor.engine._documents.clear()
    await asyncio.sleep(5)
    editor.go("def area(width, height):\n    |")
    assert text_of(await editor.ask()) == AREA


async def test_failed_call_is_reported_once(open_editor: OpenEditor) -> None:
    """Several requests that wait for one call cause one error."""
    editor = open_editor(Scripted(fails(ErrorKind.OVERLOAD)))
    replies = await asyncio.gather(editor.start(), editor.start(), editor.start())
    assert [reply.error.kind for reply in replies if reply.error] == [ErrorKind.OVERLOAD] * 3
    assert len(editor.errors) == 1


async def test_text_before_a_failure_is_not_cached(open_editor: OpenEditor) -> None:
    """A call that fails after some text leaves no cached answer."""
    editor = open_editor(Scripted(fails(ErrorKind.NETWORK, text="return wid"), streams(AREA)))
    await editor.ask()
    await asyncio.sleep(5)
    assert text_of(await editor.ask()) == AREA


async def test_unexpected_exception_is_reported_and_answered(open_editor: OpenEditor) -> None:
    """Any other exception is a bug: the loop reports it, and the request is answered nevertheless."""
    reported: list[object] = []
    editor = open_editor(Scripted())
    editor.loop.set_exception_handler(lambda loop, context: reported.append(context["exception"]))
    reply = await editor.ask()
    assert reply.suggestions == ()
    assert [type(error) for error in reported] == [AssertionError]
    editor.loop.set_exception_handler(None)
