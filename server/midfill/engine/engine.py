"""The engine: answers each request without a call, from an in-flight call, or by a new call."""

import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial

from midfill.core import policy
from midfill.core.answers import Answers
from midfill.core.edit import Edit
from midfill.core.model import Backends, ModelError, Prompt
from midfill.core.prompt import prompt_at
from midfill.core.records import NoRecords, Records
from midfill.engine.calls import Calls
from midfill.engine.choices import Chooser
from midfill.engine.counters import Counters
from midfill.engine.document_context import ContextSource
from midfill.engine.flight import Flight
from midfill.engine.interim import Interim
from midfill.engine.pacing import Pacing
from midfill.engine.query import Query
from midfill.engine.request import Reply, Request
from midfill.engine.responder import Responder
from midfill.engine.rewriter import Rewriter
from midfill.engine.rules import budget_of, rules_of
from midfill.engine.session import Session
from midfill.engine.speculator import Speculator
from midfill.engine.suggester import Suggester
from midfill.engine.tracker import AcceptedText
from midfill.settings import Settings


class Engine:
    """Answers requests without a call, from an in-flight call, or by a new call.

    The engine answers every request within its deadline. A change of settings creates a new engine.

    Args:
        backends: the backends in their order, and the fallback.
        settings: all settings.
        on_error: called with each error of a backend that is not the fallback.
        on_refresh: called with the URI of a document whose suggestion has changed.
        context: makes the context of a place; None for no context.
        on_accepted: called with a document's URI and a text that the user accepted in it.
        records: records calls and suggestions and checks the caps.
        clock: returns the current time in seconds; tests use a virtual clock.
    """

    def __init__(
        self,
        backends: Backends,
        settings: Settings,
        *,
        on_error: Callable[[ModelError], None] = lambda error: None,
        on_refresh: Callable[[str], None] = lambda uri: None,
        context: ContextSource | None = None,
        on_accepted: Callable[[str, AcceptedText], None] = lambda uri, accepted: None,
        records: Records | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.counters = Counters()
        linger_s, total_s = settings.timing.linger_ms / 1000, settings.timing.total_ms / 1000
        max_calls, records = settings.requests.max_flights, records or NoRecords()
        self.calls = Calls(
            backends, max_calls, linger_s, self._on_finished, on_error, self.counters, records, clock
        )
        self.rewriter = Rewriter(backends, linger_s, total_s, on_error, records, clock)
        self._clock, self._on_refresh = clock, on_refresh
        self._context, self._on_accepted = context, on_accepted
        cache = settings.cache
        self._answers = Answers(cache.capacity, cache.ttl_s, cache.empty_ttl_s, clock)
        self._suggester = Suggester(self._answers, self.calls, records, clock)
        self._sessions: defaultdict[str, Session] = defaultdict(Session)
        self._pacing = Pacing(settings, clock)
        self._responder = Responder(
            self.calls, self._suggester, self._pacing, self._sessions, self.counters, clock
        )
        self._speculator = Speculator(self.calls, self._answers, settings.requests.speculate, self._query)
        self._chooser = Chooser(self.calls, self._suggester)
        self._interim = Interim(self.calls, self._suggester, on_refresh)

    # The main path: from request to reply.

    async def complete(self, request: Request) -> Reply:
        """Return the reply to a request; wait for a call if necessary."""
        return self.at_once(request) or await self.call(request)

    def at_once(self, request: Request) -> Reply | None:
        """Return the reply if no call is necessary: a suggestion is known, or the rules forbid a call."""
        self.counters.requests += 1
        query = self._query(request)
        query.session.mark_accepted(query.prompt)
        reply = None if query.wants_more else self._still_shown(query)
        if reply is None and (reason := self._why_not(query)):
            query.session.hide(query.prompt)
            return Reply(reason=reason)
        if reply is None and not query.wants_more:
            reply = self._suggester.known(query)
        if reply is not None:
            self._on_known(query, reply)
        return reply

    async def call(self, request: Request) -> Reply:
        """Return the reply to a request for which `at_once` returns None."""
        query = self._query(request)
        session, deadline = query.session, self._clock() + self._timeout_s(query)
        waiter = session.begin(query.prompt)
        session.context.update(request.cursor, self._context)
        try:
            answer = partial(self._responder.reply, waiter, deadline=deadline)
            if query.choices > 1:
                seconds = deadline - self._clock()
                reply = await self._chooser.choose(waiter, query, seconds, partial(answer, query))
                return query.record(reply)
            if session.suggestions.end_shown(self._clock()):
                self._pacing.record_outcome(accepted=False)
            self.calls.cancel_unusable(request.cursor.uri, query.prompt)
            if (request.settings or self.settings).completion.embedded_first and not request.manual:
                return await self._interim.reply(waiter, query, answer)
            return self._with_earlier_answers(query, await answer(query))
        finally:
            session.waiters.discard(waiter)
            self._speculator.speculate(query)

    def _still_shown(self, query: Query) -> Reply | None:
        """Return the rest of the shown suggestion, or the model's answer in place of the embedded engine's."""
        return self._interim.replaced(query) or self._suggester.still_shown(query)

    def _why_not(self, query: Query) -> str:
        """Return why the rules forbid a call, as text; empty if they allow it."""
        rules = rules_of(query.request.settings or self.settings)
        return policy.why_not(query.cursor, query.session.edit, rules, manual=query.request.manual)

    def _on_known(self, query: Query, reply: Reply) -> None:
        """Record a reply without a call, and cancel the calls and requests that it makes unnecessary."""
        query.record(reply)
        query.session.supersede(query.prompt)
        if not self._interim.keeps_model_wait(query):
            query.session.end_model_wait()
        self.calls.cancel_unusable(query.cursor.uri, query.prompt)
        self.counters.cached += 1
        self._speculator.speculate(query)

    def _with_earlier_answers(self, query: Query, reply: Reply) -> Reply:
        """Return a reply with the earlier answers of a chat model after it, from which the user can choose."""
        reply = query.record(reply)
        if len(reply.suggestions) > 1:
            self._suggester.set_alternatives(query, reply)
        return reply

    def _timeout_s(self, query: Query) -> float:
        """Return the deadline of a reply in seconds: longer if the model may reason first."""
        timing = self.settings.timing
        return (max(timing.think_ms, timing.total_ms) if query.may_think else timing.total_ms) / 1000

    def _on_finished(self, flight: Flight) -> None:
        """Cache the answer of a flight, even a partial one, and update the pacing."""
        by_fallback = flight.backend is self.calls.backends.fallback
        if not by_fallback:
            self._pacing.finished(flight)
        if flight.cacheable and not by_fallback and not flight.question.limits.variant:
            self._answers.put(flight.answer)
        for uri, session in self._sessions.items():
            shown = session.suggestions.shown
            if shown is not None and shown.source is flight and self._suggester.grows(shown):
                self._on_refresh(uri)

    def _query(self, request: Request) -> Query:
        settings, language = request.settings or self.settings, request.cursor.language
        budget = self._pacing.budget(budget_of(settings, self.calls.backends.primary))
        prompt, session = prompt_at(request.cursor, budget), self._session(request.cursor.uri)
        limits = policy.ask_for(rules_of(settings), manual=request.manual)
        thinks = request.manual and self.calls.available.may_think(language)
        again = request.manual and request.again and self.calls.available.chats(language, manual=True)
        earlier = session.earlier_answers.at(prompt) if again else ()
        return Query(session, request, prompt, limits, thinks, earlier)

    def _session(self, uri: str) -> Session:
        return self._sessions[uri]

    # Events that the editor reports.

    async def warm(self) -> None:
        """Prepare the first backend for its first call; the others are called rarely."""
        await self.calls.backends.primary.warm()

    def retry(self) -> None:
        """Let the next request call the first backend, even if the fallback has answered meanwhile."""
        fallback = self.calls.available.retry()
        for session in self._sessions.values():
            session.suggestions.drop(fallback)

    def changed(self, uri: str, edit: Edit, *, reports_parts: bool = True) -> None:
        """Record an edit of the user. If the editor does not report accepted parts, the edit reveals them."""
        session = self._session(uri)
        session.edited(edit, self._clock())
        self._pacing.typed()
        insertion = session.suggestions.insertion
        if insertion is not None and insertion.part and not reports_parts:
            self.partly_accepted(uri)

    def was_shown(self, uri: str) -> None:
        """Record that the editor shows the suggestion."""
        shown = self._session(uri).suggestions.shown
        if shown is not None and not shown.tracker.is_shown:
            self.counters.shown += 1
            shown.tracker.shown()

    def accepted(self, uri: str) -> None:
        """Record that the user accepted the whole suggestion."""
        self.counters.accepted += 1
        self._on_accept(uri, self._session(uri).suggestions.accept())

    def partly_accepted(self, uri: str) -> None:
        """Record that the user accepted a part of the suggestion; the rest stays shown."""
        self.counters.partly_accepted += 1
        self._on_accept(uri, self._session(uri).suggestions.accept_part())

    def _on_accept(self, uri: str, accepted: AcceptedText | None) -> None:
        self._pacing.record_outcome(accepted=True)
        if accepted is not None:
            self._on_accepted(uri, accepted)

    def dismissed(self, uri: str) -> None:
        """Record that the user dismissed the suggestion."""
        self._session(uri).suggestions.dismiss()
        self.counters.dismissed += 1
        self._pacing.record_outcome(accepted=False)

    def first_line(self, uri: str) -> str:
        """Return the first line of the shown suggestion, with its leading line breaks."""
        shown = self._session(uri).suggestions.shown
        return shown.completion.first_line if shown is not None else ""

    def last_prompt(self, uri: str) -> Prompt | None:
        """Return the prompt of a document's last call; None if there was none."""
        session = self._sessions.get(uri)
        return None if session is None else session.last_prompt

    def forget(self, uri: str) -> None:
        """Drop the state of a closed document, supersede its requests, and cancel its calls."""
        session = self._sessions.pop(uri, None)
        if session is not None:
            session.close()
            self.calls.cancel_unusable(uri, None)

    async def close(self) -> None:
        """Supersede all waiting requests and cancel all calls."""
        for session in self._sessions.values():
            session.close()
        await self.rewriter.close()
        await self.calls.close()
        await self._interim.close()
