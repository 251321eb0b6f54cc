"""The day's spending compared with its caps."""

import pytest

from midfill.core.caps import Caps, DaySpending, SpendingLevel, spending_level, spending_text


@pytest.mark.parametrize(
    ("spent", "caps", "reached"),
    [
        (DaySpending(money=9, tokens=9), Caps(), SpendingLevel.OPEN),
        (DaySpending(money=0.79), Caps(money=1), SpendingLevel.OPEN),
        (DaySpending(money=0.8), Caps(money=1), SpendingLevel.NEAR_CAP),
        (DaySpending(money=1), Caps(money=1), SpendingLevel.REACHED),
        (DaySpending(money=0.1, tokens=80), Caps(money=1, tokens=100), SpendingLevel.NEAR_CAP),
        (DaySpending(money=0.9, tokens=101), Caps(money=1, tokens=100), SpendingLevel.REACHED),
    ],
)
def test_level_of_the_nearest_cap(spent: DaySpending, caps: Caps, reached: SpendingLevel) -> None:
    """The nearest cap counts; 0 is none."""
    assert spending_level(spent, caps) is reached


def test_only_capped_values_are_reported() -> None:
    """Values without a cap are omitted."""
    assert spending_text(DaySpending(money=0.5, tokens=1_234), Caps(money=1, tokens=9_999), "CNY") == (
        "0.50 of 1.00 CNY, 1,234 of 9,999 tokens"
    )
    assert spending_text(DaySpending(money=0.5), Caps(tokens=10), "USD") == "0 of 10 tokens"
