"""Print which small changes of the code the tests notice; exit with 1 below the bar."""

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutation.changes import Change, all_lines, drawn, lines_since
from tests.mutation.covering import Covering, covering
from tests.mutation.trial import Laboratory

SERVER = Path("server/midfill")
PARTS = ("core", "engine", "settings", "workspace", "backends", "lsp")
OUTSIDE = ("backends", "lsp")
"""Much of these runs in other processes alone: only lines that a test in its own process runs are changed there."""

TESTS = (
    "tests/core", "tests/engine", "tests/settings", "tests/workspace", "tests/backends",
    "tests/quality/test_cases.py", "tests/quality/test_golden.py",
    "tests/lsp/test_edits.py", "tests/lsp/test_files_off_the_loop.py", "tests/lsp/test_framing.py",
    "tests/lsp/test_newest_settings.py", "tests/lsp/test_place.py", "tests/lsp/test_pulled_settings.py",
    "tests/lsp/test_standing.py", "tests/lsp/test_watching.py",
)  # fmt: skip
"""Tests within their own process: what a server in another process runs is told by no context."""

LEAST_S, SLOWER = 20.0, 8.0
"""Seconds that any change has, and how many times as long as without a change its tests may take."""


def main(argv: Sequence[str] | None = None) -> int:
    """Draw the changes, run them, and return the exit code."""
    options = _options(argv)
    began = time.monotonic()
    paths = [path for path in _modules(options.only) if path.stat().st_size]
    known = covering(TESTS)
    lines = lines_since(options.since, paths) if options.since else all_lines(paths)
    for path in paths:
        if path.parts[2] in OUTSIDE:
            lines[path] &= known.lines(path)
    changes = drawn(lines, options.size, options.seed)
    with tempfile.TemporaryDirectory() as examples:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = examples  # Those of a changed code are of no use later.
        noticed = _tried(changes, known, options)
    for change, seen in zip(changes, noticed, strict=True):
        if not seen:
            print(change)
    if known.failed:
        print("left out, because they fail without any change:", *sorted(known.failed))
    print(_table(changes, noticed), f"{time.monotonic() - began:.0f} s", sep="\n")
    share = 100 * sum(noticed) / len(noticed) if noticed else 100
    return 1 if share < options.bar else 0


def _tried(changes: Sequence[Change], known: Covering, options: argparse.Namespace) -> list[bool]:
    """Return which of the changes a test notices."""
    laboratory = Laboratory(options.seed)
    _without_change(laboratory, changes, known)

    def fails(change: Change) -> bool:
        tests = known.tests(change.path, change.line)
        limit = LEAST_S + SLOWER * sum(known.seconds[test] for test in tests)
        return bool(tests) and laboratory.fails(change.path, change.module, tests, limit)

    with ThreadPoolExecutor(options.jobs) as pool:
        return list(pool.map(fails, changes))


def _without_change(laboratory: Laboratory, changes: Sequence[Change], known: Covering) -> None:
    """Raise `RuntimeError` if the tests fail in the laboratory without any change: every change would seem noticed."""
    tests = sorted({test for change in changes for test in known.tests(change.path, change.line)[:1]})
    limit = LEAST_S + SLOWER * sum(known.seconds[test] for test in tests)
    if changes and laboratory.fails(changes[0].path, changes[0].path.read_text("utf-8"), tests, limit):
        raise RuntimeError("Tests that pass by themselves fail in the laboratory.")


def _modules(only: str) -> list[Path]:
    """Return the modules of the parts, or those below one folder."""
    return sorted(path for part in PARTS for path in (SERVER / part).rglob("*.py") if only in str(path))


def _table(changes: Sequence[Change], noticed: Sequence[bool]) -> str:
    """Return the figures by module, and over all."""
    rows: dict[str, list[bool]] = defaultdict(list)
    for change, seen in zip(changes, noticed, strict=True):
        rows[_part(change.path)].append(seen)
    rows = {**dict(sorted(rows.items())), "all": list(noticed)}
    lines = [
        f"{name:24} {len(seen):5} changes {sum(seen):5} killed {len(seen) - sum(seen):5} survived"
        + (f" {100 * sum(seen) / len(seen):6.1f} %" if seen else "")
        for name, seen in rows.items()
    ]
    return "\n".join(lines)


def _part(path: Path) -> str:
    """Return the package of a module, or the module if it stands at the top of a part."""
    return "/".join(path.parts[2:4])


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--size", type=int, default=200, help="how many changes (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="draws them (default: %(default)s)")
    parser.add_argument("--since", metavar="REVISION", help="only lines that have changed since then")
    parser.add_argument("--only", metavar="PATH", default="", help="only modules with this in their path")
    parser.add_argument("--bar", type=float, default=0, help="least share that is noticed, in per cent")
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count(), help="how many at once")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
