"""The log: each line once, and then with a count."""

import logging

import pytest

from midfill.cli.log import MOST_KINDS, QUIET_S, Repetitions


class Log:
    """A log of which each line that is written is kept."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now = 0.0
        self._filter = Repetitions()

    def write(
        self, text: str, *arguments: object, level: int = logging.WARNING, error: object = None
    ) -> None:
        """Log a line."""
        record = logging.LogRecord("midfill", level, "", 1, text, arguments, error)  # type: ignore[arg-type]
        record.created = self.now
        if self._filter.filter(record):
            self.lines.append(record.getMessage() + (" traced" if record.exc_info else ""))


def test_a_line_is_written_once_and_then_counted() -> None:
    """1,000 of a kind are four lines."""
    log = Log()
    for _ in range(1_000):
        log.write("broken %s", "message")
    assert log.lines == [
        "broken message",
        *(f"broken message ({n} times so far)" for n in ("10", "100", "1,000")),
    ]


def test_a_line_comes_again_after_a_while() -> None:
    """What is rare is not hidden."""
    log = Log()
    for log.now in (0.0, 1.0, QUIET_S + 2, QUIET_S + 3):
        log.write("offline")
    assert log.lines == ["offline", "offline (3 times so far)"]


def test_a_trace_is_written_once() -> None:
    """It is as long as fifty lines."""
    log = Log()
    for _ in range(10):
        log.write("failed", error=(ValueError, ValueError(), None))
    assert log.lines == ["failed traced", "failed (10 times so far)"]


def test_kinds_are_told_apart_by_what_they_are_about() -> None:
    """As long as there are not too many of them."""
    log = Log()
    for number in range(10_000):
        log.write("broken %d", number)
    assert MOST_KINDS <= len(log.lines) < MOST_KINDS + 10
    log.write("another")
    assert log.lines[-1] == "another"


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_what_was_asked_for_is_written(level: int) -> None:
    """Levels below warning are there to be read in full."""
    log = Log()
    for _ in range(20):
        log.write("seen", level=level)
    assert len(log.lines) == 20
