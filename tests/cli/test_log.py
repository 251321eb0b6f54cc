"""The log on standard error: no key in it, and each line once, then with a count."""

import logging

import pytest

from midfill.cli.log import MAX_KINDS, REPEAT_INTERVAL_S, LogFormatter, RepetitionFilter
from midfill.keys import find_key
from midfill.settings import Settings
from tests.cli.command import Command

KEY = "5b1f0c9e-77aa-4c1d-9d5e-2f60d1a9b0c4"


def logged(text: str, error: BaseException | None = None) -> str:
    info = None if error is None else (type(error), error, None)
    record = logging.LogRecord("midfill", logging.ERROR, __file__, 1, "%s", (text,), info)
    return LogFormatter().format(record)


@pytest.mark.parametrize("spelling", [KEY, KEY.upper(), f"Bearer {KEY}", f"b'{KEY}'"])
def test_known_key_is_not_logged(spelling: str) -> None:
    """It is masked by its value in the message, and in an error with its causes."""
    find_key("deepseek", Settings(), {"DEEPSEEK_API_KEY": KEY})
    error = ValueError(f"first {spelling}")
    error.__cause__ = OSError(f"second {spelling}")
    text = logged(f"words {spelling}", error)
    assert KEY not in text.lower()
    assert all(word in text for word in ("words", "first", "second"))


@pytest.mark.parametrize("command", ["config show", "doctor", "complete a.py:1:1"])
def test_key_in_the_wrong_place_is_not_shown(midfill: Command, command: str) -> None:
    """A key as the model or as a file name is not shown on the terminal."""
    here = midfill.having(DEEPSEEK_API_KEY=KEY, MIDFILL_MODEL=KEY, MIDFILL_BASE_URL="http://127.0.0.1:9")
    here.config.write_text(f"model = '{KEY}'\n[trigger]\npaths_off = ['{KEY}']\n'{KEY}' = 1\n", "utf-8")
    here.file("a.py", "x")
    done = here.call(*command.split())
    assert KEY not in done.out + done.err


class Log:
    """A log that keeps each line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now = 0.0
        self._filter = RepetitionFilter()

    def write(
        self, text: str, *arguments: object, level: int = logging.WARNING, error: object = None
    ) -> None:
        """Log a line."""
        record = logging.LogRecord("midfill", level, "", 1, text, arguments, error)  # type: ignore[arg-type]
        record.created = self.now
        if self._filter.filter(record):
            self.lines.append(record.getMessage() + (" traced" if record.exc_info else ""))


def test_repeated_lines_are_counted() -> None:
    """1,000 equal messages give four lines."""
    log = Log()
    for _ in range(1_000):
        log.write("broken %s", "message")
    assert log.lines == [
        "broken message",
        *(f"broken message ({n} times so far)" for n in ("10", "100", "1,000")),
    ]


def test_repeated_line_is_written_again_later() -> None:
    """A rare message is shown."""
    log = Log()
    for log.now in (0.0, 1.0, REPEAT_INTERVAL_S + 2, REPEAT_INTERVAL_S + 3):
        log.write("offline")
    assert log.lines == ["offline", "offline (3 times so far)"]


def test_traceback_is_written_once() -> None:
    """It is as long as fifty lines."""
    log = Log()
    for _ in range(10):
        log.write("failed", error=(ValueError, ValueError(), None))
    assert log.lines == ["failed traced", "failed (10 times so far)"]


def test_lines_are_distinguished_by_their_subject() -> None:
    """This holds for a limited number of subjects."""
    log = Log()
    for number in range(10_000):
        log.write("broken %d", number)
    assert MAX_KINDS <= len(log.lines) < MAX_KINDS + 10
    log.write("another")
    assert log.lines[-1] == "another"


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_lower_levels_are_not_shortened(level: int) -> None:
    """Levels below warning are not shortened."""
    log = Log()
    for _ in range(20):
        log.write("seen", level=level)
    assert len(log.lines) == 20
