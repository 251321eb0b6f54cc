"""Whether a backend that has failed may be asked again."""

from typing import NamedTuple

from midfill.core.model import Kind, ModelError

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
"""Seconds; the pause doubles from failure to failure (llm-ls, Continue and Tabby hammer on or wait a fixed time)."""
_RATE_LIMIT_PAUSE = 10.0
"""Seconds without a Retry-After (Copilot's local denial)."""


class Health(NamedTuple):
    """A circuit breaker, as a value: closed, open until a time, or broken until the configuration changes."""

    failures: int = 0
    until: float = 0.0
    """Seconds of the engine's clock before which nothing is asked; then one probe goes out."""
    kind: Kind | None = None
    message: str = ""

    @property
    def broken(self) -> bool:
        """Whether only a change of configuration can help."""
        return self.kind is not None and self.kind.lasting

    def allows(self, now: float) -> bool:
        """Whether a call may go out at `now` seconds."""
        return not self.broken and now >= self.until

    def failed(self, error: ModelError, now: float) -> "Health":
        """Return the health after a failed call."""
        failures = self.failures + 1
        pause = min(_FIRST_PAUSE * 2 ** (failures - 1), _LONGEST_PAUSE)
        if error.retry_after is not None:
            pause = max(pause, error.retry_after)  # `Retry-After: 0` is no leave to hammer.
        elif error.kind is Kind.RATE_LIMIT:
            pause = max(pause, _RATE_LIMIT_PAUSE)
        return Health(failures, now + pause, error.kind, str(error))

    def probing(self, now: float, patience: float) -> "Health":
        """Return the health while one call tries whether the backend is back: no other for `patience` seconds."""
        return self._replace(until=now + patience) if self.failures else self

    def unproven(self, now: float) -> "Health":
        """Return the health after a probe that was given up before it had told anything: another may try soon."""
        return self._replace(until=min(self.until, now + _FIRST_PAUSE))
