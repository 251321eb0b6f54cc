"""The daily caps on spending."""

from enum import IntEnum
from typing import NamedTuple

WARN_SHARE = 0.8
"""Share of a cap from which the user is warned (our own choice)."""


class SpendingLevel(IntEnum):
    """The level of a day's spending."""

    OPEN = 0
    NEAR_CAP = 1
    """Above `WARN_SHARE` of a cap."""
    REACHED = 2


class Caps(NamedTuple):
    """The maximum spending of a day; 0 means no cap."""

    money: float = 0.0
    tokens: int = 0


NO_CAPS = Caps()


class DaySpending(NamedTuple):
    """The spending of all servers on a day."""

    day: int = 0
    """The first second of the day, in seconds since 1970."""
    money: float = 0.0
    tokens: int = 0


def spending_level(spent: DaySpending, caps: Caps) -> SpendingLevel:
    """Return the level of the spending, by the cap with the highest share used.

    >>> spending_level(DaySpending(money=0.8), Caps(money=1.0))
    <SpendingLevel.NEAR_CAP: 1>
    >>> spending_level(DaySpending(tokens=10), Caps(tokens=10))
    <SpendingLevel.REACHED: 2>
    """
    shares = [used / cap for used, cap in ((spent.money, caps.money), (spent.tokens, caps.tokens)) if cap > 0]
    share = max(shares, default=0.0)
    return (
        SpendingLevel.REACHED
        if share >= 1
        else SpendingLevel.NEAR_CAP
        if share >= WARN_SHARE
        else SpendingLevel.OPEN
    )


def spending_text(spent: DaySpending, caps: Caps, currency: str) -> str:
    """Return the spending and the caps, as text for the user.

    >>> spending_text(DaySpending(money=0.5, tokens=7), Caps(money=1.0), "USD")
    '0.50 of 1.00 USD'
    """
    money = f"{spent.money:.2f} of {caps.money:.2f} {currency}" if caps.money > 0 else ""
    tokens = f"{spent.tokens:,} of {caps.tokens:,} tokens" if caps.tokens > 0 else ""
    return ", ".join(filter(None, [money, tokens]))
