"""The records of one suggestion."""

import pytest

from midfill.core.records import SuggestionRecord
from midfill.engine.suggestion_tracker import SuggestionTracker
from tests.engine.simulated_editor import RecordingLedger


@pytest.fixture
def records() -> RecordingLedger:
    return RecordingLedger()


@pytest.fixture
def tracker(records: RecordingLedger) -> SuggestionTracker:
    return SuggestionTracker(SuggestionRecord(number=7, call_id=3, backend="b", language="python"), records)


@pytest.mark.parametrize(
    ("text", "words", "lines"),
    [
        ("one", 1, 0),
        (" one ", 1, 0),
        ("(", 1, 0),
        ("one two", 0, 1),
        ("one\n", 0, 1),
        ("\n    one", 0, 1),
        (" \t", 1, 0),
    ],
)
def test_accepted_part_is_a_word_or_a_line(
    records: RecordingLedger, tracker: SuggestionTracker, text: str, words: int, lines: int
) -> None:
    """The text decides: one word is a word, several words or a line's end are a line."""
    tracker.accepted(text, whole=False)
    (found,) = records.kept
    assert (found.words, found.lines, found.accepted, found.whole) == (words, lines, len(text), False)


def test_accepted_parts_add_up(records: RecordingLedger, tracker: SuggestionTracker) -> None:
    """The last part is neither word nor line; a completely accepted suggestion stays so."""
    for text, whole in (("a", False), ("b c", False), ("d", False), ("e f", True), ("g", False)):
        tracker.accepted(text, whole=whole)
    last = records.kept[-1]
    assert (last.words, last.lines, last.accepted, last.whole) == (3, 1, 9, True)
    assert [found.whole for found in records.kept] == [False, False, False, True, True]


def test_unshown_suggestion_is_not_recorded(records: RecordingLedger, tracker: SuggestionTracker) -> None:
    """The same state is recorded once; typed length is recorded with the next change."""
    tracker.shows_up_to(5)
    tracker.no_longer_shown()
    assert records.kept == []
    tracker.shown()
    tracker.shown()
    tracker.no_longer_shown()
    assert [found.until for found in records.kept] == [5]
    tracker.shows_up_to(3)
    tracker.no_longer_shown()
    assert len(records.kept) == 1
    tracker.shows_up_to(8)
    tracker.no_longer_shown()
    assert [found.until for found in records.kept] == [5, 8]
    tracker.dismissed()
    assert [found.dismissed for found in records.kept] == [False, False, True]


def test_retained_text_is_recorded_by_age(records: RecordingLedger, tracker: SuggestionTracker) -> None:
    """The ages are half a minute and five minutes; several parts of one suggestion add up."""
    for seconds, size, standing in ((30, 10, 9), (30, 4, 4), (300, 10, 5), (300, 4, 0)):
        tracker.checked(seconds, size, standing)
    last = records.kept[-1]
    assert (last.checked_30_s, last.retained_30_s, last.checked_300_s, last.retained_300_s) == (14, 13, 14, 5)
