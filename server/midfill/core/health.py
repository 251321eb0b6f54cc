"""The circuit breaker of a backend."""

from typing import NamedTuple

from midfill.core.model import Kind, ModelError

_FIRST_PAUSE, _MAX_PAUSE = 1.0, 60.0
"""Seconds; the pause doubles with each failure (llm-ls, Continue and Tabby retry at once or after a fixed time)."""
_RATE_LIMIT_PAUSE = 10.0
"""Seconds to pause after a rate limit without a Retry-After header (Copilot's local denial)."""
_CREDIT_PAUSE = 10.0
"""Minimum seconds to pause while an account has no credit; refused calls are free."""


class Health(NamedTuple):
    """An immutable circuit breaker: closed, open until a time, or broken until the configuration changes."""

    failures: int = 0
    until: float = 0.0
    """Time in seconds of the engine's clock before which no call starts; then one probe starts."""
    kind: Kind | None = None
    message: str = ""

    @property
    def broken(self) -> bool:
        """Whether only a change of the configuration ends the failure."""
        return self.kind is not None and self.kind.final

    def allows(self, now: float) -> bool:
        """Whether a call may start at `now` seconds."""
        return not self.broken and now >= self.until

    def failed(self, error: ModelError, now: float) -> "Health":
        """Return the health after a failed call."""
        failures = self.failures + 1
        pause = min(_FIRST_PAUSE * 2 ** (failures - 1), _MAX_PAUSE)
        if error.retry_after is not None:
            pause = max(pause, error.retry_after)  # `Retry-After: 0` does not remove the pause.
        elif error.kind is Kind.RATE_LIMIT:
            pause = max(pause, _RATE_LIMIT_PAUSE)
        elif error.kind is Kind.NO_CREDIT:
            pause = max(pause, _CREDIT_PAUSE)
        return Health(failures, now + pause, error.kind, str(error))

    def probing(self, now: float, seconds: float) -> "Health":
        """Return the health during a probe, which blocks other calls for `seconds` seconds."""
        return self._replace(until=now + seconds) if self.failures else self

    def unproven(self, now: float) -> "Health":
        """Return the health after a probe that was cancelled without a result; another probe may start soon."""
        return self._replace(until=min(self.until, now + _FIRST_PAUSE))
