"""The price of tokens: by date and hour, and by the user's own list."""

from datetime import UTC, datetime

import pytest

from midfill.core import prices
from midfill.core.days import day_of, weekday
from midfill.core.prices import Rates, converted, is_peak, rates_of, user_rates

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
    """They are Monday to Friday, 9 to 12 and 14 to 18 in Beijing, but not public holidays."""
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
def test_rates_of_a_model(
    model: str, currency: str, when: str, own: tuple[str, ...], rates: Rates | None
) -> None:
    """Own prices have priority and no peak; an unlisted model has no price."""
    found = rates_of(model, currency, at(when), own)
    assert (found is None) == (rates is None)
    assert found is None or found == pytest.approx(rates)


def test_price_depends_on_the_kind_of_token() -> None:
    """The reference's example: 2,000 tokens read, 48 written."""
    assert FLASH.of(0, 2_000, 48) == pytest.approx(0.00033, rel=0.01)
    assert FLASH.of(1_900, 100, 48) == pytest.approx(0.0000495)


def test_day_numbers() -> None:
    """They are those of the standard library."""
    for day in (datetime(year, month, 28) for year in range(1999, 2102) for month in range(1, 13)):
        number = day_of(day.year, day.month, day.day)
        assert number == (day - datetime(1970, 1, 1)).days
        assert weekday(number) == day.weekday()


def test_conversion() -> None:
    """DeepSeek's two currencies are converted, and no other."""
    assert converted(2, "CNY", "USD") == pytest.approx(0.3)
    assert converted(0.3, "USD", "CNY") == pytest.approx(2)
    assert converted(2, "USD", "USD") == 2


HOLIDAYS = [
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
    ("2027-01-01", "2027-01-03"),
    ("2027-02-05", "2027-02-12"),
    ("2027-04-05", "2027-04-05"),
    ("2027-05-01", "2027-05-05"),
    ("2027-06-09", "2027-06-09"),
    ("2027-09-15", "2027-09-15"),
    ("2027-10-01", "2027-10-07"),
]


@pytest.mark.parametrize("day", range(day_of(2026, 9, 1), day_of(2027, 12, 31) + 1))
def test_holidays_have_no_peak(day: int) -> None:
    """This holds from the first day to the last; a working day between two holidays has a peak."""
    date = datetime.fromtimestamp(day * 86_400, UTC).date().isoformat()
    off = any(first <= date <= last for first, last in HOLIDAYS)
    assert is_peak(at(f"{date} 02:00")) is (weekday(day) < 5 and not off)


@pytest.mark.parametrize(
    ("model", "currency", "rates"),
    [
        ("deepseek-flash", "USD", FLASH),
        ("deepseek-v4-flash-vision-exp", "CNY", Rates(0.02, 1.0, 4.0)),
        ("deepseek-v4-pro", "USD", Rates(0.022, 0.66, 1.98)),
        ("deepseek-v4-pro", "CNY", Rates(0.15, 4.5, 13.5)),
    ],
)
def test_prices_of_deepseek(model: str, currency: str, rates: Rates) -> None:
    """They are those of DeepSeek's page, outside of peak hours."""
    assert rates_of(model, currency, at("2026-11-28 02:00")) == rates


def test_price_applies_from_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The latest started price applies, from midnight in UTC; before the first, the first does."""
    days = [day_of(2027, 3, 6), day_of(2027, 3, 13)]
    listed = tuple(prices.Tariff(day, "m", "USD", Rates(n, n, n)) for n, day in enumerate(days, 1))
    monkeypatch.setattr(prices, "TARIFFS", listed)
    times = [
        "2027-01-02 12:00",
        "2027-03-06 00:00",
        "2027-03-12 23:59",
        "2027-03-13 00:00",
        "2028-01-01 12:00",
    ]
    found = [rates_of("m", "USD", at(time)) for time in times]
    assert [rates and rates.output for rates in found] == [1, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("m 1 2 3", {"m": Rates(1, 2, 3)}),
        ("m 0.5 12.25 999999999", {"m": Rates(0.5, 12.25, 999_999_999)}),
        *(
            (text, {})
            for text in ["m 1 2", "m 1 2 3 4", "m 1 2 -3", "m 1 2 x", " 1 2 3", "m 1  2 3", "m .5 1 1"]
        ),
    ],
)
def test_own_prices_are_parsed(text: str, read: dict[str, Rates]) -> None:
    """The model's name, then the prices of cached, missed and output tokens; anything else is no price."""
    assert user_rates([text]) == read
    assert user_rates([text, "other 1 1 1"])["other"] == Rates(1, 1, 1)
