"""Calendar days as numbers, without a clock: 0 is 1 January 1970."""

DAY_S = 86_400
"""Seconds of a day."""


def day_of(year: int, month: int, day: int) -> int:
    """Return the number of a day of the Gregorian calendar.

    >>> day_of(1970, 1, 1), day_of(2026, 10, 1)
    (0, 20727)
    """
    # `days_from_civil` of Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def weekday(day: int) -> int:
    """Return the weekday of a day: 0 is Monday.

    >>> weekday(0)  # A Thursday.
    3
    """
    return (day + 3) % 7


def day_and_hour(at: float, hours: int) -> tuple[int, float]:
    """Return the day and the fractional hour at `at` seconds since 1970, `hours` ahead of UTC.

    >>> day_and_hour(0, 8)
    (0, 8.0)
    """
    day, seconds = divmod(at + hours * 3600, DAY_S)
    return int(day), seconds / 3600
