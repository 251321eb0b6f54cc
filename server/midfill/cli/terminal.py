"""Output for users, with colours on a terminal only."""

import json
import sys
from collections.abc import Mapping
from typing import TextIO

from midfill.core.characters import escaped, replaced
from midfill.keys import without_keys

GREEN, YELLOW, RED, DIM = "32", "33", "31", "2"


class OutputError(OSError):
    """Standard output cannot be written; its cause's `errno` says why."""


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        raise OutputError(error.errno, error.strerror) from error


def painted(text: str, colour: str, stream: TextIO, environ: Mapping[str, str]) -> str:
    """Return `text` in a colour if `stream` is a terminal with colours (https://no-color.org)."""
    coloured = stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
    return f"\033[{colour}m{text}\033[0m" if coloured else text


def say(text: str) -> None:
    """Write a line for the user to standard error."""
    sys.stderr.write(f"midfill: {one_line(text)}\n")


def show(text: str) -> None:
    """Write a line for the user to standard output."""
    _write(f"{one_line(text)}\n")


def show_json(value: object) -> None:
    """Write a value to standard output as one line of JSON, readable and with escaped control characters."""
    text = replaced(json.dumps(value, ensure_ascii=False), lambda char: json.dumps(char)[1:-1])
    _write(f"{text}\n")


def one_line(text: str) -> str:
    """Return `text` as one line for display, with escaped control characters."""
    return escaped(without_keys(text))


def write_exactly(text: str) -> None:
    """Write `text` to standard output in UTF-8 with unchanged line ends; a terminal gets escaped controls."""
    if sys.stdout.isatty():
        text = escaped(text.replace("\r\n", "\n"), keep="\n\t")
    try:
        content = text.encode("utf-8", "surrogateescape")  # Python's form of a file's name that is not UTF-8.
    except UnicodeEncodeError:
        content = text.encode("utf-8", "replace")
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
