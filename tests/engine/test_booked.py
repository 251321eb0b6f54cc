"""What is booked of calls and suggestions."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from midfill.core.booking import CallRecord, NoRecords, SuggestionRecord
from midfill.core.model import Kind, Usage
from tests.engine.desk import Desk, text_of
from tests.engine.scripted import Scripted, fails, hangs, says

pytestmark = pytest.mark.anyio

Sit = Callable[..., Desk]

AREA = "return width * height"
USAGE = Usage(prompt=10, output=5, cached=0)


class Kept(NoRecords):
    """Keeps what it is told; `reason` keeps everybody from a paid call, by hand too unless `by_hand`."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[CallRecord] = []
        self.fates: dict[int, SuggestionRecord] = {}
        self.reason = ""
        self.by_hand = False

    def called(self, call: CallRecord) -> None:
        self.calls.append(call)

    def suggested(self, suggested: SuggestionRecord) -> None:
        self.fates[suggested.number] = suggested

    def why_not(self, *, manual: bool) -> str:
        return "" if manual and self.by_hand else self.reason

    @property
    def fate(self) -> SuggestionRecord:
        """The only suggestion."""
        (fate,) = self.fates.values()
        return fate


async def shown(desk: Desk) -> Any:
    """Ask, and have what comes shown."""
    reply = await desk.ask()
    desk.engine.was_shown(desk.uri)
    return reply.suggestions[0].completion


async def test_a_whole_answer(sit: Sit) -> None:
    """Its usage, and its times in milliseconds."""
    book = Kept()
    desk = sit(Scripted(says(AREA, usage=USAGE)), book=book)
    await desk.ask()
    (call,) = book.calls
    assert (call.usage, call.outcome, call.text, call.language, call.model) == (
        USAGE, "whole", AREA, "python", "scripted-1",
    )  # fmt: skip
    assert call.first_ms is not None
    assert 250 <= call.first_ms < call.total_ms < 350


@pytest.mark.parametrize(
    ("script", "outcome", "read"),
    [
        (hangs(), "stopped", True),
        (fails(Kind.OVERLOAD), "overload", False),
        (fails(Kind.TIMEOUT), "timeout", True),
        (fails(Kind.BAD_KEY), "bad key", False),
    ],
)
async def test_a_call_that_ends_otherwise(sit: Sit, script: Any, outcome: str, read: bool) -> None:
    """What was refused has cost nothing; of what was left or came too late the prompt was read."""
    book = Kept()
    desk = sit(Scripted(script), book=book)
    asking = desk.start()
    await asyncio.sleep(1)
    asking.cancel()
    await desk.engine.close()
    assert [(call.outcome, call.read) for call in book.calls] == [(outcome, read)]


async def test_a_call_that_never_left_is_not_booked(sit: Sit) -> None:
    """It was cancelled before its first step, or its backend says that nothing was sent."""
    book = Kept()
    desk = sit(Scripted(hangs()), book=book)
    asking = desk.start()
    while not desk.calls:
        await asyncio.sleep(0.01)
    desk.calls[0].question.unsent()
    asking.cancel()
    await desk.engine.close()
    assert book.calls == []


async def test_accepted_as_a_whole(sit: Sit) -> None:
    """Once, whatever the editor tells twice."""
    book = Kept()
    desk = sit(Scripted(says(AREA)), book=book)
    desk.take(await shown(desk))
    desk.engine.accepted(desk.uri)
    fate = book.fate
    assert (fate.whole, fate.accepted, fate.until, fate.call) == (True, 21, 21, book.calls[0].number)
    assert desk.engine.counters.shown == 1


@pytest.mark.parametrize(("piece", "words", "lines"), [("return", 1, 0), ("return width *", 0, 1)])
@pytest.mark.parametrize("told", [True, False])
async def test_accepted_in_part(sit: Sit, piece: str, words: int, lines: int, told: bool) -> None:
    """The editor tells of it, or its edit does; what is left is the same suggestion."""
    book = Kept()
    desk = sit(Scripted(says(AREA)), book=book)
    await shown(desk)
    desk.type_whole(piece, tells_parts=told)
    if told:
        desk.engine.partly_accepted(desk.uri)
    assert (book.fate.words, book.fate.lines, book.fate.accepted) == (words, lines, len(piece))
    desk.take(await shown(desk))
    assert (book.fate.whole, book.fate.accepted) == (True, len(AREA))


async def test_brackets_of_the_editor_are_no_accepted_part(sit: Sit) -> None:
    """They come at one key, and agree with what is shown."""
    book = Kept()
    desk = sit(Scripted(says("()"), otherwise=lambda _: says("x")), text="call|", book=book)
    await shown(desk)
    desk.type_whole("()", tells_parts=False)
    assert book.fate.words == 0


async def test_typed_through_is_one_suggestion(sit: Sit) -> None:
    """Typing along shows nothing new; dismissing ends it."""
    book = Kept()
    desk = sit(Scripted(says(AREA)), book=book)
    await shown(desk)
    for key in "return":
        desk.type(key)
        await shown(desk)
    desk.engine.rejected(desk.uri)
    assert (book.fate.dismissed, book.fate.accepted) == (True, 0)


async def test_what_was_not_shown_is_not_booked(sit: Sit) -> None:
    """An editor that tells what it shows has shown nothing else."""
    book = Kept()
    desk = sit(Scripted(says(AREA)), book=book)
    await desk.ask()
    desk.engine.rejected(desk.uri)
    assert book.calls
    assert not [fate for fate in book.fates.values() if not fate.dismissed]


async def test_beyond_a_cap_the_fallback_answers(sit: Sit) -> None:
    """By hand the primary does, if the user has allowed it; what is known already is shown all the same."""
    book = Kept()
    desk = sit(
        Scripted(says(AREA), says("by hand")),
        Scripted(says("fall"), says("back"), name="local", paid=False),
        book=book,
    )
    assert text_of(await desk.ask()) == AREA
    book.reason = "the cap is reached"
    assert desk.at_once() == AREA
    desk.type("\nx = ")
    assert text_of(await desk.ask()) == "fall"
    assert len(desk.calls) == 1
    book.by_hand = True
    desk.type("\ny = ")
    assert text_of(await desk.ask(manual=True)) == "by hand"
    assert len(desk.calls) == 2


async def test_beyond_a_cap_without_a_fallback(sit: Sit) -> None:
    """The reply says why there is nothing."""
    book = Kept()
    book.reason = "the cap is reached"
    desk = sit(Scripted(), book=book)
    assert (await desk.ask()).reason == "the cap is reached"


def test_no_text_is_in_a_suggestion() -> None:
    """Numbers and names only."""
    kinds = {
        type(value)
        for value in asdict(SuggestionRecord(number=1, call=2, backend="b", language="l")).values()
    }
    assert kinds == {int, str, bool}
