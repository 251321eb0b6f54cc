"""The debounce before a call."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.typing_rhythm import TypingRhythm

WIDE = (0.0, 10.0)


def typing(gap: float, keys: int = 60, start: float = 100.0) -> TypingRhythm:
    rhythm = TypingRhythm()
    for key in range(keys):
        rhythm = rhythm.typed(start + key * gap)
    return rhythm


@pytest.mark.parametrize("gap", [0.06, 0.12, 0.3])
def test_gap_between_keys_is_learned(gap: float) -> None:
    """After a line of typing the usual gap is the typist's."""
    assert typing(gap).gap == pytest.approx(gap, rel=0.05)


@pytest.mark.parametrize("gap", [0.5, 2.0, 60.0])
def test_pause_is_no_gap(gap: float) -> None:
    """A long pause does not change the mean gap, and ends a burst."""
    assert typing(gap).gap == TypingRhythm().gap
    assert not typing(gap).bursting


def test_slow_typist_has_a_longer_debounce() -> None:
    """The debounce is a share of the usual gap."""
    assert typing(0.06).debounce(200, 0, WIDE) < typing(0.3).debounce(200, 0, WIDE)


def test_dismissals_and_acceptances_change_the_debounce() -> None:
    """Dismissals lengthen the debounce, acceptances shorten it."""
    rhythm = typing(0.12)
    plain = rhythm.debounce(200, 0, WIDE)
    assert rhythm.with_outcome(200, accepted=False).debounce(200, 0, WIDE) == pytest.approx(1.2 * plain)
    assert rhythm.with_outcome(200, accepted=True).debounce(200, 0, WIDE) == pytest.approx(0.8 * plain)


@pytest.mark.parametrize(("accepted", "limit"), [(False, 2.0), (True, 0.4)])
def test_wait_factor_is_limited(accepted: bool, limit: float) -> None:
    """A hundred dismissals in a row only double the wait, a hundred acceptances leave two fifths."""
    rhythm = typing(0.12)
    plain = rhythm.debounce(200, 0, WIDE)
    for _ in range(100):
        rhythm = rhythm.with_outcome(200, accepted=accepted)
    assert rhythm.debounce(200, 0, WIDE) == pytest.approx(limit * plain)


def test_wait_factor_decays() -> None:
    """Half of a wait_factor is forgotten after ten minutes."""
    rhythm = typing(0.12)
    plain = rhythm.debounce(200, 0, WIDE)
    cross = rhythm.with_outcome(200, accepted=False)
    assert cross.debounce(800, 0, WIDE) == pytest.approx(1.1 * plain)
    assert cross.debounce(90_000, 0, WIDE) == pytest.approx(plain)


def test_debounce_depends_on_the_latency() -> None:
    """The debounce is shorter for slow answers and longer for fast ones, within limits."""
    rhythm = typing(0.12)
    waits = [rhythm.debounce(200, latency, WIDE) for latency in (0.01, 0.125, 0.25, 0.5, 5.0)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] == pytest.approx(2 * waits[2])
    assert waits[-1] == pytest.approx(0.5 * waits[2])
    assert rhythm.debounce(200, 0, WIDE) == waits[2]


@given(
    keys=st.lists(st.floats(0, 1e6), max_size=30),
    verdicts=st.lists(st.booleans(), max_size=30),
    latency=st.floats(0, 1e3),
    low=st.floats(0, 1),
    more=st.floats(0, 1),
)
def test_debounce_is_within_its_bounds(
    keys: list[float], verdicts: list[bool], latency: float, low: float, more: float
) -> None:
    """For any typing and feedback, the debounce is within the settings' bounds."""
    rhythm = TypingRhythm()
    for at in keys:
        rhythm = rhythm.typed(at)
    for accepted in verdicts:
        rhythm = rhythm.with_outcome(keys[-1] if keys else 0, accepted=accepted)
    assert low <= rhythm.debounce(1e6, latency, (low, low + more)) <= low + more


def test_answer_is_due_earlier_in_a_burst() -> None:
    """Within a burst an answer must arrive well before the next key; the first key of a burst has more time."""
    assert 100 < typing(0.12).partial_deadline(100, 100) < 100.15
    assert math.isinf(TypingRhythm().partial_deadline(100, 100))
    assert math.isinf(typing(0.12).typed(900).partial_deadline(900, 900))
    assert 100.5 < typing(0.12).partial_deadline(100, 100.2) < 101
    assert 100.4 < typing(0.12).partial_deadline(100, 100.2, refreshes=True) < 100.5


def test_pause_is_longer_than_the_gaps_of_a_burst() -> None:
    """A burst of deletions ends if the next key does not come for several gaps."""
    assert 2 * 0.12 < typing(0.12).pause < 5 * 0.12


@pytest.mark.parametrize(
    ("gap", "burst"), [(0.0, False), (0.001, True), (0.3999, True), (0.4, False), (-1.0, False)]
)
def test_gap_within_a_burst(gap: float, burst: bool) -> None:
    """A key belongs to a burst if it follows the previous one within 0.4 s; a longer gap ends the burst."""
    rhythm = TypingRhythm().typed(0.0).typed(gap)
    assert rhythm.bursting is burst
    assert (rhythm.gap != TypingRhythm().gap) is burst
    assert rhythm.last == gap


def test_gap_has_a_weight_of_a_tenth() -> None:
    """The mean and the debounce depend on it."""
    rhythm = TypingRhythm(gap=0.1).typed(0.0).typed(0.2)
    assert rhythm.gap == pytest.approx(0.11)
    assert rhythm.correction_delay == pytest.approx(0.066)
    assert rhythm.pause == pytest.approx(0.33)
    assert rhythm.debounce(1.0, 0, WIDE) == pytest.approx(0.0165)
    assert rhythm.debounce(1.0, 0, (0.02, 0.03)) == 0.02
    assert rhythm.debounce(1.0, 0, (0.0, 0.01)) == 0.01
    assert rhythm.partial_deadline(5.0, 5.0) == pytest.approx(5.088)
    assert rhythm.partial_deadline(5.0, 5.2) == pytest.approx(5.53)
    assert rhythm.partial_deadline(5.0, 5.2, refreshes=True) == pytest.approx(5.42)
