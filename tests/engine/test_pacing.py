"""The debounce in virtual time: it depends on the typist's rhythm and on the backend's latency."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from midfill.settings import Settings, TimingSettings
from tests.engine.scripted import Scripted, hangs, streams
from tests.engine.simulated_editor import SimulatedEditor, text_of

pytestmark = pytest.mark.anyio

OpenEditor = Callable[..., SimulatedEditor]

USUAL = 0.018
"""Seconds of debounce for a typist and a backend that are not known yet."""


def timing(**values: int) -> Settings:
    return Settings(timing=TimingSettings(**{"debounce_min_ms": 0, **values}))


@pytest.mark.parametrize(
    ("latencies", "debounce"),
    [
        ([], USUAL),
        ([0.25], USUAL),
        ([0.5], USUAL / 2),
        ([1.0], USUAL / 2),
        ([0.125], USUAL * 2),
        ([0.05], USUAL * 2),
        ([0.125, 0.625], USUAL * 0.25 / 0.225),
        ([0.375, 0.125], USUAL * 0.25 / 0.325),
    ],
)
async def test_slow_backend_is_called_earlier(
    open_editor: OpenEditor, latencies: Sequence[float], debounce: float
) -> None:
    """The first latency counts in full, each later one by a fifth; the debounce is at most halved or doubled."""
    scripts = [streams("x()", first=latency) for latency in latencies]
    editor = open_editor(Scripted(*scripts, hangs()), settings=timing())
    for number in range(len(latencies)):
        editor.go(f"value_{number} = |")
        await editor.ask()
    editor.go("other = |")
    began = editor.now
    waiting = editor.start()
    await asyncio.sleep(1)
    assert editor.calls[-1].begun - began == pytest.approx(debounce)
    waiting.cancel()


@pytest.mark.parametrize(("most", "wait"), [(600, 0.36), (200, 0.2)])
async def test_call_after_a_deletion_waits_for_a_pause(
    open_editor: OpenEditor, most: int, wait: float
) -> None:
    """The wait is three of the typist's gaps, but not longer than the longest debounce."""
    editor = open_editor(Scripted(hangs()), settings=timing(debounce_max_ms=most), text="value = wi|")
    editor.delete()
    began = editor.now
    waiting = editor.start()
    await asyncio.sleep(1)
    assert editor.calls[-1].begun - began == pytest.approx(wait)
    waiting.cancel()


ENDLESS = "load(1)\n" + "".join(f"value_{row} = load({row})\n" for row in range(200))


@pytest.mark.parametrize(("most", "wait"), [(600, 0.072), (50, 0.05)])
async def test_long_answers_are_called_for_later(open_editor: OpenEditor, most: int, wait: float) -> None:
    """A call for a typing error would be costly: the wait is the time in which the user notices one."""
    editor = open_editor(
        Scripted(streams(ENDLESS), streams(ENDLESS), hangs()), settings=timing(debounce_max_ms=most)
    )
    for number in range(2):
        editor.go(f"value_{number} = |")
        await editor.ask()
        await asyncio.sleep(30)
    editor.go("other = |")
    began = editor.now
    waiting = editor.start()
    await asyncio.sleep(1)
    assert editor.calls[-1].begun - began == pytest.approx(wait)
    waiting.cancel()


@pytest.mark.parametrize(("follows", "since_key"), [(True, 0.2), (False, 0.35)])
async def test_debounce_counts_from_the_key_before_the_request(
    open_editor: OpenEditor, follows: bool, since_key: float
) -> None:
    """Some editors delay their requests; after a jump of the cursor there is no key to count from."""
    editor = open_editor(Scripted(hangs()), settings=timing(debounce_min_ms=200))
    editor.type("r")
    typed = editor.now
    await asyncio.sleep(0.15)
    if not follows:
        editor.go("other = |")
    waiting = editor.start()
    await asyncio.sleep(1)
    assert editor.calls[-1].begun - typed == pytest.approx(since_key)
    waiting.cancel()


LINE = "width * height + margin"


@pytest.mark.parametrize(
    ("options", "seconds", "shown"),
    [
        ({"refreshes": True}, 0.24, "width *"),
        ({}, 0.36, "width *"),
        ({"whole_only": True}, None, LINE),
        ({"refreshes": True, "whole_only": True}, None, LINE),
        ({"manual": True, "refreshes": True}, None, LINE),
    ],
)
async def test_request_in_a_pause_gets_a_part_of_a_line(
    open_editor: OpenEditor, options: dict[str, Any], seconds: float | None, shown: str
) -> None:
    """After two of the typist's gaps if the client asks again for the rest, else after three; some clients never do."""
    editor = open_editor(Scripted(streams(LINE, first=0.1, each=0.04)), text="area =|")
    editor.type(" ")
    await asyncio.sleep(0.2)
    request = replace(editor.request(), **options)
    reply = await editor.engine.complete(request)
    if seconds is None:
        assert (text_of(reply), editor.calls[0].over) == (shown, editor.now)
    else:
        assert text_of(reply).startswith(shown)
        assert editor.now - request.at == pytest.approx(seconds)
