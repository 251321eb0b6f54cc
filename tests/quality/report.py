"""The tables and the bars of a run."""

from collections.abc import Callable, Sequence
from statistics import median, quantiles
from typing import NamedTuple

from tests.quality.judge import Outcome, Verdict

BARS = {"exact": 98.0, "wrong": 1.5, "clean": 99.5, "valid": 98.5}
"""Per cent; `wrong` is a ceiling, the others are floors. `clean`: exact on answers that had no defect."""

SLOWEST_MEDIAN, SLOWEST_95 = 1.0, 6.0
"""Maximum milliseconds of shaping an answer; printed, and not a bar, because machines differ."""


class Row(NamedTuple):
    """Percentages of some cases."""

    name: str
    cases: int
    exact: float
    wrong: float
    valid: float


def row(name: str, verdicts: Sequence[Verdict]) -> Row:
    """Return the figures of `verdicts`."""
    count = len(verdicts)

    def share(hit: Callable[[Verdict], bool]) -> float:
        return 100 * sum(map(hit, verdicts)) / count if count else 0.0

    return Row(
        name,
        count,
        share(lambda verdict: verdict.outcome is Outcome.EXACT),
        share(lambda verdict: verdict.outcome is Outcome.WRONG),
        share(lambda verdict: verdict.valid),
    )


def table(verdicts: Sequence[Verdict], by: Callable[[Verdict], str]) -> list[Row]:
    """Return a row for each group of `verdicts`, the worst first."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(by(verdict), []).append(verdict)
    return sorted((row(name, group) for name, group in groups.items()), key=lambda line: line.exact)


def failures(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the missed bars as text."""
    total = row("all", verdicts)
    unharmed = row("clean", [verdict for verdict in verdicts if verdict.case.defect == "clean"])
    missed = []
    if total.exact < BARS["exact"]:
        missed.append(f"exact {total.exact:.2f} % is below {BARS['exact']} %")
    if total.wrong > BARS["wrong"]:
        missed.append(f"wrong {total.wrong:.2f} % is above {BARS['wrong']} %")
    if total.valid < BARS["valid"]:
        missed.append(f"valid {total.valid:.2f} % is below {BARS['valid']} %")
    if unharmed.exact < BARS["clean"]:
        missed.append(f"clean answers kept exact {unharmed.exact:.2f} % is below {BARS['clean']} %")
    return missed


def printed(verdicts: Sequence[Verdict], milliseconds: Sequence[float]) -> str:
    """Return the tables as text."""
    parts = [
        _lines("defect", table(verdicts, lambda verdict: verdict.case.defect)),
        _lines("language", table(verdicts, lambda verdict: verdict.case.language)),
        _lines("kind of hole", table(verdicts, lambda verdict: verdict.case.kind)),
        _lines("", [row("all", verdicts)]),
    ]
    if len(milliseconds) > 1:
        cuts = quantiles(milliseconds, n=20)
        parts.append(
            f"ms: median {median(milliseconds):.2f}, 95 % {cuts[-1]:.2f}, most {max(milliseconds):.1f}"
        )
    return "\n\n".join(parts)


def _lines(head: str, rows: Sequence[Row]) -> str:
    lines = [f"{head:<28}{'cases':>7}{'exact':>8}{'wrong':>8}{'valid':>8}"]
    lines += [f"{r.name:<28}{r.cases:>7}{r.exact:>8.1f}{r.wrong:>8.1f}{r.valid:>8.1f}" for r in rows]
    return "\n".join(lines)
