"""The sums that `midfill stats` shows."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from midfill.core.caps import DaySpending
from midfill.ledger import DayTotals
from midfill.ledger.figures import report
from midfill.ledger.rows import CallRow, Row, SuggestionRow
from midfill.ledger.store import Store
from tests.ledger.records import NOON


def call(number: int, days: float = 0, **facts: object) -> CallRow:
    """Return a call so many days ago."""
    known: dict[str, object] = {
        "number": number, "at": NOON - days * 86_400, "backend": "deepseek", "model": "deepseek-flash",
        "language": "python", "editor": "neovim", "paid": True, "outcome": "whole", "manual": False,
        "speculative": False, "cached": 60, "missed": 40, "output": 10, "estimated": False, "guess_prompt": 0.0,
        "guess_output": 0.0, "characters": 40,
        "price": 0.5, "currency": "USD", "first_ms": 100.0 * number, "total_ms": 200.0 * number,
    }  # fmt: skip
    return CallRow(**{**known, **facts})  # type: ignore[arg-type]


def suggestion(number: int, call: int, days: float = 0, **facts: object) -> SuggestionRow:
    """Return a suggestion of a call."""
    known: dict[str, object] = {
        "number": number, "at": NOON - days * 86_400, "call": call, "backend": "deepseek", "language": "python",
        "editor": "neovim", "until": 40, "whole": False, "words": 0, "lines": 0, "dismissed": False,
        "accepted": 0, "measured_30": 0, "standing_30": 0, "measured_300": 0, "standing_300": 0,
    }  # fmt: skip
    return SuggestionRow(**{**known, **facts})  # type: ignore[arg-type]


@pytest.fixture
def filled(path: Path) -> Path:
    rows: list[Row] = [
        call(1),
        call(2, language="go", editor="vim", price=None, estimated=True),
        call(3, days=2, currency="CNY", outcome="timeout", first_ms=None),
        call(4, backend="local", paid=False, price=0.0, cached=0, missed=0, output=0),
        call(5, days=20),
        call(6, days=40),
        suggestion(1, 1, whole=True, accepted=30, measured_30=20, standing_30=15),
        suggestion(2, 1, until=10),
        suggestion(3, 5, days=20, until=20, words=2, accepted=8, dismissed=True),
        suggestion(4, 4),
    ]
    store = Store.open(path)
    store.write(rows)
    store.close()
    return path


def test_calls_during_the_report_are_not_in_it(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server may record a call of a new language between two queries of the report."""
    expected, numbers, query_all = report(filled, NOON), count(100), Store.all

    def record_and_query(store: Store, *query: Any) -> list[Any]:
        number = next(numbers)
        server = Store.open(filled)
        server.write([call(number, language=f"language{number}")])
        server.close()
        return query_all(store, *query)

    monkeypatch.setattr(Store, "all", record_and_query)
    assert report(filled, NOON) == expected
    assert next(numbers) > 110


def test_figures_of_today(filled: Path) -> None:
    """Calls that cost nothing count as calls, but not as paid ones."""
    today = report(filled, NOON).periods["today"]
    assert (today.calls, today.paid_calls, today.estimated, today.unpriced) == (3, 2, 1, 1)
    assert (today.cached, today.missed, today.output, today.tokens) == (120, 80, 20, 220)
    assert today.money == {"USD": 0.5}
    assert (today.shown, today.accepted, today.whole, today.characters) == (3, 1, 1, 30)
    assert today.standing_30 == 0.75
    assert today.standing_300 is None
    assert today.first_ms == (200.0, 200.0)


@pytest.mark.parametrize(("period", "calls", "shown"), [("today", 3, 3), ("7 days", 4, 3), ("30 days", 5, 4)])
def test_figures_of_periods(filled: Path, period: str, calls: int, shown: int) -> None:
    """They span calendar days, not hours; older records do not count."""
    found = report(filled, NOON).periods[period]
    assert (found.calls, found.shown) == (calls, shown)


def test_money_is_listed_by_currency(filled: Path) -> None:
    """It is not converted."""
    assert report(filled, NOON).periods["30 days"].money == {"USD": 1.0, "CNY": 0.5}


def test_paid_tokens_that_were_not_shown(filled: Path) -> None:
    """A call without a shown suggestion counts as a whole, of others the text beyond."""
    found = report(filled, NOON).periods
    assert found["today"].unshown == 110
    assert found["30 days"].unshown == 110 + 110 + 5


def test_groups_and_days(filled: Path) -> None:
    """The most used one is first; days without records are included."""
    found = report(filled, NOON, days=45)
    assert list(found.by["language"]) == ["python", "go"]
    assert {name: of.calls for name, of in found.by["backend"].items()} == {"deepseek": 5, "local": 1}
    assert found.periods["45 days"].calls == 6
    assert len(found.daily) == 45
    assert list(found.daily)[-1] == "2026-11-28"
    assert found.daily["2026-11-26"].calls == 1
    assert found.daily["2026-11-25"].calls == 0


def test_figures_without_a_ledger(path: Path) -> None:
    """All figures are 0, and no file is created."""
    found = report(path, NOON)
    assert not any(of.calls for of in found.periods.values())
    assert not path.exists()


@pytest.mark.parametrize(
    ("today", "summary"),
    [
        (DayTotals(DaySpending(money=0.1234, tokens=5)), "today: 0.123 USD"),
        (
            DayTotals(DaySpending(), "CNY", shown=1_200, accepted=366),
            "today: 0.000 CNY, 30 % of 1,200 suggestions accepted",
        ),
    ],
)
def test_summary_of_the_day(today: DayTotals, summary: str) -> None:
    """Before the first suggestion there is no share."""
    assert str(today) == summary
