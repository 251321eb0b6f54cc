"""`python -m tests.quality.lookup`."""

import argparse
from pathlib import Path

from midfill.core.model import AnswerLimits
from tests.quality.lookup import __doc__ as about
from tests.quality.lookup.fit import fitted, observed
from tests.quality.lookup.measure import HEAD, measured, together
from tests.quality.lookup.places import SHARES, Sample, sample


def main() -> None:
    """Print a row for each repository, or the weights fitted on all of them."""
    arguments = argparse.ArgumentParser(description=about, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("repositories", nargs="+", type=Path)
    arguments.add_argument("--commits", type=int, default=60, help="of each repository, the latest")
    arguments.add_argument("--share", type=float, help="of each line is typed: 0 its start, 1 its end")
    arguments.add_argument("--manual", action="store_true", help="as if asked by key")
    arguments.add_argument("--fit", action="store_true", help="print weights instead")
    options = arguments.parse_args()
    if options.fit:
        fit(options.repositories, options.commits)
    else:
        measure(options.repositories, options.commits, options.share, AnswerLimits(manual=options.manual))


def fit(repositories: list[Path], commits: int) -> None:
    """Print the weights for `core/lookup/confidence.py`."""
    rows = [row for path in repositories for one in _samples(path, commits) for row in observed(one)]
    print("WEIGHTS = {")
    for name, weight in fitted(rows).items():
        print(f'    "{name}": {weight:.2f},')
    print("}")


def _samples(path: Path, commits: int) -> list[Sample]:
    """Return places inside of lines, and at the start of lines."""
    return [sample(path, commits), sample(path, commits, shares=(0.0,))]


def measure(repositories: list[Path], commits: int, share: float | None, limits: AnswerLimits) -> None:
    """Print the table."""
    print(HEAD, flush=True)
    rows = []
    for path in repositories:
        rows.append(measured(sample(path, commits, shares=SHARES if share is None else (share,)), limits))
        print(rows[-1].row(), flush=True)
    print(together("all", rows).row())


if __name__ == "__main__":
    main()
