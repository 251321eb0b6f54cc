"""The in-flight calls: started, shared, kept for a while and cancelled."""

from collections.abc import Callable, Iterator

from midfill.core.model import BackendError, BackendRequest, Backends, Prompt
from midfill.core.prompt import typed_since
from midfill.core.records import Records
from midfill.core.timing import FINISH_GRACE_S, SELF_ENDED_WEIGHT, SHORT_ANSWERS_SHARE, TYPO_LINGER_SHARE
from midfill.engine.available_backends import AvailableBackends
from midfill.engine.call_record import call_record
from midfill.engine.counters import Counters
from midfill.engine.flight import Flight
from midfill.engine.request_queue import RequestQueue

READ_AHEAD_LINES = 3
"""Minimum lines to read of each automatic answer while most answers are short: a short answer soon ends by itself."""


class Calls:
    """Starts, shares and cancels flights (in-flight calls).

    Args:
        backends: the backends in their order, and the fallback.
        max_calls: maximum number of calls at once; further requests wait in the queue.
        linger_s: how long an unused flight is kept (setting `timing.linger_ms`).
        on_finished: called with each flight that ends.
        on_error: called with each error of a backend that is not the fallback.
        counters: counts the calls.
        records: records the calls and checks the caps.
        clock: returns the current time in seconds.
    """

    def __init__(
        self,
        backends: Backends,
        max_calls: int,
        linger_s: float,
        on_finished: Callable[[Flight], None],
        on_error: Callable[[BackendError], None],
        counters: Counters,
        records: Records,
        clock: Callable[[], float],
    ) -> None:
        self.backends = backends
        self.available = AvailableBackends(backends, records, clock)
        self._max_calls = max_calls
        self._linger_s = linger_s
        self._on_finished = on_finished
        self._on_error = on_error
        self._counters = counters
        self._records = records
        self._clock = clock
        self._flights: list[Flight] = []
        self._embedded: set[Flight] = set()
        """The calls of the embedded engine beside a model's."""
        self.queue = RequestQueue()
        """The requests that wait for a call of another document to end."""
        self._probes: set[Flight] = set()
        """The probes of backends that failed."""
        self._self_ended_share = 1.0
        """Share of the latest answers that the model ended itself."""

    def __repr__(self) -> str:
        return f"<Calls {self._flights}>"

    def __iter__(self) -> Iterator[Flight]:
        """Iterate over the flights, the newest first."""
        return reversed(self._flights)

    def joinable(self, prompt: Prompt, alternative_index: int = 0) -> Flight | None:
        """Return the newest flight whose text can still answer `prompt`."""
        for flight in self:
            if (
                flight.backend_request.limits.alternative_index == alternative_index
                and flight.remaining_text_at(prompt) is not None
            ):
                return flight
        return None

    def has_free_slot(self, spare: int = 0) -> bool:
        """Whether a call and `spare` more may start; a call with a waiting request is never closed for them."""
        awaited = sum(flight.is_awaited for flight in self._flights)
        return awaited + spare < self._max_calls

    def start(self, backend_request: BackendRequest, *, speculative: bool = False) -> Flight | None:
        """Start a call; return None if no backend is available, or if the maximum of calls is reached."""
        if not self.has_free_slot():
            return None
        backend = self.available.for_call(backend_request)
        if backend is None:
            return None
        self._free_slot()
        flight = Flight(
            backend_request,
            self._records.new_id(),
            backend,
            self._min_lines,
            self._finished,
            self._clock,
            speculative=speculative,
        )
        self._flights.append(flight)
        if backend is not self.backends.fallback and self.available.breaker_of(backend).failures:
            self._probes.add(flight)
        if speculative:
            self._counters.speculative += 1
        else:
            self._counters.calls += 1
        return flight

    def start_embedded(self, backend_request: BackendRequest) -> Flight | None:
        """Start a call of the embedded engine beside a model's; None if there is no model, or it is not available.

        It takes no slot, and no other request joins it.
        """
        fallback, manual = self.backends.fallback, backend_request.limits.manual
        if fallback is None or not self.available.healthy(backend_request.cursor.language, manual=manual):
            return None
        number = self._records.new_id()
        flight = Flight(backend_request, number, fallback, self._min_lines, self._finished, self._clock)
        self._embedded.add(flight)
        return flight

    def cancel_unusable(self, uri: str, prompt: Prompt | None) -> None:
        """Cancel the flights of a document that no request can use at `prompt`; None cancels all unwanted ones.

        A flight is kept for a moment after a typing error, because users delete typing errors at once. If answers are
        short, a flight whose own prompt contains the error is kept as well: it ends soon, and a cancel costs a
        connection.
        """
        for flight in tuple(self._flights):
            if flight.backend_request.cursor.uri != uri or flight.is_awaited or _is_usable(flight, prompt):
                continue
            if prompt is None or not self.may_linger(flight, prompt):
                flight.close()
            elif self.short_answers:
                self.release(flight)
            else:
                flight.close_after(self._linger_s * TYPO_LINGER_SHARE)

    def release(self, flight: Flight, *, may_linger: bool = True) -> None:
        """Cancel a flight that no request waits for, at once or (`may_linger`) after the linger time.

        If answers are short, a flight that still receives text gets extra time to end: a cancel costs a connection.
        """
        linger_s = self._linger_s if may_linger else 0
        flight.close_after(linger_s, extra_s=FINISH_GRACE_S if linger_s and self.short_answers else 0)
        self.queue.wake_next()

    def may_linger(self, flight: Flight, prompt: Prompt) -> bool:
        """Whether a flight that cannot answer `prompt` is kept for a moment."""
        return flight.fits_after_correction(prompt) or (self.short_answers and flight.is_near(prompt))

    async def close(self) -> None:
        """Cancel all calls and close the backends."""
        flights = (*self._flights, *self._embedded)
        for flight in flights:
            flight.close()
        for flight in flights:
            await flight.wait_closed()
        for backend in self.backends.all:
            await backend.close()

    def _free_slot(self) -> None:
        """Close the oldest calls without a waiting request, until another call may start."""
        while len(self._flights) >= self._max_calls:
            oldest = next(flight for flight in self._flights if not flight.is_awaited)
            oldest.close()
            self._flights.remove(oldest)

    def _finished(self, flight: Flight) -> None:
        self._embedded.discard(flight)
        if flight in self._flights:
            self._flights.remove(flight)
        if flight.backend is not self.backends.fallback:
            self._update_health(flight)
        if flight.finish_reason is None and flight.error is None:
            self._counters.stopped += 1
        if flight.backend is not self.backends.fallback and (
            flight.finish_reason is not None or flight.stopped_reading
        ):
            self._self_ended_share += SELF_ENDED_WEIGHT * (
                (flight.finish_reason is not None) - self._self_ended_share
            )
        if flight.usage is not None:
            self._counters.add_usage(flight.usage)
        if flight.sent:
            self._records.record_call(call_record(flight, self._clock()))
        self._on_finished(flight)
        self.queue.wake_next()

    @property
    def short_answers(self) -> bool:
        """Whether the model ends most answers itself after a few lines, before the engine stops reading."""
        return self._self_ended_share > SHORT_ANSWERS_SHARE

    @property
    def _min_lines(self) -> int:
        """Lines to read of an answer: `READ_AHEAD_LINES` if answers are short, otherwise only what is shown."""
        return READ_AHEAD_LINES if self.short_answers else 1

    def _update_health(self, flight: Flight) -> None:
        if flight.error is not None:
            self.available.failed(flight.backend, flight.error)
            self._counters.failed += 1
            self._on_error(flight.error)
        elif flight.first_token is not None or flight.finish_reason is not None:
            self.available.answered(flight.backend)
        elif flight in self._probes:
            self.available.probe_cancelled(flight.backend)
        self._probes.discard(flight)


def _is_usable(flight: Flight, prompt: Prompt | None) -> bool:
    """Whether a flight can answer `prompt`, or is speculative and can answer a later prompt."""
    if prompt is None:
        return False
    return flight.remaining_text_at(prompt) is not None or (
        flight.speculative and typed_since(prompt, flight.prompt) is not None
    )
