"""The typing rhythm, which sets the debounce and the deadline of partial answers."""

import math
from typing import NamedTuple

from midfill.core.timing import (
    ACCEPTED_FACTOR,
    CORRECTION_SHARE,
    DEBOUNCE_SHARE,
    DISMISSED_FACTOR,
    FACTOR_HALF_LIFE_S,
    GAP_WEIGHT,
    INITIAL_GAP_S,
    MAX_BURST_GAP_S,
    MAX_FACTOR,
    MAX_LATENCY_FACTOR,
    MIN_FACTOR,
    MIN_LATENCY_FACTOR,
    PARTIAL_GAPS,
    PARTIAL_SHARE,
    PAUSE_GAPS,
    USUAL_LATENCY_S,
)


class TypingRhythm(NamedTuple):
    """A typist's pace, and the effect of accepted and dismissed suggestions on the debounce."""

    gap: float = INITIAL_GAP_S
    """Running mean of the seconds between two keys of a burst."""
    last: float = -math.inf
    """Time of the last key, in seconds of the engine's clock."""
    debounce_factor: float = 1.0
    """Factor of the debounce: above 1 after dismissals, below 1 after acceptances."""
    debounce_factor_at: float = 0.0
    bursting: bool = False
    """The last key followed the previous one within `MAX_BURST_GAP_S`."""

    def typed(self, at: float) -> "TypingRhythm":
        """Return the rhythm after a key at `at` seconds."""
        gap = at - self.last
        if not 0 < gap < MAX_BURST_GAP_S:
            return self._replace(last=at, bursting=False)
        return self._replace(last=at, gap=self.gap + GAP_WEIGHT * (gap - self.gap), bursting=True)

    def with_outcome(self, at: float, *, accepted: bool) -> "TypingRhythm":
        """Return the rhythm after a suggestion was accepted, dismissed or ignored at `at` seconds."""
        factor = self._decayed_factor(at) * (ACCEPTED_FACTOR if accepted else DISMISSED_FACTOR)
        return self._replace(debounce_factor=min(max(factor, MIN_FACTOR), MAX_FACTOR), debounce_factor_at=at)

    def debounce(self, at: float, latency: float, bounds: tuple[float, float]) -> float:
        """Return the debounce in seconds after a key.

        Args:
            at: the current time in seconds.
            latency: the backend's mean first-token latency in seconds; a high latency shortens the debounce, a low one
                lengthens it.
            bounds: the minimum and maximum seconds, from the settings.
        """
        latency_factor = 1.0
        if latency > 0:
            latency_factor = min(max(USUAL_LATENCY_S / latency, MIN_LATENCY_FACTOR), MAX_LATENCY_FACTOR)
        return min(
            max(DEBOUNCE_SHARE * self.gap * self._decayed_factor(at) * latency_factor, bounds[0]), bounds[1]
        )

    def partial_deadline(self, typed_at: float, requested_at: float, *, refreshes: bool = False) -> float:
        """Return the time in seconds from which a partial answer is better than a wait.

        Args:
            typed_at: time of the key, in seconds.
            requested_at: time of the request, in seconds; a request later than a gap after the key comes in a pause.
            refreshes: whether the client repeats the request when more text arrives.

        The time is infinite for a single key outside a burst.
        """
        if requested_at - typed_at > self.gap:
            return requested_at + (PARTIAL_GAPS * self.gap if refreshes else self.pause)
        return typed_at + PARTIAL_SHARE * self.gap if self.bursting else math.inf

    @property
    def correction_delay(self) -> float:
        """Seconds after a key within which users often notice a typing error."""
        return CORRECTION_SHARE * self.gap

    @property
    def pause(self) -> float:
        """Seconds without a key that make a pause."""
        return PAUSE_GAPS * self.gap

    def _decayed_factor(self, at: float) -> float:
        return 1.0 + (self.debounce_factor - 1.0) * math.exp2(
            -max(0.0, at - self.debounce_factor_at) / FACTOR_HALF_LIFE_S
        )
