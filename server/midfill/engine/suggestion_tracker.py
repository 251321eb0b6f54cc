"""The record of a suggestion's outcome in the ledger."""

from dataclasses import replace
from typing import NamedTuple

from midfill.core.records import Records, SuggestionRecord


class SuggestionTracker:
    """Tracks the outcome of one suggestion, while its document shows it or a rest of it.

    The ledger gets a record when the editor shows the suggestion, and after each change.

    Args:
        record: the record of a suggestion that is not shown yet.
        records: writes the records.
    """

    def __init__(self, record: SuggestionRecord, records: Records) -> None:
        self.record = record
        self.is_shown = False
        self._records = records
        self._recorded: SuggestionRecord | None = None

    def shows_up_to(self, until: int) -> None:
        """Record that the first `until` characters of the call's text were shown; the next change writes it."""
        if until > self.record.until:
            self.record = replace(self.record, until=until)

    def shown(self) -> None:
        """Record that the editor shows it."""
        self.is_shown = True
        self._write()

    def accepted(self, text: str, *, whole: bool) -> None:
        """Record that the user accepted `text` of it: its last part (`whole`), or a word or a line."""
        record = self.record
        by_line = not whole and ("\n" in text.strip(" \t") or len(text.split()) > 1)
        by_word = not whole and not by_line
        self.record = replace(
            record,
            whole=record.whole or whole,
            words=record.words + by_word,
            lines=record.lines + by_line,
            accepted=record.accepted + len(text),
        )
        self.shown()

    def dismissed(self) -> None:
        """Record that the user dismissed it."""
        self.record = replace(self.record, dismissed=True)
        self.shown()

    def no_longer_shown(self) -> None:
        """Record that none of it is shown any more."""
        if self.is_shown:
            self._write()

    def checked(self, seconds: int, size: int, retained: int) -> None:
        """Record how many of `size` accepted characters were still in the document after `seconds`."""
        record = self.record
        if seconds <= 30:
            record = replace(
                record, checked_30_s=record.checked_30_s + size, retained_30_s=record.retained_30_s + retained
            )
        else:
            record = replace(
                record,
                checked_300_s=record.checked_300_s + size,
                retained_300_s=record.retained_300_s + retained,
            )
        self.record = record
        self._write()

    def _write(self) -> None:
        if self.record != self._recorded:
            self._recorded = self.record
            self._records.record_suggestion(self.record)


class AcceptedText(NamedTuple):
    """An accepted text."""

    tracker: SuggestionTracker
    text: str
    row: int
    """The row in which it starts."""
