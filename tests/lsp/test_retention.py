"""How much of an accepted text remains half a minute and five minutes later, in virtual time."""

import asyncio

import pytest

from midfill.core.document import Document, Position
from midfill.core.records import NoRecords, SuggestionRecord
from midfill.engine.suggestion_tracker import AcceptedText, SuggestionTracker
from midfill.lsp.retention_check import RetentionCheck
from tests.clock import JumpingLoop

TEXT = "total = sum(values)\n"
ABOVE = "x = 1\n" * 50


@pytest.mark.parametrize(
    ("edits", "half", "five"),
    [
        ([], (17, 17), (17, 17)),
        ([(10, (0, 0), (0, 0), "y = 2\n" * 100)], (17, 17), (17, 17)),
        ([(10, (50, 8), (50, 11), "max")], (17, 14), (17, 14)),
        ([(60, (50, 0), (51, 0), "")], (17, 17), (17, 1)),
        ([(10, (0, 0), (50, 0), "")], (17, 17), (17, 17)),
    ],
)
def test_retained_text_is_measured(
    edits: list[tuple[float, tuple[int, int], tuple[int, int], str]],
    half: tuple[int, int],
    five: tuple[int, int],
) -> None:
    """Moved text counts as kept; changed or removed text does not."""

    async def run() -> SuggestionRecord:
        document = Document("file:///a.py", "python", ABOVE + TEXT + "y = 2\n" * 50)
        tracker = SuggestionTracker(
            SuggestionRecord(number=1, call_id=1, backend="b", language="python"), NoRecords()
        )
        retention = RetentionCheck(lambda _: True)
        retention.watch(document, AcceptedText(tracker, TEXT, 50))
        loop, began = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        for after, start, end, text in edits:
            await asyncio.sleep(began + after - loop.time())
            document.edit(Position(*start), Position(*end), text)
        await asyncio.sleep(301)
        retention.close()
        return tracker.record

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        found = runner.run(run())
    assert (found.checked_30_s, found.retained_30_s) == half
    assert (found.checked_300_s, found.retained_300_s) == five


def test_closed_document_has_no_retention() -> None:
    """Unknown results are not counted."""

    async def run() -> SuggestionRecord:
        document = Document("file:///a.py", "python", TEXT)
        tracker = SuggestionTracker(
            SuggestionRecord(number=1, call_id=1, backend="b", language="python"), NoRecords()
        )
        RetentionCheck(lambda _: False).watch(document, AcceptedText(tracker, TEXT, 0))
        await asyncio.sleep(301)
        return tracker.record

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        assert runner.run(run()).checked_30_s == 0
