"""What becomes of a suggestion."""

from dataclasses import replace
from typing import NamedTuple

from midfill.core.booking import Book, Suggested


class SuggestionTracker:
    """What becomes of one suggestion, as long as its document shows it or a rest of it.

    It is booked when the editor shows it, and at each turn from then on.

    Args:
        suggested: the suggestion, of which nothing is shown yet.
        book: takes note of it.
    """

    def __init__(self, suggested: Suggested, book: Book) -> None:
        self.suggested = suggested
        self.is_shown = False
        self._book = book
        self._booked: Suggested | None = None

    def reaches(self, until: int) -> None:
        """Take note how far the call's text is given to the editor; written down with the next turn."""
        if until > self.suggested.until:
            self.suggested = replace(self.suggested, until=until)

    def shown(self) -> None:
        """Take note that the editor shows it."""
        self.is_shown = True
        self._write()

    def accepted(self, text: str, *, whole: bool) -> None:
        """Take note that the user has accepted `text` of it, the last of it or (else) a word or a line."""
        of = self.suggested
        by_line = not whole and ("\n" in text.strip(" \t") or len(text.split()) > 1)
        by_word = not whole and not by_line
        self.suggested = replace(
            of,
            whole=of.whole or whole,
            words=of.words + by_word,
            lines=of.lines + by_line,
            accepted=of.accepted + len(text),
        )
        self.shown()

    def dismissed(self) -> None:
        """Take note that the user has dismissed it."""
        self.suggested = replace(self.suggested, dismissed=True)
        self.shown()

    def over(self) -> None:
        """Take note that nothing of it is shown any more."""
        if self.is_shown:
            self._write()

    def measured(self, seconds: int, size: int, standing: int) -> None:
        """Take note how many of `size` accepted characters stood in the document after so many seconds."""
        of = self.suggested
        if seconds <= 30:
            of = replace(of, measured_30=of.measured_30 + size, standing_30=of.standing_30 + standing)
        else:
            of = replace(of, measured_300=of.measured_300 + size, standing_300=of.standing_300 + standing)
        self.suggested = of
        self._write()

    def _write(self) -> None:
        if self.suggested != self._booked:
            self._booked = self.suggested
            self._book.suggested(self.suggested)


class AcceptedText(NamedTuple):
    """A text that the user has accepted."""

    tracker: SuggestionTracker
    text: str
    row: int
    """The row in which it begins."""
