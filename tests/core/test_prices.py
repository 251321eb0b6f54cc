"""The price of tokens: by date and hour, and by the user's own list."""

from datetime import UTC, datetime

import pytest

from midfill.core.days import day_of, weekday
from midfill.core.prices import Rates, converted, is_peak, rates_of

FLASH = Rates(0.003, 0.15, 0.60)


def at(text: str) -> float:
    """Return the seconds since 1970 of a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("when", "peak"),
    [
        ("2026-11-27 00:59", False),  # Friday, 08:59 in Beijing
        ("2026-11-27 01:00", True),
        ("2026-11-27 03:59", True),
        ("2026-11-27 04:00", False),  # The lunch break.
        ("2026-11-27 06:00", True),
        ("2026-11-27 09:59", True),
        ("2026-11-27 10:00", False),
        ("2026-11-28 02:00", False),  # Saturday
        ("2026-11-29 23:59", False),  # Sunday in UTC, Monday before the hours in Beijing
        ("2026-10-01 02:00", False),  # The National Day, a Thursday
        ("2026-10-07 02:00", False),
        ("2026-10-08 02:00", True),
        ("2027-02-08 02:00", False),  # The Spring Festival
    ],
)
def test_peak_hours(when: str, peak: bool) -> None:
    """Monday to Friday, 9 to 12 and 14 to 18 in Beijing, but not on public holidays."""
    assert is_peak(at(when)) is peak


@pytest.mark.parametrize(
    ("model", "currency", "when", "own", "rates"),
    [
        ("deepseek-flash", "USD", "2026-11-28 02:00", (), FLASH),
        ("deepseek-v4-flash", "USD", "2026-11-28 02:00", (), FLASH),
        ("deepseek-flash", "USD", "2026-11-27 02:00", (), Rates(0.006, 0.30, 1.20)),
        ("deepseek-flash", "CNY", "2026-11-28 02:00", (), Rates(0.02, 1.0, 4.0)),
        ("deepseek-v4-pro", "CNY", "2026-11-27 02:00", (), Rates(0.30, 9.0, 27.0)),
        ("deepseek-flash", "USD", "2020-01-01 12:00", (), FLASH),
        ("deepseek-flash", "EUR", "2026-11-28 02:00", (), None),
        ("my-model", "USD", "2026-11-28 02:00", (), None),
        ("my-model", "USD", "2026-11-27 02:00", ("other 1 1 1", "my-model 0.1 0.4 2"), Rates(0.1, 0.4, 2.0)),
        ("deepseek-flash", "USD", "2026-11-27 02:00", ("deepseek-flash 0 0 0",), Rates(0, 0, 0)),
    ],
)
def test_rates(model: str, currency: str, when: str, own: tuple[str, ...], rates: Rates | None) -> None:
    """Own prices come first and know no peak; what nobody has told is not known."""
    found = rates_of(model, currency, at(when), own)
    assert (found is None) == (rates is None)
    assert found is None or found == pytest.approx(rates)


def test_a_price_is_that_of_each_kind_of_token() -> None:
    """The reference's example: 2,000 tokens read, 48 written."""
    assert FLASH.of(0, 2_000, 48) == pytest.approx(0.00033, rel=0.01)
    assert FLASH.of(1_900, 100, 48) == pytest.approx(0.0000495)


def test_days() -> None:
    """They are those of the standard library."""
    for day in (datetime(year, month, 28) for year in range(1999, 2102) for month in range(1, 13)):
        number = day_of(day.year, day.month, day.day)
        assert number == (day - datetime(1970, 1, 1)).days
        assert weekday(number) == day.weekday()


def test_conversion() -> None:
    """Only between the two currencies of DeepSeek."""
    assert converted(2, "CNY", "USD") == pytest.approx(0.3)
    assert converted(0.3, "USD", "CNY") == pytest.approx(2)
    assert converted(2, "USD", "USD") == 2
