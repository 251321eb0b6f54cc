"""The timing of calls and partial answers, learned from the typist and the backend."""

from collections.abc import Callable

from midfill.core.prompt import Budget
from midfill.core.timing import LATENCY_WEIGHT
from midfill.core.tokens import Calibration, estimate
from midfill.core.typing_rhythm import TypingRhythm
from midfill.engine.flight import Flight
from midfill.engine.prepared_request import PreparedRequest
from midfill.settings import Settings


class Pacing:
    """The typist's rhythm, the backend's latency and the token estimate, as running means.

    Args:
        settings: the bounds of the debounce.
        clock: returns the current time in seconds.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        timing = settings.timing
        self._bounds = timing.debounce_min_ms / 1000, timing.debounce_max_ms / 1000
        self._clock = clock
        self._rhythm = TypingRhythm()
        self._latency = 0.0
        self._calibration = Calibration()

    def typed(self) -> None:
        """Record a key."""
        self._rhythm = self._rhythm.typed(self._clock())

    def record_outcome(self, *, accepted: bool) -> None:
        """Record that the user accepted, dismissed or ignored a suggestion."""
        self._rhythm = self._rhythm.with_outcome(self._clock(), accepted=accepted)

    def finished(self, flight: Flight) -> None:
        """Update the latency and the token estimate from a finished call."""
        if flight.first_token is not None:
            latency = flight.first_token - flight.started
            self._latency += (latency - self._latency) * (LATENCY_WEIGHT if self._latency else 1)
        if flight.usage is not None:
            estimated = estimate(flight.prompt.full_prefix) + estimate(flight.prompt.suffix)
            self._calibration = self._calibration.updated(estimated, flight.usage.prompt)

    def budget(self, sizes: Budget) -> Budget:
        """Return the size limit of a prompt in estimated tokens, from the limit in the model's tokens."""
        factor = self._calibration.factor
        return Budget(sizes.prefix / factor, sizes.suffix / factor)

    def debounce(self, prepared: PreparedRequest, *, short_answers: bool) -> float:
        """Return the seconds to wait after the key before a call starts."""
        if prepared.request.manual or prepared.document.suggestions.insertion is not None:
            return 0.0
        wait = self._rhythm.debounce(self._clock(), self._latency, self._bounds)
        if not short_answers:
            wait = max(wait, min(self._rhythm.correction_delay, self._bounds[1]))
        deleting = prepared.document.edit is not None and prepared.document.edit.deletes
        return min(self._rhythm.pause, self._bounds[1]) if deleting else wait

    def partial_deadline(self, prepared: PreparedRequest, deadline: float) -> float:
        """Return the time in seconds from which an incomplete line may be shown.

        This is `deadline` if other text follows on the line, which would look like the rest of the suggestion.
        """
        request = prepared.request
        if request.manual or request.whole_only or prepared.cursor.rest.strip():
            return deadline
        due = self._rhythm.partial_deadline(prepared.typed_at, request.at, refreshes=request.refreshes)
        return min(deadline, due)
