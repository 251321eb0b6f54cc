"""Print the results of shaping; exit with 1 below the bars."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from random import Random

from midfill.core.shape import shape
from tests.quality.cases import LIMITS, Case, cases
from tests.quality.judge import Outcome, Verdict, judge
from tests.quality.report import failures, printed, row, table
from tests.quality.wire import over_the_wire

SEED = 20_261_123
COUNT = 4_000


def main(argv: Sequence[str] | None = None) -> int:
    """Run the cases and return the exit code."""
    options = _options(argv)
    made = cases(options.seed, options.cases)
    if options.wire:
        made = Random(options.seed).sample(made, min(options.wire, len(made)))
        verdicts, times = over_the_wire(made), list[float]()
    else:
        verdicts, times = run(made)
    if options.show:
        _show(verdicts, options.show, options.only)
    below = failures(verdicts)
    if options.json:
        print(json.dumps(_figures(verdicts, options, below), indent=2))
    else:
        print(printed(verdicts, times), *below, sep="\n")
    return 1 if below else 0


def run(all_cases: Sequence[Case]) -> tuple[list[Verdict], list[float]]:
    """Return the verdicts on `all_cases`, and the milliseconds that shaping each of them took."""
    verdicts, times = [], []
    for case in all_cases:
        cursor = case.cursor()
        began = time.perf_counter()
        shown = shape(case.raw, cursor, LIMITS)
        times.append((time.perf_counter() - began) * 1_000)
        verdicts.append(judge(case, shown))
    return verdicts, times


def _figures(
    verdicts: Sequence[Verdict], options: argparse.Namespace, below: Sequence[str]
) -> dict[str, object]:
    """Return the JSON output."""
    defects = {line.name: line._asdict() for line in table(verdicts, lambda verdict: verdict.case.defect)}
    total = row("all", verdicts)._asdict()
    return {"seed": options.seed, "wire": bool(options.wire), **total, "defects": defects, "failures": below}


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--cases", type=int, default=COUNT)
    parser.add_argument("--wire", type=int, default=0, metavar="N", help="N of them through the real server")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument(
        "--show", type=int, default=0, metavar="N", help="print the first N cases that went wrong"
    )
    parser.add_argument(
        "--only", default="", help="of those, the ones with this word in defect, kind or language"
    )
    return parser.parse_args(argv)


def _show(verdicts: Sequence[Verdict], most: int, only: str) -> None:
    """Print cases that are not exact, for inspection."""
    wrong = [verdict for verdict in verdicts if verdict.outcome is not Outcome.EXACT]
    for verdict in [verdict for verdict in wrong if only in _title(verdict)][:most]:
        case, hole = verdict.case, verdict.case.hole
        after = (hole.extra + hole.after).split("\n")
        print(f"=== {_title(verdict)}: {verdict.outcome}")
        print("\n".join([*hole.before.split("\n")[-4:-1], f"{hole.head}▮{after[0]}", *after[1:4]]))
        print(f"--- raw   {case.raw!r}\n--- want  {hole.middle!r}")
        print(f"--- shown {verdict.shown.text!r}, replacing {verdict.shown.replace}")


def _title(verdict: Verdict) -> str:
    case = verdict.case
    return f"{case.defect} / {case.kind} / {case.hole.source.name} ({case.language})"


if __name__ == "__main__":
    sys.exit(main())
