"""Arguments of the command line, as users type them."""

import argparse
from typing import NoReturn

from midfill.core.characters import visible

MOST_DAYS = 3650
"""Days that statistics reach back, at most."""


class Parser(argparse.ArgumentParser):
    """Repeats arguments so that a terminal only shows them."""

    def error(self, message: str) -> NoReturn:
        """Tell what is wrong, and exit."""
        super().error(visible(message))


def days(text: str) -> int:
    """Return a number of days. Raises argparse.ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days from 1 to {MOST_DAYS}")
    return int(text)
