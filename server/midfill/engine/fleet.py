"""All calls under way, and whether another may be made."""

from collections.abc import Callable, Iterator

from midfill.core.health import Health
from midfill.core.model import Backend, Crew, ModelError, Prompt, Question
from midfill.core.prompt import typed_since
from midfill.engine.flight import Flight
from midfill.engine.tally import Tally

AHEAD_LINES = 3
"""Lines that are read of each automatic answer, if it has so many, while answers mostly end within them."""
_BRIEF_WEIGHT = 0.5
_HASTE = 0.1
"""What of the usual time a stray flight is kept where answers do not end by themselves."""
_ENDING = 0.5
"""Seconds more for an unwanted answer to end by itself (40 tokens of a usual model; a line or two)."""
_PROBE = 10.0
"""Seconds that one call has for finding out whether a failed backend is back, before another one tries."""


class Fleet:
    """The flights in the air: launches, shares and grounds them, and keeps away from a backend that fails.

    Args:
        crew: whom to ask.
        most: calls under way at once, at most; the one longest under way makes room.
        linger: seconds for which a flight is kept that may be wanted again in a moment.
        landed: told of each flight that has ended.
        troubled: told of each error that the backend's calls ended in.
        tally: where calls are counted.
        clock: gives the seconds now.
    """

    def __init__(
        self,
        crew: Crew,
        most: int,
        linger: float,
        landed: Callable[[Flight], None],
        troubled: Callable[[ModelError], None],
        tally: Tally,
        clock: Callable[[], float],
    ) -> None:
        self.crew = crew
        self.health = Health()
        self._most = most
        self._linger = linger
        self._landed = landed
        self._troubled = troubled
        self._tally = tally
        self._clock = clock
        self._flights: list[Flight] = []
        self._probe: Flight | None = None
        """The call that finds out whether a backend that has failed is back."""
        self._brief = 1.0
        """Share of the latest answers that ended by themselves."""

    def __repr__(self) -> str:
        return f"<Fleet {self._flights}>"

    def __iter__(self) -> Iterator[Flight]:
        """Go through the flights, the newest first."""
        return reversed(self._flights)

    def joinable(self, prompt: Prompt, variant: int = 0) -> Flight | None:
        """Return the newest flight that may still have something to say at `prompt`."""
        for flight in self:
            if flight.question.ask.variant == variant and flight.says(prompt) is not None:
                return flight
        return None

    def launch(self, question: Question, *, speculative: bool = False) -> Flight | None:
        """Make a call, or return None if nobody may be asked now."""
        if (
            speculative
            and len(self._flights) >= self._most
            and all(flight.wanted for flight in self._flights)
        ):
            return None
        backend = self._available()
        if backend is None:
            return None
        self._make_room()
        flight = Flight(question, backend, self._ahead, self._land, self._clock, speculative=speculative)
        self._flights.append(flight)
        if self.health.failures and backend is self.crew.backend:
            self._probe = flight
        if speculative:
            self._tally.speculative += 1
        else:
            self._tally.calls += 1
        return flight

    def ground(self, uri: str, prompt: Prompt | None) -> None:
        """Close the flights of a document that nobody can use at `prompt` any more (None: nowhere).

        One that the typing has just strayed from is kept for a moment: a slip of the finger is deleted at once. So is
        one that has no other fault than a typo in its own prompt, where answers are short: it ends by itself soon,
        and a call that is closed early costs a connection.
        """
        for flight in tuple(self._flights):
            if flight.question.cursor.uri != uri or flight.wanted or _useful(flight, prompt):
                continue
            if prompt is None or not self.spares(flight, prompt):
                flight.close()
            elif self.brief:
                self.release(flight)
            else:
                flight.expire(self._linger * _HASTE)

    def release(self, flight: Flight, *, spare: bool = True) -> None:
        """Close a flight that a request has left: at once or (`spare`) after a while, unless it is wanted by then.

        Where answers mostly end by themselves, one that is flowing by then may still do so: closing it costs a
        connection.
        """
        linger = self._linger if spare else 0
        flight.expire(linger, more=_ENDING if linger and self.brief else 0)

    def spares(self, flight: Flight, prompt: Prompt) -> bool:
        """Whether a flight that says nothing at `prompt` is kept for a moment."""
        return flight.strays(prompt) or (self.brief and flight.near(prompt))

    async def close(self) -> None:
        """End all calls."""
        for flight in tuple(self._flights):
            flight.close()
        await self.crew.backend.close()
        if self.crew.understudy is not None:
            await self.crew.understudy.close()

    def _available(self) -> Backend | None:
        now = self._clock()
        if not self.health.allows(now):
            return self.crew.understudy
        self.health = self.health.probing(now, _PROBE)
        return self.crew.backend

    def _make_room(self) -> None:
        while len(self._flights) >= self._most:
            oldest = next((flight for flight in self._flights if not flight.wanted), self._flights[0])
            oldest.close()
            self._flights.remove(oldest)

    def _land(self, flight: Flight) -> None:
        if flight in self._flights:
            self._flights.remove(flight)
        if flight.backend is self.crew.backend:
            self._judge(flight)
        if flight.finish is None and flight.error is None:
            self._tally.stopped += 1
        if flight.finish is not None or flight.enough:
            self._brief += _BRIEF_WEIGHT * ((flight.finish is not None) - self._brief)
        if flight.usage is not None:
            self._tally.book(flight.usage)
        self._landed(flight)

    @property
    def brief(self) -> bool:
        """Whether answers mostly end by themselves, a few lines on; others go on until they are stopped."""
        return self._brief > 0.5

    @property
    def _ahead(self) -> int:
        """Lines that are read of an answer: those of short answers all, of long ones no more than is shown."""
        return AHEAD_LINES if self.brief else 1

    def _judge(self, flight: Flight) -> None:
        if flight.error is not None:
            self.health = self.health.failed(flight.error, self._clock())
            self._tally.failed += 1
            self._troubled(flight.error)
        elif flight.first_token is not None or flight.finish is not None:
            self.health = Health()
        elif flight is self._probe:
            self.health = self.health.unproven(self._clock())


def _useful(flight: Flight, prompt: Prompt | None) -> bool:
    """Whether a flight may still say something at `prompt`, or where the typing may get to from there."""
    if prompt is None:
        return False
    return flight.says(prompt) is not None or (
        flight.speculative and typed_since(prompt, flight.prompt) is not None
    )
