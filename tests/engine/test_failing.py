"""When the backend fails: pauses, probes, the fallback, and what is told."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from midfill.core.model import Kind
from tests.engine.desk import Desk, text_of
from tests.engine.scripted import Scripted, fails, hangs, streams

pytestmark = pytest.mark.anyio

Sit = Callable[..., Desk]

AREA = "return width * height"
PASSING = [kind for kind in Kind if not kind.final]
LASTING = [kind for kind in Kind if kind.final]


def told(desk: Desk) -> list[Kind]:
    return [error.kind for error in desk.troubles]


@pytest.mark.parametrize("kind", Kind)
async def test_a_failure_is_the_reason_of_an_empty_reply(sit: Sit, kind: Kind) -> None:
    """A request whose call fails is answered empty, with the error; it is told once."""
    desk = sit(Scripted(fails(kind)))
    reply = await desk.ask()
    assert reply.error is not None
    assert (reply.suggestions, reply.error.kind) == ((), kind)
    assert told(desk) == [kind]


@pytest.mark.parametrize("kind", LASTING)
async def test_a_lasting_failure_ends_asking(sit: Sit, kind: Kind) -> None:
    """After a bad key nothing is asked any more; each request is answered at once by the reason."""
    desk = sit(Scripted(fails(kind)))
    await desk.ask()
    for _ in range(5):
        await asyncio.sleep(3600)
        reply = await desk.ask()
        assert str(kind) in reply.reason
    assert len(desk.calls) == 1
    assert len(desk.troubles) == 1


@pytest.mark.parametrize("kind", PASSING)
async def test_a_passing_failure_pauses(sit: Sit, kind: Kind) -> None:
    """After a failure nothing is asked for some seconds; then one call goes out, and all is well."""
    desk = sit(Scripted(fails(kind), streams(AREA)))
    await desk.ask()
    failed = desk.now
    assert not (await desk.ask()).suggestions
    assert len(desk.calls) == 1
    await asyncio.sleep(desk.engine.calls.health.until - failed)
    assert text_of(await desk.ask()) == AREA
    assert desk.engine.calls.health.failures == 0


async def test_the_pause_grows_from_failure_to_failure(sit: Sit) -> None:
    """A backend that stays away is asked ever more rarely, whatever the user types."""
    desk = sit(Scripted(*[fails(Kind.NETWORK, after=0)] * 20))
    for _ in range(600):
        desk.go("def area(width, height):\n    |")
        await desk.ask()
        await asyncio.sleep(0.5)
    begun = [call.begun for call in desk.calls]
    gaps = [later - earlier for earlier, later in pairwise(begun)]
    assert len(begun) <= 11
    assert gaps[0] < 2
    assert max(gaps) >= 60
    assert sorted(gaps[:6]) == gaps[:6]


async def test_retry_after_is_obeyed(sit: Sit) -> None:
    """A server that says how long to stay away is left alone that long, and not longer."""
    desk = sit(Scripted(fails(Kind.RATE_LIMIT, retry_after=42), streams(AREA)))
    await desk.ask()
    failed = desk.now
    await asyncio.sleep(41.9)
    assert not (await desk.ask()).suggestions
    await asyncio.sleep(failed + 42 - desk.now)
    assert text_of(await desk.ask()) == AREA


async def test_one_probe_at_a_time(sit: Sit) -> None:
    """When the pause is over one call tries whether the backend is back; other requests do not try, too."""
    desk = sit(Scripted(fails(Kind.NETWORK), hangs(), hangs()))
    other = sit(desk.backend, beside=desk, uri="file:///b.py", text="value = |")
    await desk.ask()
    await asyncio.sleep(2)
    desk.start()
    await asyncio.sleep(0.1)
    assert not (await other.ask()).suggestions
    assert len(desk.calls) == 2


async def test_a_probe_that_was_given_up_is_no_verdict(sit: Sit) -> None:
    """Where the typing leaves a probe before it has an answer, another may try soon."""
    desk = sit(Scripted(fails(Kind.NETWORK), hangs(), streams("compute()")))
    await desk.ask()
    await asyncio.sleep(2)
    desk.start()
    await asyncio.sleep(0.1)
    desk.go("import os\n\nvalue = |")
    await desk.ask()
    assert len(desk.calls) == 2
    await asyncio.sleep(1)
    assert text_of(await desk.ask()) == "compute()"


async def test_the_fallback_answers_meanwhile(sit: Sit) -> None:
    """While the backend is away its fallback answers, the request that met the failure among them."""
    fallback = Scripted(streams("return width"), streams("compute()"), name="local", paid=False)
    desk = sit(Scripted(fails(Kind.NETWORK), streams("backend()")), fallback)
    reply = await desk.ask()
    assert text_of(reply) == "return width"
    assert reply.suggestions[0].source.backend_name == "local"
    desk.go("value = |")
    assert text_of(await desk.ask()) == "compute()"
    assert len(desk.calls) == 1
    await asyncio.sleep(5)
    desk.go("import os\n\nother = |")
    assert text_of(await desk.ask()) == "backend()"
    assert told(desk) == [Kind.NETWORK]


async def test_asked_to_try_again_the_backend_is_called_where_the_fallback_has_answered(sit: Sit) -> None:
    """At the same place too, where what the fallback said is shown: it gives way to the backend's answer."""
    fallback = Scripted(streams("return width"), name="local", paid=False)
    desk = sit(Scripted(fails(Kind.NO_CREDIT), streams("return width * height")), fallback)
    assert text_of(await desk.ask()) == "return width"
    desk.engine.retry()
    assert text_of(await desk.ask(manual=True)) == "return width * height"
    assert len(desk.calls) == 2


async def test_a_failing_backend_that_may_be_asked_at_once_is_not_hammered(sit: Sit) -> None:
    """`Retry-After: 0` makes no request ask again and again: the fallback answers."""
    desk = sit(
        Scripted(*[fails(Kind.OVERLOAD, after=0, retry_after=0)] * 3),
        Scripted(streams("return width"), name="local"),
    )
    assert text_of(await desk.ask()) == "return width"
    assert len(desk.calls) == 1


async def test_the_fallbacks_answers_are_not_kept(sit: Sit) -> None:
    """When the backend is back it is asked, also where its fallback has answered."""
    fallback = Scripted(streams("return width"), name="local")
    desk = sit(Scripted(fails(Kind.NETWORK), streams(AREA)), fallback)
    await desk.ask()
    desk.go("import os\n|")
    desk.engine._sessions.clear()
    await asyncio.sleep(5)
    desk.go("def area(width, height):\n    |")
    assert text_of(await desk.ask()) == AREA


async def test_each_failing_call_is_told_once(sit: Sit) -> None:
    """Several requests that wait for one call do not make several errors."""
    desk = sit(Scripted(fails(Kind.OVERLOAD)))
    replies = await asyncio.gather(desk.start(), desk.start(), desk.start())
    assert [reply.error.kind for reply in replies if reply.error] == [Kind.OVERLOAD] * 3
    assert len(desk.troubles) == 1


async def test_text_before_a_failure_is_not_kept(sit: Sit) -> None:
    """A call that breaks after some words leaves no answer behind."""
    desk = sit(Scripted(fails(Kind.NETWORK, text="return wid"), streams(AREA)))
    await desk.ask()
    await asyncio.sleep(5)
    assert text_of(await desk.ask()) == AREA


async def test_a_bug_in_a_backend_is_reported_and_answered(sit: Sit) -> None:
    """What is no ModelError is a bug: the loop reports it, and the request is answered all the same."""
    reported: list[object] = []
    desk = sit(Scripted())
    desk.loop.set_exception_handler(lambda loop, context: reported.append(context["exception"]))
    reply = await desk.ask()
    assert reply.suggestions == ()
    assert [type(error) for error in reported] == [AssertionError]
    desk.loop.set_exception_handler(None)
