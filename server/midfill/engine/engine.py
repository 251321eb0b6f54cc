"""Newest wins, debounce, deadlines: from a request to its reply."""

import time
from collections.abc import Callable, Iterator

from midfill.core import policy, shape
from midfill.core.answers import Answer, Answers
from midfill.core.completion import Completion
from midfill.core.model import Ask, Crew, ModelError, Prompt, Question
from midfill.core.prompt import Budget, slice_at
from midfill.core.rhythm import Rhythm
from midfill.core.tokens import Calibration, estimate
from midfill.core.trail import Stroke
from midfill.engine.fleet import Fleet
from midfill.engine.flight import Flight
from midfill.engine.request import NOTHING, SUPERSEDED, Reply, Request, Source, Suggestion
from midfill.engine.session import Session, Shown
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
        clock: gives the seconds now; in tests a virtual time.
    """

    def __init__(
        self,
        crew: Crew,
        settings: Settings,
        *,
        troubled: Callable[[ModelError], None] = lambda error: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.tally = Tally()
        self._linger = settings.timing.linger_ms / 1000
        self.fleet = Fleet(
            crew, settings.requests.max_flights, self._linger, self._landed, troubled, self.tally, clock
        )
        self._clock = clock
        self._rules = _rules(settings)
        cache = settings.cache
        self._answers = Answers(cache.capacity, cache.ttl_s, cache.empty_ttl_s, clock)
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
        session.note(stroke)
        self._rhythm = self._rhythm.typed(self._clock())

    def accepted(self, uri: str) -> None:
        """Take note that the user took the whole of what was shown."""
        self._session(uri).accept()
        self.tally.accepted += 1
        self._rhythm = self._rhythm.judged(self._clock(), accepted=True)

    def rejected(self, uri: str) -> None:
        """Take note that the user threw away what was shown."""
        self._session(uri).refuse()
        self.tally.rejected += 1
        self._rhythm = self._rhythm.judged(self._clock(), accepted=False)

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
        session = self._session(request.cursor.uri)
        reason = policy.why_not(request.cursor, session.stroke, self._rules, manual=request.manual)
        if reason:
            session.supersede()
            session.shown = None
            return Reply(reason=reason)
        prompt = self._prompt(request)
        reply = self._known(session, request, prompt)
        if reply is not None:
            session.supersede()
            self.fleet.ground(request.cursor.uri, prompt)
            self.tally.cached += 1
        return reply

    async def call(self, request: Request) -> Reply:
        """Return the reply to a request for which `at_once` had none."""
        session, prompt = self._session(request.cursor.uri), self._prompt(request)
        self._drop_shown(session)
        turn = session.begin(prompt)
        self.fleet.ground(request.cursor.uri, prompt)
        try:
            return await self._answer(turn, session, request, prompt)
        finally:
            session.turns.discard(turn)

    async def _answer(self, turn: Turn, session: Session, request: Request, prompt: Prompt) -> Reply:
        deadline = self._clock() + self.settings.timing.total_ms / 1000
        flight = self.fleet.joinable(prompt)
        if flight is None:
            await turn.rest(request.at + self._debounce(session, request) - self._clock())
            flight = self.fleet.joinable(prompt)
        else:
            self.tally.joined += 1
        while not turn.over:
            flight = flight or self.fleet.launch(self._question(request, prompt))
            if flight is None:
                return Reply(reason=self.fleet.health.message)
            reply = await self._follow(flight, turn, session, request, prompt, deadline)
            if reply is not None:
                return reply
            flight = self.fleet.joinable(prompt)
        return SUPERSEDED

    async def _follow(
        self, flight: Flight, turn: Turn, session: Session, request: Request, prompt: Prompt, deadline: float
    ) -> Reply | None:
        """Wait until a flight has something to show; None if another one has to be asked instead."""
        linger: float | None = self._linger
        patient = request.manual or request.cursor.rest.strip()  # A part would look as if the rest followed it.
        hurry = deadline if patient else self._rhythm.hurry(request.at)
        flight.join(turn)
        try:
            while not turn.over:
                said = flight.says(prompt)
                if said is None or (flight.done and self._spent(flight, prompt, said)):
                    linger = self._linger if flight.astray(prompt) else 0
                    return None
                now = self._clock()
                hurried = now >= hurry and policy.presentable(said)
                if flight.done or now >= deadline or hurried or self._ripe(said, request):
                    linger = None
                    return self._reply(session, request, prompt, flight, said)
                await turn.wait((deadline if now >= hurry else hurry) - now)
            return SUPERSEDED
        finally:
            flight.leave(turn)
            if linger is not None:
                flight.expire(linger)

    def _spent(self, flight: Flight, prompt: Prompt, said: str) -> bool:
        """Whether a flight that has ended leaves room for another: all was typed, or the understudy may answer."""
        if flight.error is not None:
            return self.fleet.crew.understudy is not None and flight.backend is self.fleet.crew.backend
        return not said and flight.prompt != prompt

    # What is known.

    def _known(self, session: Session, request: Request, prompt: Prompt) -> Reply | None:
        """Return what can be shown with no wait: what is shown already comes first, then the newest."""
        reply = self._still_shown(session, request, prompt)
        if reply is not None:
            return reply
        for source, said in self._sources(prompt):
            if self._ripe(said, request) or (not isinstance(source, Flight) and source.whole):
                reply = self._reply(session, request, prompt, source, said, cached=True)
                if reply.suggestions:
                    return reply
        return NOTHING if self._answers.is_empty(prompt) and not request.manual else None

    def _sources(self, prompt: Prompt) -> Iterator[tuple[Flight | Answer, str]]:
        for flight in self.fleet:
            said = flight.says(prompt)
            if said:
                flight.keep()
                yield flight, said
        yield from self._answers.find(prompt)

    def _still_shown(self, session: Session, request: Request, prompt: Prompt) -> Reply | None:
        """Return what is left of what is shown, grown by what its source says by now; it never shrinks or swaps."""
        shown = session.shown
        left = shown.at(prompt, request.cursor) if shown is not None else None
        if shown is None or left is None:
            return None
        said = "" if request.cursor.rest.strip() else shown.source.says(prompt)
        grown = shape.trim(said, request.cursor, self._ask(request)) if said else Completion()
        completion = grown if grown.text.startswith(left.text) else left
        if not completion:
            return None
        return self._show(session, request, prompt, shown.source, completion, cached=True)

    def _drop_shown(self, session: Session) -> None:
        """Take note that what was shown has been typed over; if it was seen, the user did not want it."""
        shown, session.shown = session.shown, None
        if shown is not None and not shown.accepted and shown.was_seen(self._clock()):
            self._rhythm = self._rhythm.judged(self._clock(), accepted=False)

    # From an answer to a reply.

    def _reply(
        self,
        session: Session,
        request: Request,
        prompt: Prompt,
        source: Flight | Answer,
        said: str,
        *,
        cached: bool = False,
    ) -> Reply:
        if isinstance(source, Flight) and source.error is not None:
            return Reply(reason=str(source.error), error=source.error)
        completion = shape.trim(said, request.cursor, self._ask(request))
        refused = session.refuses(prompt, completion) and not request.manual
        if refused or not policy.worth_showing(completion, manual=request.manual):
            return NOTHING
        return self._show(session, request, prompt, source, completion, cached=cached)

    def _show(
        self,
        session: Session,
        request: Request,
        prompt: Prompt,
        source: Source,
        completion: Completion,
        *,
        cached: bool,
    ) -> Reply:
        before = session.shown
        session.shown = Shown(
            prompt=prompt,
            completion=completion,
            rest=request.cursor.rest,
            source=source,
            since=before.since if before is not None and before.source is source else self._clock(),
        )
        known = (source.model, source.usage) if isinstance(source, Flight) else ("", None)
        suggestion = Suggestion(
            completion=completion, source=source, cached=cached, model=known[0], usage=known[1]
        )
        return Reply((suggestion,))

    def _landed(self, flight: Flight) -> None:
        """Keep what a flight has brought, also a part of an answer, and learn from it."""
        if flight.first_token is not None:
            latency = flight.first_token - flight.started
            self._latency += (latency - self._latency) * (_LATENCY_WEIGHT if self._latency else 1)
        if flight.usage is not None:
            self._calibration = self._calibration.updated(
                estimate(flight.prompt.prefix) + estimate(flight.prompt.suffix), flight.usage.prompt
            )
        if flight.backend is self.fleet.crew.backend and flight.keepable:
            self._answers.put(Answer(flight.prompt, flight.text, flight.backend.name, flight.whole))

    # From the settings.

    def _session(self, uri: str) -> Session:
        session = self._sessions.get(uri)
        if session is None:
            session = self._sessions[uri] = Session()
        return session

    def _prompt(self, request: Request) -> Prompt:
        sizes, factor = self.settings.prompt, self._calibration.factor
        return slice_at(request.cursor, Budget(sizes.prefix_tokens / factor, sizes.suffix_tokens / factor))

    def _question(self, request: Request, prompt: Prompt) -> Question:
        return Question(cursor=request.cursor, prompt=prompt, ask=self._ask(request))

    def _ask(self, request: Request) -> Ask:
        return policy.ask_for(self._rules, manual=request.manual)

    def _ripe(self, said: str, request: Request) -> bool:
        return policy.ripe(said, request.cursor, self._ask(request))

    def _debounce(self, session: Session, request: Request) -> float:
        """Return the seconds after its key before which a request makes no call."""
        if request.manual or session.just_accepted:
            return 0.0
        timing = self.settings.timing
        bounds = timing.debounce_min_ms / 1000, timing.debounce_max_ms / 1000
        wait = self._rhythm.wait(self._clock(), self._latency, bounds)
        deleting = session.stroke is not None and session.stroke.deletes
        return min(self._rhythm.pause, bounds[1]) if deleting else wait


def _rules(settings: Settings) -> policy.Rules:
    return policy.Rules(
        automatic=settings.trigger.mode == "automatic",
        languages_off=frozenset(settings.trigger.languages_off),
        min_characters=settings.trigger.min_characters,
        scope=settings.completion.scope,
        max_lines=settings.completion.max_lines,
        max_tokens=settings.completion.max_tokens,
        max_tokens_manual=settings.completion.max_tokens_manual,
        stop=settings.completion.stop,
    )
