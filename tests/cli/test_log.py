"""What is written to standard error as a log."""

import logging

import pytest

from midfill.cli.log import LogFormatter
from midfill.keys import find_key
from midfill.settings import Settings
from tests.cli.command import Command

KEY = "5b1f0c9e-77aa-4c1d-9d5e-2f60d1a9b0c4"


def logged(text: str, error: BaseException | None = None) -> str:
    info = None if error is None else (type(error), error, None)
    record = logging.LogRecord("midfill", logging.ERROR, __file__, 1, "%s", (text,), info)
    return LogFormatter().format(record)


@pytest.mark.parametrize("spelling", [KEY, KEY.upper(), f"Bearer {KEY}", f"b'{KEY}'"])
def test_a_found_key_is_not_logged(spelling: str) -> None:
    """By its value, whatever it looks like: in the words, and in an error with its causes."""
    find_key("deepseek", Settings(), {"DEEPSEEK_API_KEY": KEY})
    error = ValueError(f"first {spelling}")
    error.__cause__ = OSError(f"second {spelling}")
    text = logged(f"words {spelling}", error)
    assert KEY not in text.lower()
    assert all(word in text for word in ("words", "first", "second"))


@pytest.mark.parametrize("command", ["config show", "doctor", "complete a.py:1:1"])
def test_a_key_in_the_wrong_place_is_not_shown(midfill: Command, command: str) -> None:
    """Who sets the key as the model, or names a file by it, does not see it on the terminal."""
    here = midfill.having(DEEPSEEK_API_KEY=KEY, MIDFILL_MODEL=KEY, MIDFILL_BASE_URL="http://127.0.0.1:9")
    here.config.write_text(f"model = '{KEY}'\n[trigger]\npaths_off = ['{KEY}']\n'{KEY}' = 1\n", "utf-8")
    here.file("a.py", "x")
    done = here.call(*command.split())
    assert KEY not in done.out + done.err
