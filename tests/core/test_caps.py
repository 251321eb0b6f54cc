"""The day's spending compared with its caps."""

import pytest

from midfill.core.caps import Caps, Level, Spent, level, spending_text


@pytest.mark.parametrize(
    ("spent", "caps", "reached"),
    [
        (Spent(money=9, tokens=9), Caps(), Level.OPEN),
        (Spent(money=0.79), Caps(money=1), Level.OPEN),
        (Spent(money=0.8), Caps(money=1), Level.NEAR),
        (Spent(money=1), Caps(money=1), Level.REACHED),
        (Spent(money=0.1, tokens=80), Caps(money=1, tokens=100), Level.NEAR),
        (Spent(money=0.9, tokens=101), Caps(money=1, tokens=100), Level.REACHED),
    ],
)
def test_level_of_the_nearest_cap(spent: Spent, caps: Caps, reached: Level) -> None:
    """The nearest cap counts; 0 is none."""
    assert level(spent, caps) is reached


def test_only_capped_values_are_reported() -> None:
    """Values without a cap are omitted."""
    assert spending_text(Spent(money=0.5, tokens=1_234), Caps(money=1, tokens=9_999), "CNY") == (
        "0.50 of 1.00 CNY, 1,234 of 9,999 tokens"
    )
    assert spending_text(Spent(money=0.5), Caps(tokens=10), "USD") == "0 of 10 tokens"
