"""Newest wins, debounce, deadlines: from a request to its reply."""

import time
from collections.abc import Callable
from dataclasses import replace

from midfill.core import policy
from midfill.core.answers import Answer, Answers
from midfill.core.edit import Edit
from midfill.core.model import Backends, ModelError, Prompt
from midfill.core.prompt import Budget, slice_at
from midfill.core.rhythm import Rhythm
from midfill.core.tokens import Calibration, estimate
from midfill.engine.calls import Calls
from midfill.engine.choices import Choices
from midfill.engine.counters import Counters
from midfill.engine.flight import Flight
from midfill.engine.request import NOTHING, SUPERSEDED, Reply, Request
from midfill.engine.rules import rules_of
from midfill.engine.session import Session
from midfill.engine.suggester import Query, Suggester
from midfill.engine.waiter import Waiter
from midfill.settings import Settings

_LATENCY_WEIGHT = 0.2


class Engine:
    """Answers requests from what is known, from a call under way, or by a new call.

    Every request is answered, within its deadline. A change of settings makes a new engine.

    Args:
        backends: whom to ask.
        settings: all of them.
        on_error: told of each error that a call ended in.
        on_longer: told the URI of a document in which half a line stands whose rest has come.
        clock: gives the seconds now; in tests a virtual time.
    """

    def __init__(
        self,
        backends: Backends,
        settings: Settings,
        *,
        on_error: Callable[[ModelError], None] = lambda error: None,
        on_longer: Callable[[str], None] = lambda uri: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.counters = Counters()
        self._timing = settings.timing
        linger = settings.timing.linger_ms / 1000
        self.calls = Calls(
            backends, settings.requests.max_flights, linger, self._on_finished, on_error, self.counters, clock
        )
        self._clock = clock
        self._on_longer = on_longer
        self._rules = rules_of(settings)
        cache = settings.cache
        self._answers = Answers(cache.capacity, cache.ttl_s, cache.empty_ttl_s, clock)
        self._suggester = Suggester(self._answers, self.calls, clock)
        self._sessions: dict[str, Session] = {}
        self._rhythm = Rhythm()
        self._latency = 0.0
        self._calibration = Calibration()

    # What the editor tells.

    async def warm(self) -> None:
        """Get the backend ready for a first call."""
        await self.calls.backends.primary.warm()

    def changed(self, uri: str, edit: Edit) -> None:
        """Take note of a change that the user made."""
        session = self._session(uri)
        session.note(edit, self._clock())
        self._rhythm = self._rhythm.typed(self._clock())

    def accepted(self, uri: str) -> None:
        """Take note that the user took the whole of what was shown."""
        self._session(uri).accept()
        self.counters.accepted += 1
        self._rhythm = self._rhythm.judged(self._clock(), accepted=True)

    def partly_accepted(self, uri: str) -> None:
        """Take note that the user took a part of what was shown; what is left of it stays."""
        self._session(uri).just_accepted = True
        self.counters.partly_accepted += 1
        self._rhythm = self._rhythm.judged(self._clock(), accepted=True)

    def rejected(self, uri: str) -> None:
        """Take note that the user threw away what was shown."""
        self._session(uri).refuse()
        self.counters.rejected += 1
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
            self.calls.cancel_unusable(uri, None)

    async def close(self) -> None:
        """Answer all requests that wait, and end all calls."""
        for session in self._sessions.values():
            session.supersede()
        await self.calls.close()

    # What the editor asks.

    async def complete(self, request: Request) -> Reply:
        """Return the reply to a request, after a wait if need be."""
        return self.at_once(request) or await self.call(request)

    def at_once(self, request: Request) -> Reply | None:
        """Return the reply if it takes no waiting: something is known, or nothing is to be asked."""
        self.counters.requests += 1
        query = self._query(request)
        query.session.recognise(query.prompt)
        reply = None if request.choices > 1 else self._suggester.still_shown(query)
        reason = policy.why_not(request.cursor, query.session.edit, self._rules, manual=request.manual)
        if reason and reply is None:
            query.session.supersede()
            query.session.shown = None
            return Reply(reason=reason)
        if reply is None and request.choices == 1:
            reply = self._suggester.known(query)
        if reply is not None:
            query.session.supersede()
            self.calls.cancel_unusable(request.cursor.uri, query.prompt)
            self.counters.cached += 1
            self._speculate(query)
        return reply

    async def call(self, request: Request) -> Reply:
        """Return the reply to a request for which `at_once` had none."""
        query = self._query(request)
        session, deadline = query.session, self._clock() + self._timing.total_ms / 1000
        waiter = session.begin(query.prompt)
        try:
            if request.choices > 1:
                return await self._choose(waiter, query, deadline)
            self._drop_shown(session)
            self.calls.cancel_unusable(request.cursor.uri, query.prompt)
            return await self._answer(waiter, query, deadline)
        finally:
            session.waiters.discard(waiter)
            self._speculate(query)

    async def _choose(self, waiter: Waiter, query: Query, deadline: float) -> Reply:
        """Return several completions to choose from; what is on the screen already stays the first."""
        session = query.session
        if session.choices is not None and session.choices[0] == query.prompt:
            return session.choices[1]
        known = self._suggester.still_shown(query) or self._suggester.known(query)
        choices = Choices(query, query.request.choices, self.calls)
        try:
            first = known or await self._answer(waiter, query, deadline)
            await choices.come(waiter, deadline - self._clock())
        finally:
            choices.close()
        if waiter.superseded or first.error is not None:
            return first
        reply = choices.reply(next(iter(first.suggestions), None), shown=known is not None)
        session.choices = (query.prompt, reply)
        self._suggester.offer(query, reply)
        return reply if reply.suggestions else NOTHING

    async def _answer(self, waiter: Waiter, query: Query, deadline: float) -> Reply:
        flight = self.calls.joinable(query.prompt)
        if flight is None:
            await waiter.sleep(query.typed_at + self._debounce(query) - self._clock())
            flight = self.calls.joinable(query.prompt)
        else:
            self.counters.joined += 1
        while not waiter.superseded:
            flight = flight or self.calls.start(query.question)
            if flight is None:
                return Reply(reason=self.calls.health.message)
            reply = await self._follow(flight, waiter, query, deadline)
            if reply is not None:
                return reply
            flight = self.calls.joinable(query.prompt)
        return SUPERSEDED

    async def _follow(self, flight: Flight, waiter: Waiter, query: Query, deadline: float) -> Reply | None:
        """Wait until a flight has something to show; None if another one has to be asked instead."""
        answered, may_linger = False, True
        partial_deadline = self._partial_deadline(query, deadline)
        flight.join(waiter)
        try:
            while not waiter.superseded:
                said = flight.says(query.prompt)
                if said is None or (flight.done and self._needs_another_call(flight, query.prompt, said)):
                    may_linger = self.calls.may_linger(flight, query.prompt)
                    return None
                now = self._clock()
                show_partial = now >= max(partial_deadline, flight.flowing) and policy.enough_to_show(said)
                if flight.done or now >= deadline or show_partial or query.may_show_partial(said):
                    answered = True
                    late = now >= deadline and not flight.done
                    return self._suggester.reply(query, flight, policy.usable_part(said) if late else said)
                next_look = max(partial_deadline, flight.flowing)
                await waiter.wait((deadline if now >= next_look else min(next_look, deadline)) - now)
            return SUPERSEDED
        finally:
            flight.leave(waiter)
            if not answered:
                self.calls.release(flight, may_linger=may_linger)

    def _needs_another_call(self, flight: Flight, prompt: Prompt, said: str) -> bool:
        """Whether a flight that has ended leaves room for another: all was typed, or the fallback may answer."""
        if flight.error is not None:
            return self.calls.backends.fallback is not None and flight.backend is self.calls.backends.primary
        return not said and flight.prompt != prompt

    def _partial_deadline(self, query: Query, deadline: float) -> float:
        """Return when a part of a line is better than a whole one; not in front of text, which would seem to follow."""
        request = query.request
        patient = request.manual or request.patient or query.cursor.rest.strip()
        return (
            deadline
            if patient
            else min(
                deadline,
                self._rhythm.partial_deadline(query.typed_at, request.at, refreshes=request.refreshes),
            )
        )

    def _drop_shown(self, session: Session) -> None:
        """Take note that what was shown has been typed over; if it was seen, the user did not want it."""
        shown, session.shown = session.shown, None
        session.offered.clear()
        if shown is not None and not shown.accepted and shown.was_seen(self._clock()):
            self._rhythm = self._rhythm.judged(self._clock(), accepted=False)

    def _on_finished(self, flight: Flight) -> None:
        """Keep what a flight has brought, also a part of an answer, and learn from it."""
        if flight.first_token is not None:
            latency = flight.first_token - flight.started
            self._latency += (latency - self._latency) * (_LATENCY_WEIGHT if self._latency else 1)
        if flight.usage is not None:
            self._calibration = self._calibration.updated(
                estimate(flight.prompt.prefix) + estimate(flight.prompt.suffix), flight.usage.prompt
            )
        fallback = flight.backend is not self.calls.backends.primary
        if flight.keepable and not fallback and not flight.question.ask.variant:
            name = flight.backend_name
            self._answers.put(Answer(flight.prompt, flight.text, name, flight.model, whole=flight.whole))
        for uri, session in self._sessions.items():
            if (
                session.shown is not None
                and session.shown.source is flight
                and self._suggester.grows(session.shown)
            ):
                self._on_longer(uri)

    def _speculate(self, query: Query) -> None:
        """Fetch what follows the suggestion that is shown, as if it were accepted, where such a call is free."""
        shown, setting = query.session.shown, self.settings.requests.speculate
        free = setting == "always" or (setting == "auto" and not self.calls.backends.primary.paid)
        if not free or shown is None or shown.prompt != query.prompt or shown.followed:
            return
        shown.followed = True
        cursor = query.cursor.advanced(shown.completion.text, shown.completion.replace)
        after = self._query(replace(query.request, cursor=cursor, manual=False))
        if self.calls.joinable(after.prompt) is None and next(self._answers.find(after.prompt), None) is None:
            self.calls.start(after.question, speculative=True)

    # From the settings.

    def _session(self, uri: str) -> Session:
        session = self._sessions.get(uri)
        if session is None:
            session = self._sessions[uri] = Session()
        return session

    def _query(self, request: Request) -> Query:
        sizes, factor = self.settings.prompt, self._calibration.factor
        budget = Budget(sizes.prefix_tokens / factor, sizes.suffix_tokens / factor)
        prompt = slice_at(request.cursor, budget)
        ask = policy.ask_for(self._rules, manual=request.manual)
        return Query(self._session(request.cursor.uri), request, prompt, ask)

    def _debounce(self, query: Query) -> float:
        """Return the seconds after its key before which a request makes no call."""
        if query.request.manual or query.session.just_accepted:
            return 0.0
        bounds = self._timing.debounce_min_ms / 1000, self._timing.debounce_max_ms / 1000
        wait = self._rhythm.wait(self._clock(), self._latency, bounds)
        if not self.calls.short_answers:
            wait = max(wait, min(self._rhythm.correction_delay, bounds[1]))
        deleting = query.session.edit is not None and query.session.edit.deletes
        return min(self._rhythm.pause, bounds[1]) if deleting else wait
