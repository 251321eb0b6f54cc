"""Figures and their bars: medians, ranges, tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from statistics import median
from typing import NamedTuple, Self

NAN = float("nan")


class Spread(NamedTuple):
    """The median and the range of several runs."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """Return the spread of the values that are numbers; all NaN when there are none."""
        known = [value for value in values if not isnan(value)]
        return cls(median(known), min(known), max(known)) if known else cls(NAN, NAN, NAN)

    def __str__(self) -> str:
        if isnan(self.median):
            return "-"
        if self.low == self.high:
            return short(self.median)
        return f"{short(self.median)} [{short(self.low)}-{short(self.high)}]"


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar: `column`'s `row` is at most (or at least) `limit`, times that of `versus` if given."""

    column: str
    row: str
    limit: float
    least: bool = False
    versus: str = ""
    """The column that `limit` is a multiple of."""
    versus_row: str = ""
    """The row of `versus` to compare with, when it is another one."""
    worst: bool = False
    """Whether the bar applies to every run instead of the median."""


class Verdict(NamedTuple):
    """The result of a bar."""

    passed: bool
    text: str


Columns = Mapping[str, Mapping[str, Spread]]
"""The measured values: by column (scenario, server or size), then by row."""


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of `values` lie (nearest rank); NaN when there are none."""
    ordered = sorted(value for value in values if not isnan(value))
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else NAN


def judge(bars: Iterable[Bar], columns: Columns) -> list[Verdict]:
    """Return the verdict on each bar whose columns were measured; a figure that is missing fails."""
    return [_judged(bar, columns) for bar in bars if {bar.column, bar.versus or bar.column} <= columns.keys()]


def table(columns: Columns, rows: Mapping[str, str]) -> str:
    """Return the columns side by side as text; `rows` are the labels of the rows to print, in order."""
    lines = [["", *columns]]
    for row, label in rows.items():
        cells = [str(column[row]) if row in column else "" for column in columns.values()]
        if any(cell not in {"", "-"} for cell in cells):
            lines.append([label, *cells])
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def short(value: float) -> str:
    """Return a figure with its significant digits."""
    if isnan(value):
        return "-"
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3g}"


def _judged(bar: Bar, columns: Columns) -> Verdict:
    spread = columns[bar.column].get(bar.row, Spread(NAN, NAN, NAN))
    value = (spread.low if bar.least else spread.high) if bar.worst else spread.median
    sign = ">=" if bar.least else "<="
    text = f"{bar.column}: {bar.row} {short(value)}"
    if bar.versus:
        base = columns[bar.versus].get(bar.versus_row or bar.row, Spread(NAN, NAN, NAN)).median
        text += f" / {bar.versus}{' ' + bar.versus_row if bar.versus_row else ''} {short(base)}"
        value = value / base if base else NAN
        text += f" = {short(value)}"
    passed = value >= bar.limit if bar.least else value <= bar.limit
    return Verdict(passed, f"{text} {sign} {short(bar.limit)}{' in every run' if bar.worst else ''}")
