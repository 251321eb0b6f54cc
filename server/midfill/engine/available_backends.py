"""The backends that may be called now: each has a circuit breaker, and above a cap only the free ones are allowed."""

from collections.abc import Callable

from midfill.core.circuit_breaker import CircuitBreaker
from midfill.core.model import Backend, BackendError, BackendRequest, Backends
from midfill.core.records import Records
from midfill.core.timing import PROBE_S


class AvailableBackends:
    """Selects a backend for a call, and stops calling one that fails.

    Args:
        backends: the backends in their order, and the fallback.
        records: checks the caps.
        clock: returns the current time in seconds.
    """

    def __init__(self, backends: Backends, records: Records, clock: Callable[[], float]) -> None:
        self._backends = backends
        self._records = records
        self._clock = clock
        self._breakers = self._closed_breakers()

    @property
    def breaker(self) -> CircuitBreaker:
        """The breaker of the first backend."""
        return self._breakers[0]

    def breaker_of(self, backend: Backend) -> CircuitBreaker:
        """Return the breaker of a backend other than the fallback."""
        return self._breakers[self._index_of(backend)]

    def may_think(self, language: str) -> bool:
        """Whether a model may reason first after a manual request in this language."""
        return any(backend.thinks for backend in self._backends.for_language(language))

    def chats(self, language: str, *, manual: bool) -> bool:
        """Whether the next call in this language is for a chat model."""
        return next((backend.chats for backend in self.healthy(language, manual=manual)), False)

    def can_call(self, language: str, *, manual: bool, except_backend: Backend | None = None) -> bool:
        """Whether a backend is available in a language, other than `except_backend` and those after it."""
        fallback = self._backends.fallback
        if except_backend is not None and except_backend is fallback:
            return False
        return fallback is not None or any(
            backend is not except_backend for backend in self.healthy(language, manual=manual)
        )

    def unavailable_reason(self, language: str, *, manual: bool) -> str:
        """Return why no backend is available in a language, as text."""
        backends = self._backends.for_language(language)
        if not backends:
            return f"no backend is set for {language}"
        return self.breaker_of(backends[0]).message or self._records.cap_reason(manual=manual)

    def healthy(self, language: str, *, manual: bool) -> list[Backend]:
        """Return the backends that are available and allowed in a language; above a cap only the free ones."""
        now, capped = self._clock(), bool(self._records.cap_reason(manual=manual))
        backends = self._backends.for_language(language)
        return [one for one in backends if self.breaker_of(one).allows(now) and not (capped and one.paid)]

    def for_call(self, backend_request: BackendRequest) -> Backend | None:
        """Return the first backend for a language that is healthy, or whose pause is over; the call is then a probe."""
        backend = next(
            iter(self.healthy(backend_request.cursor.language, manual=backend_request.limits.manual)), None
        )
        if backend is None:
            return self._backends.fallback
        self._set_breaker(backend, self.breaker_of(backend).probing(self._clock(), PROBE_S))
        return backend

    def failed(self, backend: Backend, error: BackendError) -> None:
        """Record a failed call."""
        self._set_breaker(backend, self.breaker_of(backend).failed(error, self._clock()))

    def answered(self, backend: Backend) -> None:
        """Record a call with an answer."""
        self._set_breaker(backend, CircuitBreaker())

    def probe_cancelled(self, backend: Backend) -> None:
        """Record a probe without a result."""
        self._set_breaker(backend, self.breaker_of(backend).unproven(self._clock()))

    def retry(self) -> str:
        """Let the next call use the first backend, whatever its breaker; return the fallback's name."""
        self._breakers = self._closed_breakers()
        return self._backends.fallback.name if self._backends.fallback else ""

    def _closed_breakers(self) -> list[CircuitBreaker]:
        return [CircuitBreaker() for _ in (self._backends.primary, *self._backends.others)]

    def _set_breaker(self, backend: Backend, breaker: CircuitBreaker) -> None:
        self._breakers[self._index_of(backend)] = breaker

    def _index_of(self, backend: Backend) -> int:
        return (self._backends.primary, *self._backends.others).index(backend)
