"""Print the share of predicted similar edits and of right predictions; exit with 1 below the bars."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from midfill.core.edit_rules import DocumentSnapshot, Hunk, suggested_edits
from tests.quality.context.history import History
from tests.quality.edits.replay import replayed
from tests.quality.edits.sessions import sessions
from tests.quality.edits.typing import typed

ROOT = Path(__file__).parents[3]
PREDICTED, RIGHT, SILENT = 30.0, 80.0, 98.0
"""The bars, in per cent: predicted similar edits after the second, right suggested edits, keys without one."""
SLOWEST_MS = 20.0
"""Milliseconds for a document of 10,000 lines."""
KEYS_OF = 20
"""Commits of a repository whose code is typed key by key."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the repositories that the command line names, this one if none."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.edits", description=__doc__)
    parser.add_argument("repositories", nargs="*", type=Path, default=[ROOT])
    parser.add_argument("--commits", type=int, default=150)
    parser.add_argument(
        "--start", type=float, default=0.0, help="share of a commit's edits that are made last"
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--predicted", type=float, default=PREDICTED, help="the bar, in per cent")
    parser.add_argument("--right", type=float, default=RIGHT, help="the bar, in per cent")
    options = parser.parse_args(argv)
    job = partial(measured, commits=options.commits, start=options.start)
    total: Counter[str] = Counter()
    with ProcessPoolExecutor(options.processes) as pool:
        for repository, counts in zip(options.repositories, pool.map(job, options.repositories), strict=True):
            print(row(repository.parent.name if repository.name == "repo" else repository.name, counts))
            total += counts
    print(row("all", total))
    slowest = milliseconds()
    print(f"10,000 lines: {slowest:.1f} ms")
    return 0 if _is_above(total, options.predicted, options.right) and slowest <= SLOWEST_MS else 1


def milliseconds() -> float:
    """Return the time of a fruitless search through 10,000 lines, one in twenty with the name."""
    lines = [f"    value_{row} = other(first_{row}, second)  # why" for row in range(10_000)]
    lines[::20] = [f"    use(connection_of, {row})" for row in range(500)]
    lines[:2] = ["use(channel, 0)", "use(channel, 1)"]
    hunks = [
        Hunk("file:///a", row, (f"use(connection, {row})",), (f"use(channel, {row})",), "", "")
        for row in (0, 1)
    ]
    snapshot = DocumentSnapshot("file:///a", "python", "\n".join(lines))
    times = []
    for _ in range(9):
        began = time.perf_counter()
        assert next(suggested_edits(hunks, [snapshot]), None) is None
        times.append(1000 * (time.perf_counter() - began))
    return min(times)  # The machine may be under load.


def measured(repository: Path, commits: int, start: float = 0.0) -> Counter[str]:
    """Count the predictions in a repository's latest commits."""
    history, counts = History(repository), Counter[str]()
    for number, session in enumerate(sessions(history, history.commits(commits))):
        if session.groups:
            later = {step for group in session.groups for step in group[2:]}
            outcomes = [outcome for outcome in replayed(session, history, start) if outcome is not None]
            counts["commits"] += 1
            counts["later"] += len(later)
            counts["suggested"] += len(outcomes)
            counts["right"] += sum(outcome.right is not None for outcome in outcomes)
            counts["predicted"] += sum(outcome.right in later for outcome in outcomes)
        if number % max(1, commits // KEYS_OF) == 0:
            keys = list(typed(session, history))
            counts["keys"] += len(keys)
            counts["offered"] += sum(keys)
    history.close()
    return counts


def row(name: str, counts: Counter[str]) -> str:
    """Return a line of figures."""
    return (
        f"{name:30} {counts['commits']:4} commits, {counts['later']:5} alike edits: "
        f"{_share(counts['predicted'], counts['later']):5.1f} % predicted; of {counts['suggested']:5} suggested edits "
        f"{_share(counts['right'], counts['suggested']):5.1f} % right; of {counts['keys']:6} keys "
        f"{100 - _share(counts['offered'], counts['keys']):5.1f} % without one"
    )


def _share(part: int, whole: int) -> float:
    return 100 * part / max(1, whole)


def _is_above(total: Counter[str], least_predicted: float, least_right: float) -> bool:
    predicted, right = _share(total["predicted"], total["later"]), _share(total["right"], total["suggested"])
    silent = 100 - _share(total["offered"], total["keys"])
    return predicted >= least_predicted and right >= least_right and silent >= SILENT


if __name__ == "__main__":
    sys.exit(main())
