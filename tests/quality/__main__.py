"""Print how right shaping is; exit with 1 below the bars."""

import argparse
import json
import sys
import time
from collections.abc import Sequence

from midfill.core.shape import shape
from tests.quality.cases import ASK, Case, cases
from tests.quality.judge import Outcome, Verdict, judge
from tests.quality.report import failures, printed, row

SEED = 20_261_123
COUNT = 4_000


def main(argv: Sequence[str] | None = None) -> int:
    """Run the cases and return the exit code."""
    options = _options(argv)
    verdicts, times = run(cases(options.seed, options.cases))
    if options.show:
        _show(verdicts, options.show, options.only)
    below = failures(verdicts)
    if options.json:
        figures = row("all", verdicts)._asdict() | {"seed": options.seed, "failures": below}
        print(json.dumps(figures, indent=2))
    else:
        print(printed(verdicts, times), *below, sep="\n")
    return 1 if below else 0


def run(all_cases: Sequence[Case]) -> tuple[list[Verdict], list[float]]:
    """Return the verdicts on `all_cases`, and the milliseconds that shaping each of them took."""
    verdicts, times = [], []
    for case in all_cases:
        cursor = case.cursor()
        began = time.perf_counter()
        shown = shape(case.raw, cursor, ASK)
        times.append((time.perf_counter() - began) * 1_000)
        verdicts.append(judge(case, shown))
    return verdicts, times


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--cases", type=int, default=COUNT)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument(
        "--show", type=int, default=0, metavar="N", help="print the first N cases that went wrong"
    )
    parser.add_argument(
        "--only", default="", help="of those, the ones with this word in defect, kind or language"
    )
    return parser.parse_args(argv)


def _show(verdicts: Sequence[Verdict], most: int, only: str) -> None:
    """Print cases that are not exact, for a person to look at."""
    bad = [
        v
        for v in verdicts
        if v.outcome is not Outcome.EXACT and only in f"{v.case.defect} {v.case.kind} {v.case.language}"
    ]
    for verdict in bad[:most]:
        case, hole = verdict.case, verdict.case.hole
        print(f"=== {case.defect} / {case.kind} / {hole.source.name}: {verdict.outcome}")
        print(
            "\n".join(hole.before.split("\n")[-4:])
            + "▮"
            + "\n".join((hole.extra + hole.after).split("\n")[:4])
        )
        print(
            f"--- raw   {case.raw!r}\n--- want  {hole.middle!r}\n--- shown {verdict.shown.text!r} {verdict.shown.replace}"
        )


if __name__ == "__main__":
    sys.exit(main())
