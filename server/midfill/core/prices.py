"""The price of tokens: DeepSeek's price list by date and hour, and the user's own prices."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from midfill.core.days import day_and_hour, day_of, weekday

Currency = Literal["USD", "CNY"]
"""The possible currencies of a DeepSeek account."""

YUAN_PER_DOLLAR = 20 / 3
"""The ratio of DeepSeek's two price lists, for a cap on a day with spending in both currencies."""

PRICE_PATTERN = r"^\S+( \d{1,9}(\.\d{1,9})?){3}$"
"""By model: the prices of a million cached, missed and output tokens."""


class Rates(NamedTuple):
    """The prices of a million tokens."""

    cached: float
    """Prompt tokens from the provider's cache."""
    missed: float
    """Prompt tokens that are not from the cache."""
    output: float

    def of(self, cached: float, missed: float, output: float) -> float:
        """Return the price of these tokens."""
        return (cached * self.cached + missed * self.missed + output * self.output) / 1_000_000

    @property
    def doubled(self) -> "Rates":
        """The prices in peak hours."""
        return Rates(2 * self.cached, 2 * self.missed, 2 * self.output)


class Tariff(NamedTuple):
    """A model's off-peak prices from a day on; peak hours cost twice as much."""

    since: int
    model: str
    currency: Currency
    rates: Rates


_V4_1 = day_of(2026, 9, 10)
"""The release day of DeepSeek-V4.1-Flash; the prices are those of the page of 19 September and 17 October 2026."""

TARIFFS: tuple[Tariff, ...] = (
    Tariff(_V4_1, "deepseek-flash", "USD", Rates(0.003, 0.15, 0.60)),
    Tariff(_V4_1, "deepseek-flash", "CNY", Rates(0.02, 1.0, 4.0)),
    Tariff(_V4_1, "deepseek-v4-pro", "USD", Rates(0.022, 0.66, 1.98)),
    Tariff(_V4_1, "deepseek-v4-pro", "CNY", Rates(0.15, 4.5, 13.5)),
)
"""All known prices, the oldest first; a new price is a new row."""

ALIASES = {"deepseek-v4-flash": "deepseek-flash", "deepseek-v4-flash-vision-exp": "deepseek-flash"}

PEAK_HOURS = ((9, 12), (14, 18))
"""Monday to Friday in Beijing, except on public holidays; since 16 August 2026."""
BEIJING_UTC_HOURS = 8
"""Hours ahead of UTC."""

_HOLIDAYS = (  # The first and the last day of each.
    ((2026, 9, 25), (2026, 9, 27)),
    ((2026, 10, 1), (2026, 10, 7)),
    # 2027: the legal holidays and the usual bridge days; the State Council's notice was not available on 28 November
    # 2026.
    ((2027, 1, 1), (2027, 1, 3)),
    ((2027, 2, 5), (2027, 2, 12)),
    ((2027, 4, 5), (2027, 4, 5)),
    ((2027, 5, 1), (2027, 5, 5)),
    ((2027, 6, 9), (2027, 6, 9)),
    ((2027, 9, 15), (2027, 9, 15)),
    ((2027, 10, 1), (2027, 10, 7)),
)
HOLIDAYS = frozenset(day for first, last in _HOLIDAYS for day in range(day_of(*first), day_of(*last) + 1))
"""China's public holidays since peak hours exist."""


def is_peak(at: float) -> bool:
    """Whether `at`, in seconds since 1970, is in DeepSeek's peak hours."""
    day, hour = day_and_hour(at, BEIJING_UTC_HOURS)
    busy = any(begin <= hour < end for begin, end in PEAK_HOURS)
    return busy and weekday(day) < 5 and day not in HOLIDAYS


def user_rates(prices: Sequence[str]) -> dict[str, Rates]:
    """Return the user's own prices by model.

    >>> user_rates(["codestral-latest 0.3 0.3 0.9"])
    {'codestral-latest': Rates(cached=0.3, missed=0.3, output=0.9)}
    """
    rows = (price.split(" ") for price in prices if re.search(PRICE_PATTERN, price))
    return {
        model: Rates(float(cached), float(missed), float(output)) for model, cached, missed, output in rows
    }


def rates_of(model: str, currency: str, at: float, own: Sequence[str] = ()) -> Rates | None:
    """Return a model's prices at `at` (seconds since 1970); None if unknown.

    The user's own prices apply at every hour. A time before the first price gets the first price.
    """
    if (mine := user_rates(own)) and model in mine:
        return mine[model]
    name = ALIASES.get(model, model)
    listed = [tariff for tariff in TARIFFS if (tariff.model, tariff.currency) == (name, currency)]
    if not listed:
        return None
    day, _ = day_and_hour(at, 0)
    rates = next((tariff.rates for tariff in reversed(listed) if tariff.since <= day), listed[0].rates)
    return rates.doubled if is_peak(at) else rates


def converted(money: float, currency: str, wanted: str) -> float:
    """Return money in another currency, at the ratio of DeepSeek's price lists."""
    factors = {("USD", "CNY"): YUAN_PER_DOLLAR, ("CNY", "USD"): 1 / YUAN_PER_DOLLAR}
    return money * factors.get((currency, wanted), 1.0)
