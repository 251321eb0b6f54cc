"""The wait of a request for a flight's text."""

from collections.abc import Callable

from midfill.core import policy
from midfill.engine.calls import Calls
from midfill.engine.flight import Flight
from midfill.engine.pacing import Pacing
from midfill.engine.prepared_request import PreparedRequest
from midfill.engine.request import SUPERSEDED, Reply
from midfill.engine.suggester import Suggester
from midfill.engine.waiting_request import WaitingRequest


class Follower:
    """Waits for the text of flights.

    Args:
        calls: the in-flight calls.
        suggester: creates the replies.
        pacing: determines when a part may be shown.
        clock: returns the current time in seconds.
    """

    def __init__(
        self, calls: Calls, suggester: Suggester, pacing: Pacing, clock: Callable[[], float]
    ) -> None:
        self._calls = calls
        self._suggester = suggester
        self._pacing = pacing
        self._clock = clock

    async def follow(
        self, flight: Flight, waiting: WaitingRequest, prepared: PreparedRequest, deadline: float
    ) -> Reply | None:
        """Wait until a flight has text to show; return None if it cannot answer the request."""
        answered, may_linger = False, True
        partial_deadline = self._pacing.partial_deadline(prepared, deadline)
        flight.join(waiting)
        try:
            while not waiting.superseded:
                rest = flight.remaining_text_at(prepared.prompt)
                if rest is None or (flight.done and self._needs_another_call(flight, prepared, rest)):
                    may_linger = self._calls.may_linger(flight, prepared.prompt)
                    return None
                now, due = self._clock(), max(partial_deadline, flight.showable_from)
                show_partial = now >= due and policy.enough_to_show(rest, prepared.cursor, prepared.limits)
                if flight.done or now >= deadline or show_partial or prepared.may_show_partial(rest):
                    answered = True
                    return self._suggester.reply(
                        prepared, flight, rest if flight.done else policy.complete_part(rest)
                    )
                await waiting.wait((deadline if now >= due else min(due, deadline)) - now)
            return SUPERSEDED
        finally:
            flight.leave(waiting)
            if not answered:
                self._calls.release(flight, may_linger=may_linger)

    def _needs_another_call(self, flight: Flight, prepared: PreparedRequest, rest: str) -> bool:
        """Whether a finished flight does not answer the request: all its text is typed, or the fallback can answer."""
        if flight.error is not None:
            return self._calls.available.can_call(
                prepared.cursor.language, manual=prepared.limits.manual, except_backend=flight.backend
            )
        return not rest and flight.prompt != prepared.prompt
