"""Arguments of the command line, as users type them."""

import argparse
from typing import NoReturn

from midfill.core.characters import escaped

MAX_DAYS = 3650
"""Maximum days of statistics."""
_HIGHEST_PORT = 65_535
"""The highest TCP port."""


class Parser(argparse.ArgumentParser):
    """Escapes control characters in error messages."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit."""
        super().error(escaped(message))


def days(text: str) -> int:
    """Return a number of days. Raises argparse.ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MAX_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days from 1 to {MAX_DAYS}")
    return int(text)


def port(text: str) -> int:
    """Return a port; 0 means any free one. Raises argparse.ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or len(text) > 5 or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a port from 0 to {_HIGHEST_PORT}")
    return int(text)
