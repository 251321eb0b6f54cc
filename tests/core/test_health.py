"""The circuit breaker."""

from itertools import pairwise

import pytest

from midfill.core.health import Health
from midfill.core.model import Kind, ModelError

PASSING = [kind for kind in Kind if not kind.final]
LASTING = [kind for kind in Kind if kind.final]


def failing(kind: Kind, times: int, retry_after: float | None = None) -> list[float]:
    """Return the pauses after failures of calls that start as early as allowed."""
    health, now, pauses = Health(), 100.0, []
    for _ in range(times):
        health = health.failed(ModelError(kind, "no", retry_after=retry_after), now)
        pauses.append(health.until - now)
        now = health.until
    return pauses


def test_healthy_backend_may_be_called() -> None:
    """Without a failure every call is allowed, and none is a probe."""
    assert Health().allows(0)
    assert Health().probing(100, 10) == Health()


@pytest.mark.parametrize("kind", [Kind.NETWORK, Kind.OVERLOAD, Kind.TIMEOUT, Kind.MALFORMED])
def test_pause_doubles_with_each_failure(kind: Kind) -> None:
    """It grows from a second up to a minute."""
    assert failing(kind, 9) == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_rate_limit_causes_a_longer_pause() -> None:
    """After a rate limit the pause is longer than a second."""
    assert failing(Kind.RATE_LIMIT, 6) == [10, 10, 10, 10, 16, 32]


def test_low_balance_is_probed_again() -> None:
    """After a low balance an occasional call checks whether the user has topped up."""
    assert failing(Kind.NO_CREDIT, 8) == [10, 10, 10, 10, 16, 32, 60, 60]


@pytest.mark.parametrize(
    ("kind", "seconds"), [(Kind.RATE_LIMIT, 30), (Kind.OVERLOAD, 7.5), (Kind.RATE_LIMIT, 2)]
)
def test_retry_after_sets_the_pause(kind: Kind, seconds: float) -> None:
    """Retry-After determines the pause after a first failure."""
    assert failing(kind, 1, seconds) == [seconds]


def test_retry_after_zero_keeps_the_pause() -> None:
    """With `Retry-After: 0`, the pause still grows with each failure."""
    pauses = failing(Kind.OVERLOAD, 6, 0)
    assert pauses[0] > 0
    assert all(two > one for one, two in pairwise(pauses))


@pytest.mark.parametrize("kind", PASSING)
def test_passing_failure_ends_after_the_pause(kind: Kind) -> None:
    """After the pause, and not before, one call is allowed."""
    health = Health().failed(ModelError(kind, "no"), 100)
    assert not health.broken
    assert not health.allows(100)
    assert not health.allows(health.until - 0.001)
    assert health.allows(health.until)


@pytest.mark.parametrize("kind", LASTING)
def test_lasting_failure_allows_no_call(kind: Kind) -> None:
    """After a wrong key there is no call until the configuration changes, and the message says why."""
    health = Health().failed(ModelError(kind, "set a key"), 100)
    assert health.broken
    assert not health.allows(1e9)
    assert health.message == "set a key"


def test_one_probe_at_a_time() -> None:
    """During a probe no other call is allowed; if it does not return, another probe is."""
    health = Health().failed(ModelError(Kind.NETWORK, "no"), 100).probing(200, 10)
    assert not health.allows(209)
    assert health.allows(210)


def test_abandoned_probe_is_no_failure() -> None:
    """A probe that is closed early allows another one a second later, and is no failure."""
    health = Health().failed(ModelError(Kind.NETWORK, "no"), 100).probing(200, 10).unproven(203)
    assert (health.until, health.failures) == (204, 1)


def test_failed_probe_lengthens_the_pause() -> None:
    """A failed probe counts as one more failure."""
    health = Health().failed(ModelError(Kind.NETWORK, "no"), 100).probing(101, 10)
    assert health.failed(ModelError(Kind.NETWORK, "no"), 102).until == 104
