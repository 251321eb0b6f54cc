"""Print the names in the prompts of each variant and their cost; exit with 1 below the bars."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from midfill.core.context import SOURCES, ContextSizes
from midfill.core.prompt import Budget
from midfill.settings import Settings
from tests.quality.context.cost import Bill
from tests.quality.context.history import History
from tests.quality.context.measure import Figures, measured
from tests.quality.context.postings import Postings
from tests.quality.context.replay import Variant, Writer
from tests.quality.context.typed import typed

ROOT = Path(__file__).parents[3]
WINDOW, TODAY, DEFAULT, SMALL_BUDGET = (
    "window of 2,000",
    "before, 2,000 + 200",
    "default settings",
    "2,000 in all",
)
ASKING = "... and an editor"

BARS = {DEFAULT: (9.0, 33.0), SMALL_BUDGET: (5.0, 25.0)}
"""By variant: points of all names more than the window has, and per cent of the names only in other files."""
CACHED = {"any": 92.0, "units": 88.0}
"""Minimum per cent of prompt tokens that are cached during typing, by the provider's rule."""
DEAREST = 1.3
"""Maximum cost of the default, as a multiple of `TODAY`."""


def variants() -> list[Variant]:
    """Return the variants: the file alone, the default, with and without each of its sources, and a small one."""
    settings = Settings()
    budget = Budget(settings.prompt.prefix_tokens, settings.prompt.suffix_tokens)
    small = Budget(1_000, 150)
    usual = partial(Variant, budget=budget, sizes=ContextSizes.of(settings.context.tokens, budget))
    return [
        Variant(name=WINDOW, budget=Budget(1_800, 200)),
        Variant(name=TODAY, budget=Budget(2_000, 200)),
        Variant(name="the file alone", budget=budget),
        Variant(name="the file up to 8,000", budget=Budget(7_800, 200)),
        usual(name=DEFAULT, sources=settings.context.sources),
        usual(name=ASKING, sources=settings.context.sources, asks=True),
        usual(name="all sources", sources=SOURCES),
        *(usual(name=f"{source} alone", sources=(source,)) for source in SOURCES),
        *(
            usual(name=f"without {source}", sources=[of for of in SOURCES if of != source])
            for source in SOURCES
        ),
        Variant(
            name=SMALL_BUDGET,
            budget=small,
            sizes=ContextSizes.of(850, small),
            sources=settings.context.sources,
        ),
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the repositories that the command line names, this one if none."""
    options = _options(argv)
    ways = variants()
    billed = (TODAY, DEFAULT, ASKING, SMALL_BUDGET) if options.cost else ()
    total = {way.name: Figures() for way in ways}
    with ProcessPoolExecutor(options.processes) as pool:
        job = partial(measured, variants=ways, commits=options.commits, billed=billed)
        for repository, found in zip(options.repositories, pool.map(job, options.repositories), strict=True):
            if len(options.repositories) > 1:
                print(f"\n{repository}", *_table(found), sep="\n")
            for name, figures in found.items():
                total[name].add(figures)
    print("\nall", *_table(total), sep="\n")
    failed = _below(total) if options.bars else []
    if options.cost:
        bills = _typed([way for way in ways if way.name in billed])
        print("\ntyping", *_bills(bills), sep="\n")
        failed += _too_dear(bills)
    print(*failed, sep="\n")
    return 1 if failed else 0


def _typed(ways: Sequence[Variant]) -> dict[str, Bill]:
    """Return the bills of the typing replay, in a workspace that is this repository."""
    history = History(ROOT)
    index = Postings(history.text)
    index.show(history.tree("HEAD"))
    bills = typed(Writer(history, index), ways)
    history.close()
    return bills


def _table(found: dict[str, Figures]) -> Iterable[str]:
    window = found[WINDOW]
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(window.needed.items()))
    yield f"{window.lines} lines need {window.needed.total()} names ({kinds})"
    yield f"{'':<24}{'all %':>8}{'more':>8}{'cross-file %':>14}{'tokens':>8}"
    for name, of in found.items():
        more = of.all_names - window.all_names
        yield f"{name:<24}{of.all_names:>8.1f}{more:>+8.1f}{of.cross_file:>14.1f}{of.tokens / max(1, of.lines):>8.0f}"
    if any(of.bill.requests for of in found.values()):
        yield from _bills({name: of.bill for name, of in found.items() if of.bill.requests})


def _bills(bills: dict[str, Bill]) -> Iterable[str]:
    yield f"{'requests':<24}{'number':>8}{'tokens':>8}" + "".join(
        f"{rule + ' %':>10}{'$/1,000':>9}{'times':>7}" for rule in CACHED
    )
    for name, bill in bills.items():
        rules = (
            f"{bill.hit(rule):>10.1f}{bill.money(rule):>9.4f}{bill.money(rule) / bills[TODAY].money(rule):>7.2f}"
            for rule in CACHED
        )
        yield f"{name:<24}{bill.requests:>8}{bill.tokens / max(1, bill.requests):>8.0f}" + "".join(rules)


def _below(total: dict[str, Figures]) -> list[str]:
    """Return the missed bars as text."""
    missed = []
    for name, (points, cross) in BARS.items():
        more = total[name].all_names - total[WINDOW].all_names
        if more < points:
            missed.append(f"{name}: {more:.1f} points more than the window are below {points}")
        if total[name].cross_file < cross:
            missed.append(
                f"{name}: {total[name].cross_file:.1f} % of the cross-file names are below {cross} %"
            )
    return missed


def _too_dear(bills: dict[str, Bill]) -> list[str]:
    missed = []
    for rule, least in CACHED.items():
        if bills[DEFAULT].hit(rule) < least:
            missed.append(
                f"{bills[DEFAULT].hit(rule):.1f} % of the prompt cached ({rule}) are below {least} %"
            )
        times = bills[DEFAULT].money(rule) / bills[TODAY].money(rule)
        if times > DEAREST:
            missed.append(f"{times:.2f} times the money ({rule}) are above {DEAREST}")
    return missed


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.quality.context", description=__doc__)
    parser.add_argument("repositories", nargs="*", type=Path, default=[ROOT], metavar="REPOSITORY")
    parser.add_argument(
        "--commits", type=int, default=10, help="commits of each repository that are measured"
    )
    parser.add_argument(
        "--cost", action="store_true", help="also record requests, here and in the typing replay"
    )
    parser.add_argument("--bars", action="store_true", help="fail below the bars")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
