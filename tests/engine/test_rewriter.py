"""The model's next edit in virtual time: one call, shared, closed, recorded, and accepted edit by edit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from midfill.core.document import Document, Position
from midfill.core.edit_rules import Hunk, SuggestedEdit
from midfill.core.model import BackendError, Backends, ErrorKind, Usage
from midfill.core.records import CallRecord, NoRecords
from midfill.core.tokens import estimate
from midfill.engine import EditRequest, Rewriter
from tests.engine.scripted import EACH, FIRST, Scripted, Step, fails, hangs, streams

pytestmark = pytest.mark.anyio

URI = "file:///w/cart.py"
TEXT = "count = 0\nfor row in rows:\n    total += row\nprint(total)\nsave(1)\nsend(2)\nlog(total)\nend(3)\n"
NEW = TEXT.replace("total", "count")
LINGER, TOTAL = 0.5, 8.0


class RecordingLedger(NoRecords):
    """Records the calls; it may have reached a cap, which applies to automatic calls."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[CallRecord] = []
        self.cap = ""

    def record_call(self, call: CallRecord) -> None:
        self.calls.append(call)

    def cap_reason(self, *, manual: bool) -> str:
        return "" if manual else self.cap


class Editor:
    """One document; its first line was edited, and the cursor is in the third."""

    def __init__(self, backend: Scripted | None, text: str = TEXT, edit_format: str = "chat-prefix") -> None:
        self.backend = backend
        self.errors: list[BackendError] = []
        self.records = RecordingLedger()
        self.document = Document(URI, "python", text, 1)
        self.hunks = [Hunk(URI, 0, ("total = 0",), ("count = 0",), "", "for row in rows:")]
        self.refused: list[SuggestedEdit] = []
        self.loop = asyncio.get_running_loop()
        backends = Backends(Scripted(), edit_backend=backend, edit_format=edit_format)
        self.rewriter = Rewriter(backends, LINGER, TOTAL, self.errors.append, self.records, self.loop.time)

    def lines(self, first: int, last: int) -> tuple[str, ...]:
        rows = range(max(0, first), min(last, self.document.line_count))
        return tuple(map(self.document.line, rows))

    async def ask(self, row: int = 2, column: int = 4) -> SuggestedEdit | None:
        cursor = self.document.cursor(Position(row, column), "utf-32")
        request = EditRequest(cursor, self.hunks, self.refused, lambda uri: "cart.py", self.lines)
        return await self.rewriter.next_edit(request)

    def start(self, **place: int) -> "asyncio.Task[SuggestedEdit | None]":
        return self.loop.create_task(self.ask(**place))

    def change(self, row: int, line: str) -> None:
        self.document.edit(Position(row, 0), Position(row, 999), line, "utf-32")
        self.rewriter.changed(URI, self.lines)

    def accept(self, of: SuggestedEdit) -> None:
        start, end = Position(of.row, 0), Position(of.row + len(of.before), 0)
        self.document.edit(start, end, "".join(f"{line}\n" for line in of.after), "utf-32")
        self.rewriter.changed(URI, self.lines)


@asynccontextmanager
async def editing(*scripts: Any, **options: Any) -> AsyncIterator[Editor]:
    editor = Editor(Scripted(*scripts, **options))
    yield editor
    await editor.rewriter.close()
    assert editor.backend is not None
    assert all(call.over is not None for call in editor.backend.calls)


def after(of: SuggestedEdit | None) -> tuple[int, tuple[str, ...]] | None:
    return None if of is None else (of.row, of.after)


async def test_edits_are_offered_one_by_one() -> None:
    """One call: the first edit is offered while the answer streams, the next ones after its acceptance."""
    async with editing(streams(NEW)) as editor:
        start = editor.loop.time()
        first = await editor.ask()
        assert after(first) == (2, ("    count += row", "print(count)"))
        assert editor.loop.time() - start < FIRST + EACH * len(NEW) / 4
        assert first is not None
        editor.accept(first)
        second = await editor.ask(row=3)
        assert after(second) == (6, ("log(count)",))
        assert second is not None
        editor.accept(second)
        assert await editor.ask(row=6) is None
        assert editor.document.text == NEW
        assert editor.backend is not None
        assert len(editor.backend.calls) == 1


async def test_request_has_edits_region_and_limit() -> None:
    """It has the edits, the region with the cursor, the start of the answer, and a bound for its length."""
    async with editing(streams(TEXT)) as editor:
        assert await editor.ask() is None
        assert editor.backend is not None
        [call] = editor.backend.calls
        prompt = call.backend_request.prompt
        assert "original:\ntotal = 0\nupdated:\ncount = 0" in prompt.prefix
        assert "    <|cursor|>total += row" in prompt.prefix
        assert "next edit" in prompt.context
        assert prompt.suffix == ""
        assert call.backend_request.required_start == "```python\n"
        assert call.backend_request.limits.stop == ("\n```",)
        assert call.backend_request.limits.max_tokens == int(1.5 * estimate(TEXT.rstrip("\n")) + 150)


async def test_line_that_is_too_long_for_a_request_has_no_call() -> None:
    """A minified line is no code that a model edits; the line below is asked about."""
    async with editing(streams(TEXT)) as editor:
        editor.change(2, "x" * 200_000)
        assert await editor.ask() is None
        assert editor.backend is not None
        assert editor.backend.calls == []
        await editor.ask(row=4)
        assert len(editor.backend.calls) == 1


async def test_requests_at_one_place_share_a_call() -> None:
    """At the same place during the stream and afterwards; an answer without an edit is remembered, too."""
    async with editing(streams(TEXT)) as editor:
        first = editor.start()
        await asyncio.sleep(FIRST / 2)
        second = editor.start(row=3, column=0)
        assert await first is await second is None
        assert await editor.ask() is None
        assert editor.backend is not None
        assert len(editor.backend.calls) == 1


async def test_newer_request_supersedes_an_older_one() -> None:
    """The older request is answered empty at once; the call continues for the newer one."""
    async with editing(streams(NEW)) as editor:
        older = editor.start()
        await asyncio.sleep(FIRST / 2)
        begun = editor.loop.time()
        editor.rewriter.supersede()
        assert await older is None
        assert editor.loop.time() == begun
        await asyncio.sleep(FIRST / 4)
        assert await editor.ask() is not None
        assert editor.backend is not None
        assert len(editor.backend.calls) == 1


async def test_keystroke_closes_the_call() -> None:
    """Its requests are answered empty, and the next one makes a new call."""
    async with editing(hangs(TEXT[:30]), streams(NEW)) as editor:
        waiting = editor.start()
        await asyncio.sleep(1)
        changed = editor.loop.time()
        editor.change(4, "save(12)")
        assert await waiting is None
        assert editor.loop.time() == changed
        await asyncio.sleep(0)
        assert editor.backend is not None
        assert editor.backend.calls[0].end == "closed"
        assert editor.backend.calls[0].over == editor.loop.time()
        assert await editor.ask() is not None


async def test_change_of_another_document_closes_the_call() -> None:
    async with editing(hangs(TEXT[:30])) as editor:
        waiting = editor.start()
        await asyncio.sleep(1)
        changed = editor.loop.time()
        editor.rewriter.changed("file:///w/other.py", editor.lines)
        assert await waiting is None
        assert editor.loop.time() == changed


async def test_only_one_call_at_a_time() -> None:
    """A request outside the region replaces the older one."""
    text = TEXT + "pass\n" * 60
    async with editing(hangs(), streams("pass\n" * 28)) as editor:
        editor.document.replace(text, 2)
        older = editor.start()
        await asyncio.sleep(0.1)
        newer = editor.start(row=50, column=0)
        begun = editor.loop.time()
        assert await older is None
        assert editor.loop.time() == begun
        assert await newer is None
        assert editor.backend is not None
        assert [call.end for call in editor.backend.calls] == ["closed", "whole"]


async def test_unused_call_lingers() -> None:
    """It lingers for a moment, and another request may join it."""
    async with editing(hangs("count")) as editor:
        for wait in (LINGER / 2, LINGER * 2):
            waiting = editor.start()
            await asyncio.sleep(0.1)
            waiting.cancel()
            await asyncio.sleep(wait)
        assert editor.backend is not None
        [call] = editor.backend.calls
        assert call.over is not None
        assert call.over - call.begun == pytest.approx(0.1 + LINGER / 2 + 0.1 + LINGER)


async def test_call_ends_at_the_deadline() -> None:
    """The text received by then is used."""
    async with editing(hangs(NEW[:-10])) as editor:
        assert after(await editor.ask()) == (2, ("    count += row", "print(count)"))
    async with editing(hangs("count = 0\n")) as editor:
        start = editor.loop.time()
        assert await editor.ask() is None
        assert editor.loop.time() - start == pytest.approx(TOTAL)


async def test_calls_are_recorded() -> None:
    """Each call is recorded: whole with its tokens, closed, or failed."""
    usage = Usage(300, 60, 250)
    async with editing(streams(NEW, usage=usage), hangs("count = 0\n"), fails(ErrorKind.OVERLOAD)) as editor:
        await editor.ask()
        await asyncio.sleep(5)
        editor.change(4, "save(2)")
        waiting = editor.start()
        await asyncio.sleep(1)
        editor.change(4, "save(3)")
        await waiting
        await editor.ask()
        assert [call.outcome for call in editor.records.calls] == ["whole", "stopped", "overload"]
        first = editor.records.calls[0]
        assert first.backend == "scripted"
        assert first.language == "python"
        assert (first.usage, first.text, first.paid) == (usage, NEW, True)
        assert editor.records.calls[1].text == "count = 0\n"
        assert len({call.number for call in editor.records.calls}) == 3
        assert not any(call.speculative for call in editor.records.calls)


@pytest.mark.parametrize(("paid", "calls"), [(True, 0), (False, 1)])
async def test_only_a_free_backend_is_called_above_a_cap(paid: bool, calls: int) -> None:
    """The cap does not apply to a free backend."""
    async with editing(streams(TEXT), paid=paid) as editor:
        editor.records.cap = "today's cap is reached"
        assert await editor.ask() is None
        assert editor.backend is not None
        assert len(editor.backend.calls) == calls


async def test_error_is_reported_and_causes_a_pause() -> None:
    """The breaker of the completions: a pause that doubles, and the success that ends it."""
    async with editing(fails(ErrorKind.OVERLOAD), fails(ErrorKind.OVERLOAD), streams(NEW)) as editor:
        assert editor.backend is not None
        for wait, calls, errors in ((0.5, 1, 1), (1, 1, 1), (1, 2, 2), (1, 2, 2), (3, 3, 2)):
            found = await editor.ask()
            assert (len(editor.backend.calls), len(editor.errors)) == (calls, errors)
            await asyncio.sleep(wait)
        assert found is not None


async def test_wrong_key_stops_all_calls() -> None:
    async with editing(fails(ErrorKind.BAD_KEY)) as editor:
        for _ in range(3):
            assert await editor.ask() is None
            await asyncio.sleep(1000)
        assert [error.kind for error in editor.errors] == [ErrorKind.BAD_KEY]


async def test_refused_edit_is_not_offered_again() -> None:
    """The same answer has another edit, which is offered."""
    async with editing(streams(NEW)) as editor:
        first = await editor.ask()
        assert first is not None
        editor.refused.append(first)
        assert after(await editor.ask()) == (6, ("log(count)",))


async def test_no_call_before_the_first_edit() -> None:
    """The user must have edited something."""
    async with editing() as editor:
        editor.hunks = []
        assert await editor.ask() is None


async def test_no_edit_without_a_backend() -> None:
    editor = Editor(None)
    assert await editor.ask() is None
    await editor.rewriter.close()


async def test_interrupted_answer_is_not_kept() -> None:
    """The edits before its end are offered; the next request makes another call."""
    async with editing(streams(NEW[:40], finish_reason=None), streams(NEW)) as editor:
        assert await editor.ask() is None
        assert await editor.ask() is not None


async def test_successful_answer_resets_the_pause() -> None:
    """The next failure pauses as short as the first one did."""
    failure, answer = fails(ErrorKind.OVERLOAD), streams(TEXT)
    async with editing(failure, failure, answer, failure, answer) as editor:
        assert editor.backend is not None
        for pause, count in ((0, 1), (1.5, 2), (1.5, 2), (1, 3), (30, 4), (1.5, 5)):
            await asyncio.sleep(pause)
            editor.change(2, f"    total += {pause} + {count}")
            await editor.ask()
            assert len(editor.backend.calls) == count
        assert [error.kind for error in editor.errors] == [ErrorKind.OVERLOAD] * 3


async def test_probe_closed_by_a_key_delays_no_other_call() -> None:
    """After a failure one call tries the backend; if a key closes it, the next may start a second later."""
    async with editing(fails(ErrorKind.OVERLOAD), hangs(), streams(NEW)) as editor:
        assert await editor.ask() is None
        await asyncio.sleep(1.5)
        waiting = editor.start()
        await asyncio.sleep(0.1)
        editor.change(4, "save(12)")
        assert await waiting is None
        await asyncio.sleep(0.5)
        assert await editor.ask() is None
        await asyncio.sleep(0.5)
        assert await editor.ask() is not None


async def test_an_edit_that_adds_a_line_moves_the_later_ones() -> None:
    """After its acceptance the region is longer, and the next edit is that of the answer at its new row."""
    new = NEW.replace("print(count)", "print(count)\nprint()")
    async with editing(streams(new)) as editor:
        first = await editor.ask()
        assert after(first) == (2, ("    count += row", "print(count)", "print()"))
        assert first is not None
        editor.accept(first)
        second = await editor.ask(row=4)
        assert after(second) == (7, ("log(count)",))
        assert second is not None
        editor.accept(second)
        assert editor.document.text == new
        assert editor.backend is not None
        assert len(editor.backend.calls) == 1


async def test_the_backend_is_closed_in_the_end() -> None:
    """With its connections, whether or not it was called."""
    async with editing() as editor:
        pass
    assert editor.backend is not None
    assert editor.backend.closed == 1


async def test_next_request_supersedes_a_waiting_one() -> None:
    """An editor asks for one place at a time; the older request is answered empty as soon as the newer one arrives."""
    async with editing(streams(NEW)) as editor:
        older = editor.start()
        await asyncio.sleep(FIRST / 2)
        begun = editor.loop.time()
        newer = editor.start(row=3, column=0)
        assert await older is None
        assert editor.loop.time() == begun
        assert await newer is not None


@pytest.mark.parametrize("lines", [1, 12])
async def test_answer_may_be_longer_than_its_region(lines: int) -> None:
    """It may have half as many tokens again, and some more for a small region."""
    async with editing(hangs()) as editor:
        editor.document.replace(TEXT + "value = load_value(path, 1)\n" * lines, 2)
        waiting = editor.start()
        await asyncio.sleep(0.1)
        assert editor.backend is not None
        (call,) = editor.backend.calls
        tokens = estimate(call.backend_request.prompt.prefix.rpartition("```python\n")[2])
        assert 1.4 * tokens + 130 < call.backend_request.limits.max_tokens < 1.6 * tokens + 170
        waiting.cancel()


async def test_answer_that_fails_at_its_end_is_not_kept() -> None:
    """The edits before the failure are offered; the next request makes another call."""
    error = BackendError(ErrorKind.OVERLOAD, "try later", retry_after=0)
    async with editing([*streams(NEW), Step(0.1, error)], streams(NEW)) as editor:
        assert await editor.ask() is not None
        await asyncio.sleep(5)
        assert await editor.ask() is not None
        assert editor.backend is not None
        assert len(editor.backend.calls) == 2


@pytest.mark.parametrize(("row", "calls"), [(5, 2), (6, 1), (33, 1), (34, 2)])
async def test_answer_is_used_in_its_region(row: int, calls: int) -> None:
    """The region of a cursor in row 18 is rows 6 to 33; a request elsewhere needs its own call."""
    text = "\n".join(f"value_{number} = load({number})" for number in range(60))
    async with editing(streams(text), streams(text)) as editor:
        editor.document.replace(text, 2)
        await editor.ask(row=18)
        await editor.ask(row=row)
        assert editor.backend is not None
        assert len(editor.backend.calls) == calls


async def test_answer_has_a_maximum_length() -> None:
    """A region of another script has more tokens than a model may write."""
    async with editing(hangs()) as editor:
        editor.document.replace("总计数值" * 80 + "\n" + ("总计数值" * 80 + "\n") * 40, 2)
        waiting = editor.start()
        await asyncio.sleep(0.1)
        assert editor.backend is not None
        assert editor.backend.calls[0].backend_request.limits.max_tokens == 4_096
        waiting.cancel()


async def test_request_waits_for_the_lines_that_decide_its_edit() -> None:
    """It is woken by each new line, and offers the edit as soon as two unchanged lines have followed it."""
    async with editing(streams(NEW, each=0.1)) as editor:
        began = editor.loop.time()
        assert await editor.ask() is not None
        assert editor.backend is not None
        (call,) = editor.backend.calls
        assert call.sent.endswith("\n") or call.sent.rstrip(" ").count("\n") == call.sent.count("\n")
        assert call.sent.count("\n") == 6
        assert editor.loop.time() - began < 0.1 * len(NEW) / 4


async def test_answer_is_read_to_its_end_after_an_offer() -> None:
    """The user takes a moment to accept the first edit; the next one is in the same answer."""
    async with editing(streams(NEW, each=0.1)) as editor:
        first = await editor.ask()
        assert first is not None
        await asyncio.sleep(5)
        editor.accept(first)
        assert after(await editor.ask(row=3)) == (6, ("log(count)",))
        assert editor.backend is not None
        assert [call.end for call in editor.backend.calls] == ["whole"]


async def test_whole_answer_is_kept_whatever_was_refused() -> None:
    """Its edits are offered when they are not refused any more; no other call is made."""
    async with editing(streams(NEW)) as editor:
        first = await editor.ask()
        assert first is not None
        second = SuggestedEdit(URI, 6, ("log(total)",), ("log(count)",))
        editor.refused = [first, second]
        await asyncio.sleep(5)
        assert await editor.ask() is None
        await asyncio.sleep(5)
        editor.refused = [second]
        assert await editor.ask() == first
        assert editor.backend is not None
        assert len(editor.backend.calls) == 1


async def test_edits_further_down_are_offered_one_by_one() -> None:
    """Their rows count from the document's start; the region is in its middle."""
    lines = [f"value_{number} = load({number})" for number in range(60)]
    new = [line.replace("load", "read") if row in {30, 40} else line for row, line in enumerate(lines)]
    async with editing(streams("\n".join(new[18:46]) + "\n")) as editor:
        editor.document.replace("\n".join(lines) + "\n", 2)
        for row in (30, 40):
            edit = await editor.ask(row=30)
            assert after(edit) == (row, (new[row],))
            assert edit is not None
            editor.accept(edit)
        assert editor.document.text == "\n".join(new) + "\n"
        assert editor.backend is not None
        assert len(editor.backend.calls) == 1


async def test_newer_request_keeps_the_call_open() -> None:
    """The older one ends without closing it, though the answer takes longer than an unused call is kept."""
    async with editing(streams(NEW, each=0.1)) as editor:
        older = editor.start()
        await asyncio.sleep(FIRST / 2)
        newer = editor.start(row=3, column=0)
        assert await older is None
        assert await newer is not None
        assert editor.backend is not None
        assert len(editor.backend.calls) == 1


async def test_region_that_cannot_be_told_from_the_marks_of_a_format_has_no_call() -> None:
    """Zeta's marks are those of a merge conflict."""
    backend = Scripted(streams(TEXT))
    editor = Editor(backend, TEXT.replace("save(1)", "======="), edit_format="zeta")
    assert await editor.ask() is None
    assert backend.calls == []
    await editor.rewriter.close()


@pytest.mark.parametrize("seconds", [0.5, 5])
async def test_change_of_another_document_needs_a_new_answer(seconds: float) -> None:
    """The next request makes another call at once, whether the answer was whole or not."""
    async with editing(streams(TEXT, each=0.1 if seconds < 1 else EACH), streams(NEW)) as editor:
        first = editor.start()
        await asyncio.sleep(seconds)
        editor.rewriter.changed("file:///w/other.py", editor.lines)
        assert after(await editor.ask()) == (2, ("    count += row", "print(count)"))
        assert await first is None


async def test_probe_that_has_text_ends_the_pause() -> None:
    """The backend works again, though a key closes the call before its end; the next one need not wait."""
    async with editing(fails(ErrorKind.OVERLOAD), hangs("count = 0\n"), streams(NEW)) as editor:
        assert await editor.ask() is None
        await asyncio.sleep(1.5)
        waiting = editor.start()
        await asyncio.sleep(0.5)
        editor.change(4, "save(12)")
        assert await waiting is None
        await asyncio.sleep(0.1)
        assert await editor.ask() is not None


async def test_edit_above_the_cursor_is_not_offered_after_a_key() -> None:
    """It waits for the text at the cursor, until the deadline at most."""
    part = NEW.partition("log")[0]
    async with editing(hangs(part)) as editor:
        waiting = editor.start(row=7)
        await asyncio.sleep(1)
        editor.change(4, "save(12)")
        assert await waiting is None
    async with editing(hangs(part)) as editor:
        assert after(await editor.ask(row=7)) == (2, ("    count += row", "print(count)"))


async def test_change_elsewhere_in_the_document_needs_a_new_answer() -> None:
    """An edit was offered, and the user goes on outside of its region."""
    lines = [f"value_{number} = load({number})" for number in range(60)]
    answer = "\n".join(line.replace("load(20", "read(20") for line in lines[6:34])
    async with editing(streams(answer), streams(answer)) as editor:
        editor.document.replace("\n".join(lines), 2)
        assert after(await editor.ask(row=18)) == (20, ("value_20 = read(20)",))
        editor.change(50, "value_50 = None")
        assert after(await editor.ask(row=18)) == (20, ("value_20 = read(20)",))
        assert editor.backend is not None
        assert len(editor.backend.calls) == 2


async def test_answer_for_a_part_of_the_region_leaves_the_rest() -> None:
    """Zeta 2.1 rewrites the lines between two markers; a line that its edit adds moves the second one."""
    first, rest = ("".join(f"{name} = 1\n" for name in names) for names in ("abcdefg", "hijklmno"))
    rest = f"\n{rest}"
    new = first.replace("a = 1\n", "a = 1\nx = 1\n").replace("g = 1", "g = 2")
    editor = Editor(
        Scripted(streams(f"<|marker_1|>\n{new}\n<|marker_2|>")), first + rest, edit_format="zeta-2.1"
    )
    for expected in ((1, ("x = 1",)), (7, ("g = 2",))):
        edit = await editor.ask(row=0)
        assert after(edit) == expected
        assert edit is not None
        editor.accept(edit)
    assert await editor.ask(row=0) is None
    assert editor.document.text == new + rest
    await editor.rewriter.close()
