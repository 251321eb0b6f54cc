"""How long to wait for the next key before a call is made."""

import math
from typing import NamedTuple

from midfill.core.timing import (
    ACCEPTED_FACTOR,
    BURST_GAP,
    CORRECTION_SHARE,
    DEBOUNCE_SHARE,
    FACTOR_HALF_LIFE,
    GAP_WEIGHT,
    GLANCE_GAPS,
    LEAST_FACTOR,
    MOST_FACTOR,
    PARTIAL_SHARE,
    PAUSE_GAPS,
    REJECTED_FACTOR,
)


class Rhythm(NamedTuple):
    """A typist's pace and patience, as the keys and the answers to suggestions show them."""

    gap: float = 0.12
    """Seconds between two keys of a burst, a running mean."""
    last: float = -math.inf
    """When the last key came, in seconds of the engine's clock."""
    wait_factor: float = 1.0
    """Above one after rejections, below one after acceptances."""
    wait_factor_at: float = 0.0
    bursting: bool = False
    """The last key came quickly after the one before."""

    def typed(self, at: float) -> "Rhythm":
        """Return the rhythm after a key at `at` seconds."""
        gap = at - self.last
        if not 0 < gap < BURST_GAP:
            return self._replace(last=at, bursting=False)
        return self._replace(last=at, gap=self.gap + GAP_WEIGHT * (gap - self.gap), bursting=True)

    def judged(self, at: float, *, accepted: bool) -> "Rhythm":
        """Return the rhythm after a suggestion was accepted or rejected at `at` seconds."""
        wait_factor = self._wait_factor(at) * (ACCEPTED_FACTOR if accepted else REJECTED_FACTOR)
        return self._replace(wait_factor=min(max(wait_factor, LEAST_FACTOR), MOST_FACTOR), wait_factor_at=at)

    def wait(self, at: float, latency: float, bounds: tuple[float, float]) -> float:
        """Return how many seconds after a key a call should start.

        Args:
            at: seconds now.
            latency: seconds the backend usually takes to its first token; a slow one is not made slower still,
                a fast one can wait for a surer prompt.
            bounds: the least and the most seconds, from the settings.
        """
        slowness = min(max(0.25 / latency, 0.5), 2.0) if latency > 0 else 1.0
        return min(max(DEBOUNCE_SHARE * self.gap * self._wait_factor(at) * slowness, bounds[0]), bounds[1])

    def partial_deadline(self, typed: float, asked: float, *, refreshes: bool = False) -> float:
        """Return when the request for a key has to be answered to be seen before the next key.

        Args:
            typed: when the key was typed, in seconds.
            asked: when the request came; an editor that waits first asks in a pause, and the pause may go on.
            refreshes: whether the editor asks again when there is more: then a part is not all that the pause sees.

        Outside of a burst of typing there is time: infinity.
        """
        if asked - typed > self.gap:
            return asked + (GLANCE_GAPS * self.gap if refreshes else self.pause)
        return typed + PARTIAL_SHARE * self.gap if self.bursting else math.inf

    @property
    def correction_delay(self) -> float:
        """Seconds behind a key within which a slip of the finger is often noticed."""
        return CORRECTION_SHARE * self.gap

    @property
    def pause(self) -> float:
        """Seconds without a key after which a burst of deletions is over."""
        return PAUSE_GAPS * self.gap

    def _wait_factor(self, at: float) -> float:
        return 1.0 + (self.wait_factor - 1.0) * math.exp2(
            -max(0.0, at - self.wait_factor_at) / FACTOR_HALF_LIFE
        )
