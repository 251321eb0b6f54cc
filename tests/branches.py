"""The branches of the server that the tests without editors run, with all processes that they start.

    uv run --group servers python -m tests.branches [TESTS...] [--missing] [--bar 97.5]

Without TESTS it runs all of them, one part after the other; with TESTS it adds theirs to the last result. A test that
fails, such as one with a short deadline, is reported, and does not end the measurement.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PARTS = ["core", "settings", "workspace", "ledger", "engine", "backends", "servers", "gateway", "cli", "lsp"]
"""The folders of tests, one process after the other: the whole is longer than most machines are left alone."""

SERVER = Path("server/midfill")
DATA = Path(".cache/coverage/data")


def main() -> int:
    """Measure, and print a table by part; return 1 if the whole is below the bar."""
    parser = argparse.ArgumentParser(prog="python -m tests.branches", description=__doc__)
    parser.add_argument("tests", nargs="*")
    parser.add_argument("--missing", action="store_true", help="print each branch that no test takes")
    parser.add_argument("--bar", type=float, default=0.0, help="the least share of all branches, in percent")
    options = parser.parse_args()
    if not options.tests:
        _coverage("erase")
    for tests in [options.tests] if options.tests else [[f"tests/{part}"] for part in PARTS]:
        _coverage("run", "-m", "pytest", "--quiet", *tests)
    _coverage("combine", "--quiet", *(["--append"] if DATA.exists() else []))
    report = DATA.with_name("report.json")
    _coverage("json", "--quiet", "-o", str(report))
    files = json.loads(report.read_bytes())["files"]
    if options.missing:
        print("\n".join(missing(files)))
    share = _print_table(files)
    return int(share < options.bar)


def _coverage(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "coverage", *arguments], check=False)


def missing(files: dict[str, Any]) -> Iterator[str]:
    """Yield the branches that no test takes, with their line."""
    for name, file in files.items():
        lines = Path(name).read_text("utf-8").splitlines()
        for line, to in file["missing_branches"]:
            yield f"{name}:{line} to {to if to > 0 else 'the end'}: {lines[line - 1].strip()}"


def _print_table(files: dict[str, Any]) -> float:
    """Print the share of each part, and return that of all branches in percent."""
    all_, taken = Counter[str](), Counter[str]()
    for name, file in files.items():
        part = Path(name).relative_to(SERVER).parts[0]
        for counted in (part, "all"):
            all_[counted] += file["summary"]["num_branches"]
            taken[counted] += file["summary"]["covered_branches"]
    for part in sorted(filter(None, all_), key=lambda part: (part == "all", part)):
        if all_[part]:
            print(f"{part:14}{taken[part]:6} of {all_[part]:6} {100 * taken[part] / all_[part]:6.1f} %")
    return 100 * taken["all"] / all_["all"]


if __name__ == "__main__":
    sys.exit(main())
