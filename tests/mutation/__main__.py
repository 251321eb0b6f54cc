"""Print the small changes of the code that the tests notice; exit with 1 below the bar."""

import argparse
import math
import multiprocessing
import os
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.mutation.changes import Change, all_lines, drawn, lines_since
from tests.mutation.covering import Covering, covering
from tests.mutation.trials import LEAST, tried

SERVER = Path("server/midfill")
PARTS = ("core", "engine", "settings", "workspace", "backends", "lsp")
OUTSIDE = ("backends", "lsp")
"""Parts of which only pure modules change, and only lines that a test in its own process runs."""

IMPURE = re.compile(
    r"\basync\b|\bawait\b|\b(?:import|from) (?:asyncio|httpx|pygls|socket|subprocess|threading)\b"
)
"""Modules that wait or use the outside world: real processes test them."""

IN_PROCESS = "from midfill.lsp"
TESTS = (
    *("tests/core", "tests/engine", "tests/settings", "tests/workspace", "tests/backends", "tests/ledger"),
    "tests/test_pages.py",
    *("tests/quality/test_cases.py", "tests/quality/test_exact.py", "tests/quality/test_golden.py"),
    *(
        str(path)
        for path in sorted(Path("tests/lsp").glob("test_*.py"))
        if IN_PROCESS in path.read_text("utf-8")
    ),
)
"""Tests within their own process: coverage has no context for a server in another process."""


def main(argv: Sequence[str] | None = None) -> int:
    """Draw the changes, run them, and return the exit code."""
    options = _options(argv)
    began = time.monotonic()
    known = covering(TESTS, options.jobs, options.seed)
    print(f"{time.monotonic() - began:.0f} s: which tests run which line", flush=True)
    if known.failed:
        print("left out, because they fail without any change:", *sorted(known.failed), flush=True)
    changes, left_out = _judged(_drawn(options, known))
    until = time.monotonic() + options.seconds
    with tempfile.TemporaryDirectory() as examples:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = examples  # Examples of changed code are useless later.
        noticed = tried(changes, known, TESTS, seed=options.seed, jobs=options.jobs, until=until)
    if len(noticed) < len(changes):
        print(f"there was no time for {len(changes) - len(noticed)} more")
    print(left_out)
    print(_table(noticed), f"{time.monotonic() - began:.0f} s", sep="\n")
    return 0 if _holds(list(noticed.values()), options.bar) else 1


def _holds(noticed: Sequence[bool], bar: float) -> bool:
    """Return whether the noticed share reaches a bar; fewer changes than `LEAST` are too few to judge."""
    if len(noticed) < LEAST:
        print(f"fewer than {LEAST} changes are no measure")
        return True
    return 100 * sum(noticed) >= bar * len(noticed)


def _drawn(options: argparse.Namespace, known: Covering) -> list[Change]:
    """Return the changes that are tried."""
    paths = [path for path in _modules(options.only) if path.stat().st_size]
    paths = [
        path for path in paths if path.parts[2] not in OUTSIDE or not IMPURE.search(path.read_text("utf-8"))
    ]
    lines = all_lines(paths)
    if options.since and (touched := lines_since(options.since, paths)) is not None:
        lines = touched
    elif options.since:
        print(f"{options.since} is not in this clone: any line is changed")
    for path in paths:
        if path.parts[2] in OUTSIDE:
            lines[path] &= known.lines(path)
    return drawn(lines, options.size, options.seed)


def _judged(changes: Sequence[Change]) -> tuple[list[Change], str]:
    """Return the changes that may have a visible effect, and the number of others by kind."""
    kinds = Counter(change.harmless for change in changes if change.harmless)
    share = 100 * sum(kinds.values()) / max(1, len(changes))
    counts = ", ".join(f"{count} times {kind}" for kind, count in sorted(kinds.items()))
    left_out = f"harmless by their kind, and left out: {share:.1f} % ({counts or 'none'})"
    return [change for change in changes if not change.harmless], left_out


def _modules(only: str) -> list[Path]:
    """Return the modules of the parts, or those below one folder."""
    return sorted(path for part in PARTS for path in (SERVER / part).rglob("*.py") if only in str(path))


def _table(noticed: Mapping[Change, bool]) -> str:
    """Return the figures by module, and over all."""
    rows: dict[str, list[bool]] = defaultdict(list)
    for change, seen in noticed.items():
        rows[_part(change.path)].append(seen)
    rows = {**dict(sorted(rows.items())), "all": list(noticed.values())}
    lines = [
        f"{name:24} {len(seen):5} changes {sum(seen):5} killed {len(seen) - sum(seen):5} survived"
        + (f" {100 * sum(seen) / len(seen):6.1f} %" if seen else "")
        for name, seen in rows.items()
    ]
    return "\n".join(lines)


def _part(path: Path) -> str:
    """Return the package of a module, or the module if it is at the top of a part."""
    return "/".join(path.parts[2:4])


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--size", type=int, default=200, help="how many changes (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="draws them (default: %(default)s)")
    parser.add_argument("--since", metavar="REVISION", help="only lines that have changed since then")
    parser.add_argument("--only", metavar="PATH", default="", help="only modules with this in their path")
    parser.add_argument("--bar", type=float, default=0, help="least share that is noticed, in per cent")
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count(), help="how many at once")
    parser.add_argument(
        "--seconds", type=float, default=math.inf, help=f"after these no change is begun, once {LEAST} are"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
