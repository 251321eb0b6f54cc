"""The figures in a terminal."""

import time
from collections.abc import Mapping, Sequence
from typing import TextIO

from midfill.cli.stats.formatting import GROUP_ROWS, ROWS, balance, label, notes
from midfill.cli.terminal import DIM, painted
from midfill.ledger.figures import UsageFigures, UsageReport

MAX_DAYS = 14
"""Maximum number of days in a chart, the latest."""
MAX_ROWS = 8
"""Maximum number of languages, backends or editors listed."""
BAR_COLUMNS = 40
"""Columns of a bar."""


def text(report: UsageReport, stream: TextIO, environ: Mapping[str, str]) -> str:
    """Return the report as text for a terminal."""
    if not any(figures.calls or figures.shown for figures in report.periods.values()):
        return "nothing is recorded yet: the figures come with the first completions"
    parts = [_periods(report), *_charts(report)]
    parts += [_group(name, groups) for name, groups in report.by.items() if groups]
    parts += [painted(note, DIM, stream, environ) for note in _remarks(report)]
    return "\n\n".join(parts)


def _periods(report: UsageReport) -> str:
    rows = [[row.name, *(row.value(figures) for figures in report.periods.values())] for row in ROWS]
    return _table(["", *report.periods], rows)


def _group(name: str, groups: Mapping[str, UsageFigures]) -> str:
    listed = list(groups.items())[:MAX_ROWS]
    rows = [[label(key), *(row.value(figures) for row in GROUP_ROWS)] for key, figures in listed]
    return _table([name, *(row.name for row in GROUP_ROWS)], rows)


def _charts(report: UsageReport) -> list[str]:
    """Return charts of the latest days: accepted suggestions, and paid calls."""
    days = list(report.daily.items())[-MAX_DAYS:]
    charts = {
        "accepted a day": [figures.accepted for _, figures in days],
        "paid calls a day": [figures.paid_calls for _, figures in days],
    }
    labels = [day[5:] for day, _ in days]
    return [_chart(name, counts, labels) for name, counts in charts.items() if any(counts) and len(days) > 1]


def _chart(name: str, counts: list[int], labels: list[str]) -> str:
    import plotille  # type: ignore[import-untyped]

    drawn = plotille.hist_aggregated(counts, labels=labels, width=BAR_COLUMNS)
    rows = drawn.split("\n")[1:-1]  # Without plotille's title and bottom line.
    return "\n".join([name, *(row.rstrip() for row in rows)])


def _remarks(report: UsageReport) -> list[str]:
    longest = max(report.periods.values(), key=lambda figures: figures.calls)
    balances = [
        balance(row, time.strftime("%d %B, %H:%M", time.localtime(row.at))) for row in report.balances
    ]
    return ["\n".join([*balances, *notes(longest)])] if balances or notes(longest) else []


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table with aligned columns, the first to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in [head, *rows]
    ]
    return "\n".join(line.rstrip() for line in lines)
