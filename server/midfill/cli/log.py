"""The log on standard error: without keys and control characters, and with limited repetition."""

import logging
import sys

from midfill.core.characters import escaped

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

MAX_KINDS = 200
"""Maximum number of distinct messages; beyond it only their formats are distinguished."""

REPEAT_INTERVAL_S = 60.0
"""Minimum seconds between two equal messages, unless the message has occurred ten times as often meanwhile."""


class RepetitionFilter(logging.Filter):
    """Writes each warning once, and then with a count: invalid input cannot fill a disk."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[tuple[object, ...], _Count] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to write the record; adds the number of repetitions since the last time."""
        if record.levelno < logging.WARNING:
            return True
        count = self._count(record)
        if not count.is_due(record.created):
            return False
        if count.total > 1:
            record.msg, record.args = f"{record.getMessage()} ({count.total:,} times so far)", None
            record.exc_info = record.exc_text = record.stack_info = None
        return True

    def _count(self, record: logging.LogRecord) -> "_Count":
        kind: tuple[object, ...] = (record.name, str(record.msg))
        exact = (*kind, repr(record.args))
        if exact not in self._counts and len(self._counts) >= MAX_KINDS:
            exact = kind if kind in self._counts or len(self._counts) < 2 * MAX_KINDS else ()
        return self._counts.setdefault(exact, _Count())


class _Count:
    """The number of occurrences of a message."""

    def __init__(self) -> None:
        self.total = 0
        self._next = 1
        self._written = float("-inf")

    def is_due(self, now: float) -> bool:
        """Count the message at `now` (seconds), and return whether it is written."""
        self.total += 1
        if self.total < self._next and now - self._written < REPEAT_INTERVAL_S:
            return False
        while self._next <= self.total:
            self._next *= 10
        self._written = now
        return True


class LogFormatter(logging.Formatter):
    """Formats records without the API keys found so far, and with escaped control characters."""

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as text, with its traceback."""
        from midfill.keys import without_keys  # Imported here: `--help` needs no keys.

        return escaped(without_keys(super().format(record)), keep="\n\t")


def start(level: str) -> None:
    """Write the log to standard error, from a level up; an unknown level means warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(RepetitionFilter())
    handler.setFormatter(LogFormatter())
    known = logging.getLevelNamesMapping().get(level.upper(), logging.WARNING)
    logging.basicConfig(handlers=[handler], level=known)
