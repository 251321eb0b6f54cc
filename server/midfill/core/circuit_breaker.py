"""The circuit breaker of a backend."""

from typing import NamedTuple

from midfill.core.model import BackendError, ErrorKind

_FIRST_PAUSE_S, _MAX_PAUSE_S = 1.0, 60.0
"""Seconds of the first and the longest pause, which doubles with each failure.

Our own choice: llm-ls, Continue and Tabby have no pause, or a fixed one.
"""
_RATE_LIMIT_PAUSE_S = 10.0
"""Seconds to pause after a rate limit without a Retry-After header (Copilot's local denial)."""
_CREDIT_PAUSE_S = 10.0
"""Minimum seconds to pause while an account has no credit; refused calls are free."""


class CircuitBreaker(NamedTuple):
    """An immutable circuit breaker: closed, open until a time, or open until the configuration changes."""

    failures: int = 0
    until: float = 0.0
    """Time in seconds of the engine's clock before which no call starts; then one probe starts."""
    kind: ErrorKind | None = None
    message: str = ""

    @property
    def broken(self) -> bool:
        """Whether only a change of the configuration ends the failure."""
        return self.kind is not None and self.kind.final

    def allows(self, now: float) -> bool:
        """Whether a call may start at `now` seconds."""
        return not self.broken and now >= self.until

    def failed(self, error: BackendError, now: float) -> "CircuitBreaker":
        """Return the breaker after a failed call."""
        failures = self.failures + 1
        pause = min(_FIRST_PAUSE_S * 2 ** (failures - 1), _MAX_PAUSE_S)
        if error.retry_after is not None:
            pause = max(pause, error.retry_after)  # `Retry-After: 0` does not remove the pause.
        elif error.kind is ErrorKind.RATE_LIMIT:
            pause = max(pause, _RATE_LIMIT_PAUSE_S)
        elif error.kind is ErrorKind.NO_CREDIT:
            pause = max(pause, _CREDIT_PAUSE_S)
        return CircuitBreaker(failures, now + pause, error.kind, str(error))

    def probing(self, now: float, seconds: float) -> "CircuitBreaker":
        """Return the breaker during a probe, which blocks other calls for `seconds` seconds."""
        return self._replace(until=now + seconds) if self.failures else self

    def unproven(self, now: float) -> "CircuitBreaker":
        """Return the breaker after a probe that was cancelled without a result; another probe may start soon."""
        return self._replace(until=min(self.until, now + _FIRST_PAUSE_S))
