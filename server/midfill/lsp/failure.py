"""The log message of a failed call."""

from midfill.core.model import BackendError
from midfill.engine import Engine


def failure_text(error: BackendError, engine: Engine | None, now: float) -> str:
    """Return a failure as text, without the provider's own message, which may contain the user's text."""
    status = f"HTTP {error.status}, " if error.status else ""
    until = "calls fail until the settings change" if error.kind.final else "the next call is a trial"
    if engine is not None and engine.calls.available.breaker.failures and not error.kind.final:
        until = f"the next call starts in {engine.calls.available.breaker.until - now:.0f} s at the earliest"
    return f"{status}{error.kind.value}; {until}"
