"""The figures of `midfill stats`: sums over the ledger, by period, language, backend, editor and day."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from midfill.ledger.rows import BalanceRow
from midfill.ledger.store import Store
from midfill.ledger.today import day_start

PERIODS = {"today": 1, "7 days": 7, "30 days": 30}
"""The periods that are always shown, in days."""

GROUPS = ("language", "backend", "editor")
_DAY = "strftime('%Y-%m-%d', at, 'unixepoch', 'localtime')"


@dataclass(kw_only=True)
class UsageFigures:
    """The sums over some calls and suggestions."""

    calls: int = 0
    paid_calls: int = 0
    estimated: int = 0
    """Calls whose tokens are estimated."""
    failed: int = 0
    cached: int = 0
    """Tokens; this and the next fields count paid calls only."""
    missed: int = 0
    output: int = 0
    unshown: int = 0
    """Paid tokens that were never shown: whole calls, and the unshown rest of answers."""
    money: dict[str, float] = field(default_factory=dict)
    """By currency."""
    unpriced: int = 0
    """Calls of models with an unknown price."""
    first_ms: tuple[float, float] | None = None
    """Milliseconds to the first text, p50 and p95; None without data."""
    total_ms: tuple[float, float] | None = None
    shown: int = 0
    accepted: int = 0
    """Suggestions that were accepted as a whole or in part."""
    whole: int = 0
    words: int = 0
    lines: int = 0
    dismissed: int = 0
    characters: int = 0
    """Accepted characters."""
    standing_30: float | None = None
    """Share of the accepted characters that were still in the document 30 seconds later."""
    standing_300: float | None = None

    edits: int = 0
    """Next edits that were shown."""
    edits_accepted: int = 0
    edits_refused: int = 0

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.cached + self.missed + self.output

    @property
    def accepted_share(self) -> float | None:
        """Accepted suggestions, as a share of the shown ones."""
        return self.accepted / self.shown if self.shown else None

    @property
    def cached_share(self) -> float | None:
        """Cached tokens, as a share of the prompt tokens."""
        read = self.cached + self.missed
        return self.cached / read if read else None

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        shares = {"accepted_share": self.accepted_share, "cached_share": self.cached_share}
        return {**asdict(self), "tokens": self.tokens, **shares}


@dataclass(frozen=True, kw_only=True)
class UsageReport:
    """The whole report."""

    at: float
    """The time of the report, in seconds since 1970."""
    days: int
    """The number of days in `by` and `daily`."""
    periods: Mapping[str, UsageFigures]
    by: Mapping[str, Mapping[str, UsageFigures]]
    """By language, backend and editor."""
    daily: Mapping[str, UsageFigures]
    """By day, such as `2026-11-28`, including days without calls."""
    balances: tuple[BalanceRow, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {
            "at": self.at,
            "days": self.days,
            "periods": _plain(self.periods),
            "by": {group: _plain(figures) for group, figures in self.by.items()},
            "daily": _plain(self.daily),
            "balances": [asdict(balance) for balance in self.balances],
        }


def report(path: Path, at: float, days: int = 30) -> UsageReport:
    """Return the report at a time; raises one of `store.LEDGER_ERRORS`. Without a ledger all figures are 0."""
    periods = PERIODS if days in PERIODS.values() else {**PERIODS, f"{days} days": days}
    dates = [
        time.strftime("%Y-%m-%d", time.localtime(day_start(at, back))) for back in range(days - 1, -1, -1)
    ]
    store = Store.read(path)
    if store is None:
        empty = {name: UsageFigures() for name in periods}
        return UsageReport(
            at=at, days=days, periods=empty, by={}, daily={date: UsageFigures() for date in dates}
        )
    try:
        since = day_start(at, days - 1)
        daily = _grouped(store, _DAY, since)
        return UsageReport(
            at=at,
            days=days,
            periods={
                name: _grouped(store, "''", day_start(at, back - 1)).get("", UsageFigures())
                for name, back in periods.items()
            },
            by={group: _by_size(_grouped(store, group, since)) for group in GROUPS},
            daily={date: daily.get(date, UsageFigures()) for date in dates},
            balances=tuple(row for row in store.balances() if row.currency),
        )
    finally:
        store.close()


def _grouped(store: Store, key: str, since: float) -> dict[str, UsageFigures]:
    """Return the figures since a time, grouped by a column or an expression."""
    found: dict[str, UsageFigures] = {}
    for query in (_CALLS, _SUGGESTIONS, _EDITS):
        columns, body = query
        names = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
        for group, *values in store.all(f"SELECT {key}, {names} {body}", (since,)):
            figures = found.setdefault(group, UsageFigures())
            for name, value in zip(columns, values, strict=True):
                setattr(figures, name, value)
    for group, currency, money in store.all(_MONEY.format(key=key), (since,)):
        found[group].money[currency] = money
    for name in ("first_ms", "total_ms"):
        for group, times in _times(store, key, name, since):
            setattr(found[group], name, (_quantile(times, 0.5), _quantile(times, 0.95)))
    return found


_CALLS = (
    {
        "calls": "count(*)",
        "paid_calls": "sum(paid)",
        "estimated": "sum(estimated)",
        "failed": "sum(outcome NOT IN ('whole', 'stopped'))",
        "cached": "sum(cached * paid)",
        "missed": "sum(missed * paid)",
        "output": "sum(output * paid)",
        "unshown": """
            CAST(round(total(paid * CASE
                WHEN seen IS NULL THEN cached + missed + output
                ELSE output * max(0, 1 - 1.0 * seen / max(1, characters))
            END)) AS INTEGER)
        """,
        "unpriced": "sum(price IS NULL)",
    },
    """
    FROM calls LEFT JOIN (SELECT call, max(until) AS seen FROM suggestions GROUP BY call) ON call = number
    WHERE at >= ? GROUP BY 1
    """,
)
_SUGGESTIONS = (
    {
        "shown": "count(*)",
        "accepted": "sum(whole OR words OR lines)",
        "whole": "sum(whole)",
        "words": "sum(words)",
        "lines": "sum(lines)",
        "dismissed": "sum(dismissed)",
        "characters": "sum(accepted)",
        "standing_30": "1.0 * sum(standing_30) / nullif(sum(measured_30), 0)",
        "standing_300": "1.0 * sum(standing_300) / nullif(sum(measured_300), 0)",
    },
    "FROM suggestions WHERE at >= ? GROUP BY 1",
)
_EDITS = (
    {"edits": "count(*)", "edits_accepted": "sum(accepted)", "edits_refused": "sum(refused)"},
    "FROM edits WHERE at >= ? GROUP BY 1",
)
_MONEY = """
    SELECT {key}, currency, total(price) FROM calls WHERE at >= ? AND paid AND price IS NOT NULL GROUP BY 1, 2
"""
_TIMES = """
    SELECT {key}, paid, {name} FROM calls WHERE at >= ? AND first_ms IS NOT NULL ORDER BY 1, 3
"""


def _times(store: Store, key: str, name: str, since: float) -> Iterator[tuple[str, list[float]]]:
    """Yield the sorted times of each group: those of its paid calls, if there are any."""
    groups: dict[str, tuple[list[float], list[float]]] = {}
    for group, paid, value in store.all(_TIMES.format(key=key, name=name), (since,)):
        groups.setdefault(group, ([], []))[paid].append(value)
    for group, (free, paid) in groups.items():
        yield group, paid or free


def _quantile(times: list[float], share: float) -> float:
    """Return the given quantile of the times."""
    return times[min(len(times) - 1, int(share * len(times)))]


def _by_size(groups: dict[str, UsageFigures]) -> dict[str, UsageFigures]:
    """Return groups, the most used first."""
    return dict(sorted(groups.items(), key=lambda group: -(group[1].shown + group[1].calls)))


def _plain(figures: Mapping[str, UsageFigures]) -> dict[str, dict[str, Any]]:
    return {name: group.as_dict() for name, group in figures.items()}
