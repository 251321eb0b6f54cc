"""`midfill stats`: the cost and use of completion, in the terminal, as JSON or as a page."""

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from midfill.cli.terminal import say, show_json
from midfill.ledger import data_file
from midfill.ledger.figures import report
from midfill.ledger.store import LEDGER_ERRORS


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print the figures or write the page, and return the exit code."""
    path = data_file()
    try:
        found = report(path, time.time(), arguments.days)
    except LEDGER_ERRORS as error:
        say(f"the ledger cannot be read: {path}: {error}")
        return 2
    if arguments.html:
        from midfill.cli.stats.page import page

        return _write(Path(arguments.html), page(found))
    if arguments.json:
        show_json(found.as_dict())
        return 0
    from midfill.cli.stats.stats_text import text

    print(text(found, sys.stdout, environ))
    return 0


def _write(path: Path, html: str) -> int:
    try:
        path.write_text(html, "utf-8")
    except OSError as error:
        say(f"{path} cannot be written: {error.strerror}")
        return 2
    say(f"wrote {path}")
    return 0
