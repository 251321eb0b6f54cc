"""The log on standard error."""

import logging
import sys

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class LogFormatter(logging.Formatter):
    """Writes records without the API keys that were found, wherever libraries and errors repeat them."""

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as text, with its traceback."""
        from midfill.keys import without_keys  # Here: `--help` needs no keys.

        return without_keys(super().format(record))


def start_log(name: str) -> None:
    """Log to standard error from the level `name` on; from warnings on, if there is no such level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LogFormatter())
    level = logging.getLevelNamesMapping().get(name.upper(), logging.WARNING)
    logging.basicConfig(handlers=[handler], level=level)
