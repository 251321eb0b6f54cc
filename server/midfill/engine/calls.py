"""The in-flight calls, and the rules for a new one."""

from collections.abc import Callable, Iterator

from midfill.core.health import Health
from midfill.core.model import Backend, Backends, ModelError, Prompt, Question
from midfill.core.prompt import typed_since
from midfill.core.timing import ENDING, PROBE, STOP_WEIGHT, STRAY_SHARE
from midfill.engine.counters import Counters
from midfill.engine.flight import Flight
from midfill.engine.line import Line

AHEAD_LINES = 3
"""Lines that are read of each automatic answer while most answers are short."""


class Calls:
    """Starts, shares and cancels flights (in-flight calls), and stops calling a backend that fails.

    Args:
        backends: the primary and the fallback backend.
        most: maximum number of calls at once; a request beyond them waits in line.
        linger: seconds for which an unused flight is kept.
        on_finished: called with each flight that ends.
        on_error: called with each error of the primary backend.
        counters: counts the calls.
        clock: returns the current time in seconds.
    """

    def __init__(
        self,
        backends: Backends,
        most: int,
        linger: float,
        on_finished: Callable[[Flight], None],
        on_error: Callable[[ModelError], None],
        counters: Counters,
        clock: Callable[[], float],
    ) -> None:
        self.backends = backends
        self.health = Health()
        self._most = most
        self._linger = linger
        self._on_finished = on_finished
        self._on_error = on_error
        self._counters = counters
        self._clock = clock
        self._flights: list[Flight] = []
        self.line = Line()
        """The requests that wait for a call of another document to end."""
        self._probe: Flight | None = None
        """The call that tests a backend after a failure."""
        self._stop_share = 1.0
        """Share of the latest answers that the model ended itself."""

    def __repr__(self) -> str:
        return f"<Calls {self._flights}>"

    def __iter__(self) -> Iterator[Flight]:
        """Iterate over the flights, the newest first."""
        return reversed(self._flights)

    def joinable(self, prompt: Prompt, variant: int = 0) -> Flight | None:
        """Return the newest flight whose text can still answer `prompt`."""
        for flight in self:
            if flight.question.ask.variant == variant and flight.says(prompt) is not None:
                return flight
        return None

    def has_room(self, spare: int = 0) -> bool:
        """Whether a call may start, and `spare` more beside it: a call that a request waits for is never closed."""
        wanted = sum(1 for flight in self._flights if flight.wanted)
        return wanted + spare < self._most

    @property
    def away(self) -> bool:
        """Whether nobody can be asked for now."""
        return self.backends.fallback is None and not self.health.allows(self._clock())

    def start(self, question: Question, *, speculative: bool = False) -> Flight | None:
        """Start a call; return None if no backend is available, or if there is no room."""
        if not self.has_room():
            return None
        backend = self._available()
        if backend is None:
            return None
        self._make_room()
        flight = Flight(question, backend, self._ahead, self._finished, self._clock, speculative=speculative)
        self._flights.append(flight)
        if self.health.failures and backend is self.backends.primary:
            self._probe = flight
        if speculative:
            self._counters.speculative += 1
        else:
            self._counters.calls += 1
        return flight

    def cancel_unusable(self, uri: str, prompt: Prompt | None) -> None:
        """Cancel the flights of a document that no request can use at `prompt`; None cancels all unwanted ones.

        A flight is kept for a moment after a typing error, because users delete typing errors at once. A flight whose
        own prompt holds the error is kept where answers are short: it ends soon, and a cancel costs a connection.
        """
        for flight in tuple(self._flights):
            if flight.question.cursor.uri != uri or flight.wanted or _useful(flight, prompt):
                continue
            if prompt is None or not self.may_linger(flight, prompt):
                flight.close()
            elif self.short_answers:
                self.release(flight)
            else:
                flight.expire(self._linger * STRAY_SHARE)

    def release(self, flight: Flight, *, may_linger: bool = True) -> None:
        """Cancel a flight that no request waits for, at once or (`may_linger`) after the linger time.

        Where answers are short, a flight that still receives text gets extra time to end: a cancel costs a connection.
        """
        linger = self._linger if may_linger else 0
        flight.expire(linger, more=ENDING if linger and self.short_answers else 0)
        self.line.call()

    def may_linger(self, flight: Flight, prompt: Prompt) -> bool:
        """Whether a flight that cannot answer `prompt` is kept for a moment."""
        return flight.strays(prompt) or (self.short_answers and flight.near(prompt))

    async def close(self) -> None:
        """Cancel all calls and close the backends."""
        for flight in tuple(self._flights):
            flight.close()
        await self.backends.primary.close()
        if self.backends.fallback is not None:
            await self.backends.fallback.close()

    def _available(self) -> Backend | None:
        now = self._clock()
        if not self.health.allows(now):
            return self.backends.fallback
        self.health = self.health.probing(now, PROBE)
        return self.backends.primary

    def _make_room(self) -> None:
        """Close the oldest calls that nobody waits for, until there is room for another one."""
        while len(self._flights) >= self._most:
            oldest = next(flight for flight in self._flights if not flight.wanted)
            oldest.close()
            self._flights.remove(oldest)

    def _finished(self, flight: Flight) -> None:
        if flight in self._flights:
            self._flights.remove(flight)
        if flight.backend is self.backends.primary:
            self._update_health(flight)
        if flight.finish is None and flight.error is None:
            self._counters.stopped += 1
        if flight.finish is not None or flight.enough:
            self._stop_share += STOP_WEIGHT * ((flight.finish is not None) - self._stop_share)
        if flight.usage is not None:
            self._counters.add_usage(flight.usage)
        self._on_finished(flight)
        self.line.call()

    @property
    def short_answers(self) -> bool:
        """Whether the model ends most answers itself after a few lines, before the engine stops reading."""
        return self._stop_share > 0.5

    @property
    def _ahead(self) -> int:
        """Lines to read of an answer: `AHEAD_LINES` where answers are short, else only what is shown."""
        return AHEAD_LINES if self.short_answers else 1

    def _update_health(self, flight: Flight) -> None:
        if flight.error is not None:
            self.health = self.health.failed(flight.error, self._clock())
            self._counters.failed += 1
            self._on_error(flight.error)
        elif flight.first_token is not None or flight.finish is not None:
            self.health = Health()
        elif flight is self._probe:
            self.health = self.health.unproven(self._clock())


def _useful(flight: Flight, prompt: Prompt | None) -> bool:
    """Whether a flight can answer `prompt`, or is speculative and can answer a later prompt."""
    if prompt is None:
        return False
    return flight.says(prompt) is not None or (
        flight.speculative and typed_since(prompt, flight.prompt) is not None
    )
