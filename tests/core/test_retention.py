"""The retained part of an accepted text."""

import pytest

from midfill.core.retention import retained, visible_length

TEXT = "total = sum(values)\n    return total"


@pytest.mark.parametrize(
    ("now", "share"),
    [
        (TEXT, 1.0),
        (f"before\n{TEXT}\nafter", 1.0),
        (TEXT.replace("    ", "\t"), 1.0),
        ("total = sum(values)", 18 / 29),
        ("total = max(values)\n    return total", 26 / 29),
        ("", 0.0),
        ("nothing_of_it", 0.0),
    ],
)
def test_retained_words_are_counted(now: str, share: float) -> None:
    """Words are compared in order; blanks do not count."""
    assert retained(TEXT, now) / visible_length(TEXT) == pytest.approx(share, abs=0.04)


def test_frequent_words_are_counted() -> None:
    """A long table repeats the same words."""
    table = "x = 1\n" * 100
    assert retained(table, f"y = 2\n{table}") == visible_length(table) == 300
