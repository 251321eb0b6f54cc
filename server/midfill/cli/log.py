"""The log on standard error: without keys, without what a terminal acts on, and with nothing repeated without end."""

import logging
import sys

from midfill.core.characters import visible

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

MOST_KINDS = 200
"""Kinds of lines that are told apart; beyond them only the texts in the code are."""

QUIET_S = 60.0
"""Seconds in which a line is not written again, unless it has come ten times as often."""


class Repetitions(logging.Filter):
    """Lets each warning through once, and then with a count: whoever sends nonsense cannot fill a disk."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[tuple[object, ...], _Count] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to write the record; tells how often it has come since it was written last."""
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
        if exact not in self._counts and len(self._counts) >= MOST_KINDS:
            exact = kind if kind in self._counts or len(self._counts) < 2 * MOST_KINDS else ()
        return self._counts.setdefault(exact, _Count())


class _Count:
    """How often a line has come."""

    def __init__(self) -> None:
        self.total = 0
        self._next = 1
        self._written = float("-inf")

    def is_due(self, now: float) -> bool:
        """Count the line that comes `now` (seconds), and return whether it is written."""
        self.total += 1
        if self.total < self._next and now - self._written < QUIET_S:
            return False
        while self._next <= self.total:
            self._next *= 10
        self._written = now
        return True


class LogFormatter(logging.Formatter):
    """Writes records without the API keys that were found, and without what a terminal acts on."""

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as text, with its traceback."""
        from midfill.keys import without_keys  # Here: `--help` needs no keys.

        return visible(without_keys(super().format(record)), keep="\n\t")


def start(level: str) -> None:
    """Write the log to standard error, from a level on; warnings and errors if there is no such level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Repetitions())
    handler.setFormatter(LogFormatter())
    known = logging.getLevelNamesMapping().get(level.upper(), logging.WARNING)
    logging.basicConfig(handlers=[handler], level=known)
