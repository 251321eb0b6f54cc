"""The circuit breaker."""

from itertools import pairwise

import pytest

from midfill.core.circuit_breaker import CircuitBreaker
from midfill.core.model import BackendError, ErrorKind

PASSING = [kind for kind in ErrorKind if not kind.final]
LASTING = [kind for kind in ErrorKind if kind.final]


def failing(kind: ErrorKind, times: int, retry_after: float | None = None) -> list[float]:
    """Return the pauses after failures of calls that start as early as allowed."""
    breaker, now, pauses = CircuitBreaker(), 100.0, []
    for _ in range(times):
        breaker = breaker.failed(BackendError(kind, "no", retry_after=retry_after), now)
        pauses.append(breaker.until - now)
        now = breaker.until
    return pauses


def test_healthy_backend_may_be_called() -> None:
    """Without a failure every call is allowed, and none is a probe."""
    assert CircuitBreaker().allows(0)
    assert CircuitBreaker().probing(100, 10) == CircuitBreaker()


@pytest.mark.parametrize(
    "kind", [ErrorKind.NETWORK, ErrorKind.OVERLOAD, ErrorKind.TIMEOUT, ErrorKind.MALFORMED]
)
def test_pause_doubles_with_each_failure(kind: ErrorKind) -> None:
    """It grows from a second up to a minute."""
    assert failing(kind, 9) == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_rate_limit_causes_a_longer_pause() -> None:
    """After a rate limit the pause is longer than a second."""
    assert failing(ErrorKind.RATE_LIMIT, 6) == [10, 10, 10, 10, 16, 32]


def test_low_balance_is_probed_again() -> None:
    """After a low balance an occasional call checks whether the user has topped up."""
    assert failing(ErrorKind.NO_CREDIT, 8) == [10, 10, 10, 10, 16, 32, 60, 60]


@pytest.mark.parametrize(
    ("kind", "seconds"), [(ErrorKind.RATE_LIMIT, 30), (ErrorKind.OVERLOAD, 7.5), (ErrorKind.RATE_LIMIT, 2)]
)
def test_retry_after_sets_the_pause(kind: ErrorKind, seconds: float) -> None:
    """Retry-After determines the pause after a first failure."""
    assert failing(kind, 1, seconds) == [seconds]


def test_retry_after_zero_keeps_the_pause() -> None:
    """With `Retry-After: 0`, the pause still grows with each failure."""
    pauses = failing(ErrorKind.OVERLOAD, 6, 0)
    assert pauses[0] > 0
    assert all(two > one for one, two in pairwise(pauses))


@pytest.mark.parametrize("kind", PASSING)
def test_passing_failure_ends_after_the_pause(kind: ErrorKind) -> None:
    """After the pause, and not before, one call is allowed."""
    breaker = CircuitBreaker().failed(BackendError(kind, "no"), 100)
    assert not breaker.broken
    assert not breaker.allows(100)
    assert not breaker.allows(breaker.until - 0.001)
    assert breaker.allows(breaker.until)


@pytest.mark.parametrize("kind", LASTING)
def test_lasting_failure_allows_no_call(kind: ErrorKind) -> None:
    """After a wrong key there is no call until the configuration changes, and the message says why."""
    breaker = CircuitBreaker().failed(BackendError(kind, "set a key"), 100)
    assert breaker.broken
    assert not breaker.allows(1e9)
    assert breaker.message == "set a key"


def test_one_probe_at_a_time() -> None:
    """During a probe no other call is allowed; if it does not return, another probe is."""
    breaker = CircuitBreaker().failed(BackendError(ErrorKind.NETWORK, "no"), 100).probing(200, 10)
    assert not breaker.allows(209)
    assert breaker.allows(210)


def test_abandoned_probe_is_no_failure() -> None:
    """A probe that is closed early allows another one a second later, and is no failure."""
    breaker = (
        CircuitBreaker().failed(BackendError(ErrorKind.NETWORK, "no"), 100).probing(200, 10).unproven(203)
    )
    assert (breaker.until, breaker.failures) == (204, 1)


def test_failed_probe_lengthens_the_pause() -> None:
    """A failed probe counts as one more failure."""
    breaker = CircuitBreaker().failed(BackendError(ErrorKind.NETWORK, "no"), 100).probing(101, 10)
    assert breaker.failed(BackendError(ErrorKind.NETWORK, "no"), 102).until == 104
