"""Output for users, with colours on a terminal only."""

import sys
from collections.abc import Mapping
from typing import TextIO

from midfill.core.characters import escaped
from midfill.keys import without_keys

GREEN, YELLOW, RED, DIM = "32", "33", "31", "2"


def painted(text: str, colour: str, stream: TextIO, environ: Mapping[str, str]) -> str:
    """Return `text` in a colour if `stream` is a terminal with colours (https://no-color.org)."""
    coloured = stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
    return f"\033[{colour}m{text}\033[0m" if coloured else text


def say(text: str) -> None:
    """Write a line for the user to standard error."""
    sys.stderr.write(f"midfill: {one_line(text)}\n")


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
