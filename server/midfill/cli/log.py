"""The log on standard error."""

import logging
import sys

from midfill.core.characters import visible

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class LogFormatter(logging.Formatter):
    """Writes records without the API keys that were found, and without what a terminal acts on."""

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as text, with its traceback."""
        from midfill.keys import without_keys  # Here: `--help` needs no keys.

        return visible(without_keys(super().format(record)), keep="\n\t")


def start_log(name: str) -> None:
    """Log to standard error from the level `name` on; from warnings on, if there is no such level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LogFormatter())
    level = logging.getLevelNamesMapping().get(name.upper(), logging.WARNING)
    logging.basicConfig(handlers=[handler], level=level)
