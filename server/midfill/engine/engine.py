"""Newest wins, debounce, deadlines: from a request to its reply."""

import time
from collections.abc import Callable
from dataclasses import replace

from midfill.core import policy
from midfill.core.answers import Answer, Answers
from midfill.core.model import Crew, ModelError, Prompt
from midfill.core.prompt import Budget, slice_at
from midfill.core.rhythm import Rhythm
from midfill.core.tokens import Calibration, estimate
from midfill.core.trail import Stroke
from midfill.engine.choices import Choices
from midfill.engine.fleet import Fleet
from midfill.engine.flight import Flight
from midfill.engine.recall import Recall, Wish
from midfill.engine.request import NOTHING, SUPERSEDED, Reply, Request
from midfill.engine.rules import rules_of
from midfill.engine.session import Session
from midfill.engine.tally import Tally
from midfill.engine.turn import Turn
from midfill.settings import Settings

_LATENCY_WEIGHT = 0.2


class Engine:
    """Answers requests from what is known, from a call under way, or by a new call.

    Every request is answered, within its deadline. A change of settings makes a new engine.

    Args:
        crew: whom to ask.
        settings: all of them.
        troubled: told of each error that a call ended in.
        outgrown: told the URI of a document in which half a line stands whose rest has come.
        clock: gives the seconds now; in tests a virtual time.
    """

    def __init__(
        self,
        crew: Crew,
        settings: Settings,
        *,
        troubled: Callable[[ModelError], None] = lambda error: None,
        outgrown: Callable[[str], None] = lambda uri: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.tally = Tally()
        self._timing = settings.timing
        linger = settings.timing.linger_ms / 1000
        self.fleet = Fleet(
            crew, settings.requests.max_flights, linger, self._landed, troubled, self.tally, clock
        )
        self._clock = clock
        self._outgrown = outgrown
        self._rules = rules_of(settings)
        cache = settings.cache
        self._answers = Answers(cache.capacity, cache.ttl_s, cache.empty_ttl_s, clock)
        self._recall = Recall(self._answers, self.fleet, clock)
        self._sessions: dict[str, Session] = {}
        self._rhythm = Rhythm()
        self._latency = 0.0
        self._calibration = Calibration()

    # What the editor tells.

    async def warm(self) -> None:
        """Get the backend ready for a first call."""
        await self.fleet.crew.backend.warm()

    def changed(self, uri: str, stroke: Stroke) -> None:
        """Take note of a change that the user made."""
        session = self._session(uri)
        session.note(stroke, self._clock())
        self._rhythm = self._rhythm.typed(self._clock())

    def accepted(self, uri: str) -> None:
        """Take note that the user took the whole of what was shown."""
        self._session(uri).accept()
        self.tally.accepted += 1
        self._rhythm = self._rhythm.judged(self._clock(), accepted=True)

    def partly_accepted(self, uri: str) -> None:
        """Take note that the user took a part of what was shown; what is left of it stays."""
        self._session(uri).just_accepted = True
        self.tally.partly_accepted += 1
        self._rhythm = self._rhythm.judged(self._clock(), accepted=True)

    def rejected(self, uri: str) -> None:
        """Take note that the user threw away what was shown."""
        self._session(uri).refuse()
        self.tally.rejected += 1
        self._rhythm = self._rhythm.judged(self._clock(), accepted=False)

    def first_line(self, uri: str) -> str:
        """Return the first line of what is shown, with the line break that it begins with, if it does."""
        shown = self._session(uri).shown
        text = shown.completion.text if shown is not None else ""
        lead = len(text) - len(text.lstrip("\n"))
        return text[:lead] + text[lead:].partition("\n")[0]

    def forget(self, uri: str) -> None:
        """Drop what is known of a document that was closed; its waiting requests are answered, its calls ended."""
        session = self._sessions.pop(uri, None)
        if session is not None:
            session.supersede()
            self.fleet.ground(uri, None)

    async def close(self) -> None:
        """Answer all requests that wait, and end all calls."""
        for session in self._sessions.values():
            session.supersede()
        await self.fleet.close()

    # What the editor asks.

    async def complete(self, request: Request) -> Reply:
        """Return the reply to a request, after a wait if need be."""
        return self.at_once(request) or await self.call(request)

    def at_once(self, request: Request) -> Reply | None:
        """Return the reply if it takes no waiting: something is known, or nothing is to be asked."""
        self.tally.requests += 1
        wish = self._wish(request)
        wish.session.recognise(wish.prompt)
        reply = None if request.choices > 1 else self._recall.still_shown(wish)
        reason = policy.why_not(request.cursor, wish.session.stroke, self._rules, manual=request.manual)
        if reason and reply is None:
            wish.session.supersede()
            wish.session.shown = None
            return Reply(reason=reason)
        if reply is None and request.choices == 1:
            reply = self._recall.known(wish)
        if reply is not None:
            wish.session.supersede()
            self.fleet.ground(request.cursor.uri, wish.prompt)
            self.tally.cached += 1
            self._speculate(wish)
        return reply

    async def call(self, request: Request) -> Reply:
        """Return the reply to a request for which `at_once` had none."""
        wish = self._wish(request)
        session, deadline = wish.session, self._clock() + self._timing.total_ms / 1000
        turn = session.begin(wish.prompt)
        try:
            if request.choices > 1:
                return await self._choose(turn, wish, deadline)
            self._drop_shown(session)
            self.fleet.ground(request.cursor.uri, wish.prompt)
            return await self._answer(turn, wish, deadline)
        finally:
            session.turns.discard(turn)
            self._speculate(wish)

    async def _choose(self, turn: Turn, wish: Wish, deadline: float) -> Reply:
        """Return several completions to choose from; what is on the screen already stays the first."""
        session = wish.session
        if session.choices is not None and session.choices[0] == wish.prompt:
            return session.choices[1]
        known = self._recall.still_shown(wish) or self._recall.known(wish)
        choices = Choices(wish, wish.request.choices, self.fleet)
        try:
            first = known or await self._answer(turn, wish, deadline)
            await choices.come(turn, deadline - self._clock())
        finally:
            choices.close()
        if turn.over or first.error is not None:
            return first
        reply = choices.reply(next(iter(first.suggestions), None), shown=known is not None)
        session.choices = (wish.prompt, reply)
        self._recall.offer(wish, reply)
        return reply if reply.suggestions else NOTHING

    async def _answer(self, turn: Turn, wish: Wish, deadline: float) -> Reply:
        flight = self.fleet.joinable(wish.prompt)
        if flight is None:
            await turn.rest(wish.typed_at + self._debounce(wish) - self._clock())
            flight = self.fleet.joinable(wish.prompt)
        else:
            self.tally.joined += 1
        while not turn.over:
            flight = flight or self.fleet.launch(wish.question)
            if flight is None:
                return Reply(reason=self.fleet.health.message)
            reply = await self._follow(flight, turn, wish, deadline)
            if reply is not None:
                return reply
            flight = self.fleet.joinable(wish.prompt)
        return SUPERSEDED

    async def _follow(self, flight: Flight, turn: Turn, wish: Wish, deadline: float) -> Reply | None:
        """Wait until a flight has something to show; None if another one has to be asked instead."""
        answered, spare = False, True
        hurry = self._hurry(wish, deadline)
        flight.join(turn)
        try:
            while not turn.over:
                said = flight.says(wish.prompt)
                if said is None or (flight.done and self._spent(flight, wish.prompt, said)):
                    spare = self.fleet.spares(flight, wish.prompt)
                    return None
                now = self._clock()
                hurried = now >= max(hurry, flight.flowing) and policy.presentable(said)
                if flight.done or now >= deadline or hurried or wish.ripe(said):
                    answered = True
                    late = now >= deadline and not flight.done
                    return self._recall.reply(wish, flight, policy.salvaged(said) if late else said)
                next_look = max(hurry, flight.flowing)
                await turn.wait((deadline if now >= next_look else min(next_look, deadline)) - now)
            return SUPERSEDED
        finally:
            flight.leave(turn)
            if not answered:
                self.fleet.release(flight, spare=spare)

    def _spent(self, flight: Flight, prompt: Prompt, said: str) -> bool:
        """Whether a flight that has ended leaves room for another: all was typed, or the understudy may answer."""
        if flight.error is not None:
            return self.fleet.crew.understudy is not None and flight.backend is self.fleet.crew.backend
        return not said and flight.prompt != prompt

    def _hurry(self, wish: Wish, deadline: float) -> float:
        """Return when a part of a line is better than a whole one; not in front of text, which would seem to follow."""
        request = wish.request
        patient = request.manual or request.patient or wish.cursor.rest.strip()
        return (
            deadline
            if patient
            else min(deadline, self._rhythm.hurry(wish.typed_at, request.at, refreshes=request.refreshes))
        )

    def _drop_shown(self, session: Session) -> None:
        """Take note that what was shown has been typed over; if it was seen, the user did not want it."""
        shown, session.shown = session.shown, None
        session.offered.clear()
        if shown is not None and not shown.accepted and shown.was_seen(self._clock()):
            self._rhythm = self._rhythm.judged(self._clock(), accepted=False)

    def _landed(self, flight: Flight) -> None:
        """Keep what a flight has brought, also a part of an answer, and learn from it."""
        if flight.first_token is not None:
            latency = flight.first_token - flight.started
            self._latency += (latency - self._latency) * (_LATENCY_WEIGHT if self._latency else 1)
        if flight.usage is not None:
            self._calibration = self._calibration.updated(
                estimate(flight.prompt.prefix) + estimate(flight.prompt.suffix), flight.usage.prompt
            )
        understudy = flight.backend is not self.fleet.crew.backend
        if flight.keepable and not understudy and not flight.question.ask.variant:
            name = flight.backend_name
            self._answers.put(Answer(flight.prompt, flight.text, name, flight.model, whole=flight.whole))
        for uri, session in self._sessions.items():
            if (
                session.shown is not None
                and session.shown.source is flight
                and self._recall.grows(session.shown)
            ):
                self._outgrown(uri)

    def _speculate(self, wish: Wish) -> None:
        """Fetch what follows the suggestion that is shown, as if it were accepted, where such a call is free."""
        shown, setting = wish.session.shown, self.settings.requests.speculate
        free = setting == "always" or (setting == "auto" and not self.fleet.crew.backend.paid)
        if not free or shown is None or shown.prompt != wish.prompt or shown.followed:
            return
        shown.followed = True
        cursor = wish.cursor.advanced(shown.completion.text, shown.completion.replace)
        after = self._wish(replace(wish.request, cursor=cursor, manual=False))
        if self.fleet.joinable(after.prompt) is None and next(self._answers.find(after.prompt), None) is None:
            self.fleet.launch(after.question, speculative=True)

    # From the settings.

    def _session(self, uri: str) -> Session:
        session = self._sessions.get(uri)
        if session is None:
            session = self._sessions[uri] = Session()
        return session

    def _wish(self, request: Request) -> Wish:
        sizes, factor = self.settings.prompt, self._calibration.factor
        budget = Budget(sizes.prefix_tokens / factor, sizes.suffix_tokens / factor)
        prompt = slice_at(request.cursor, budget)
        ask = policy.ask_for(self._rules, manual=request.manual)
        return Wish(self._session(request.cursor.uri), request, prompt, ask)

    def _debounce(self, wish: Wish) -> float:
        """Return the seconds after its key before which a request makes no call."""
        if wish.request.manual or wish.session.just_accepted:
            return 0.0
        bounds = self._timing.debounce_min_ms / 1000, self._timing.debounce_max_ms / 1000
        wait = self._rhythm.wait(self._clock(), self._latency, bounds)
        if not self.fleet.brief:
            wait = max(wait, min(self._rhythm.second_thought, bounds[1]))
        deleting = wish.session.stroke is not None and wish.session.stroke.deletes
        return min(self._rhythm.pause, bounds[1]) if deleting else wait
