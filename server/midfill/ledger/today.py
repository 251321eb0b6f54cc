"""The figures of the day, and the start of a day."""

import time
from collections.abc import Iterable
from typing import NamedTuple

from midfill.core.caps import DaySpending
from midfill.core.prices import converted
from midfill.ledger.rows import CallRow, Row, SuggestionRow


class DayTotals(NamedTuple):
    """The known figures of all servers on a day."""

    spent: DaySpending = DaySpending()
    currency: str = "USD"
    shown: int = 0
    accepted: int = 0

    def at(self, day: int) -> "DayTotals":
        """Return the figures of a day; zero if these are another day's."""
        return self if self.spent.day == day else DayTotals(DaySpending(day), self.currency)

    def plus(self, rows: Iterable[Row]) -> "DayTotals":
        """Return the figures plus rows that are not in the ledger."""
        money, tokens, shown, accepted = self.spent.money, self.spent.tokens, self.shown, self.accepted
        for row in rows:
            if isinstance(row, CallRow) and row.at >= self.spent.day:
                money += converted(row.price or 0.0, row.currency, self.currency)
                tokens += row.tokens
            elif isinstance(row, SuggestionRow) and row.at >= self.spent.day:
                shown += 1
                accepted += bool(row.whole or row.words or row.lines)
        return DayTotals(DaySpending(self.spent.day, money, tokens), self.currency, shown, accepted)

    def __str__(self) -> str:
        """Describe the day in a few words.

        >>> str(DayTotals(DaySpending(money=0.1234), shown=200, accepted=61))
        'today: 0.123 USD, 30 % of 200 suggestions accepted'
        """
        money = f"today: {self.spent.money:.3f} {self.currency}"
        if not self.shown:
            return money
        return f"{money}, {100 * self.accepted / self.shown:.0f} % of {self.shown:,} suggestions accepted"


def day_start(at: float, back: int = 0) -> int:
    """Return the first second of the local day of `at`, or of a number of days before.

    A day does not always have 24 hours; its noon is certainly in it.
    """
    year, month, day, *_ = time.localtime(at)
    year, month, day, *_ = time.localtime(time.mktime((year, month, day - back, 12, 0, 0, 0, 0, -1)))
    return int(time.mktime((year, month, day, 0, 0, 0, 0, 0, -1)))
