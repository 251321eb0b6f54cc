"""The engine: answers each request without a call, from an in-flight call, or by a new call."""

import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial

from midfill.core import policy
from midfill.core.answer_cache import AnswerCache
from midfill.core.edit import Edit
from midfill.core.model import BackendError, Backends, Prompt
from midfill.core.prompt import prompt_at
from midfill.core.records import NoRecords, Records
from midfill.engine.alternatives import Alternatives
from midfill.engine.calls import Calls
from midfill.engine.counters import Counters
from midfill.engine.document_context import ContextProvider
from midfill.engine.document_state import DocumentState
from midfill.engine.embedded_first import EmbeddedFirst
from midfill.engine.flight import Flight
from midfill.engine.pacing import Pacing
from midfill.engine.prepared_request import PreparedRequest
from midfill.engine.request import Reply, Request
from midfill.engine.request_policy import prompt_budget, request_policy
from midfill.engine.responder import Responder
from midfill.engine.rewriter import Rewriter
from midfill.engine.speculator import Speculator
from midfill.engine.suggester import Suggester
from midfill.engine.suggestion_tracker import AcceptedText
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
        on_error: Callable[[BackendError], None] = lambda error: None,
        on_refresh: Callable[[str], None] = lambda uri: None,
        context: ContextProvider | None = None,
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
        self._answers = AnswerCache(cache.capacity, cache.ttl_s, cache.empty_ttl_s, clock)
        self._suggester = Suggester(self._answers, self.calls, records, clock)
        self._documents: defaultdict[str, DocumentState] = defaultdict(DocumentState)
        self._pacing = Pacing(settings, clock)
        self._responder = Responder(
            self.calls, self._suggester, self._pacing, self._documents, self.counters, clock
        )
        self._speculator = Speculator(self.calls, self._answers, settings.requests.speculate, self._prepare)
        self._alternatives = Alternatives(self.calls, self._suggester)
        self._embedded_first = EmbeddedFirst(self.calls, self._suggester, on_refresh)

    # The main path: from request to reply.

    async def complete(self, request: Request) -> Reply:
        """Return the reply to a request; wait for a call if necessary."""
        return self.reply_without_call(request) or await self.reply_with_call(request)

    def reply_without_call(self, request: Request) -> Reply | None:
        """Return the reply if no call is necessary: a suggestion is known, or the rules forbid a call."""
        self.counters.requests += 1
        prepared = self._prepare(request)
        prepared.document.mark_accepted(prepared.prompt)
        reply = None if prepared.wants_more else self._still_shown(prepared)
        if reply is None and (reason := self._no_call_reason(prepared)):
            prepared.document.hide(prepared.prompt)
            return Reply(reason=reason)
        if reply is None and not prepared.wants_more:
            reply = self._suggester.known_reply(prepared)
        if reply is not None:
            self._on_known(prepared, reply)
        return reply

    async def reply_with_call(self, request: Request) -> Reply:
        """Return the reply to a request for which `reply_without_call` returns None."""
        prepared = self._prepare(request)
        document, deadline = prepared.document, self._clock() + self._timeout_s(prepared)
        waiting = document.begin(prepared.prompt)
        document.context.update(request.cursor, self._context)
        try:
            answer = partial(self._responder.reply, waiting, deadline=deadline)
            if prepared.completion_count > 1:
                seconds = deadline - self._clock()
                reply = await self._alternatives.reply(waiting, prepared, seconds, partial(answer, prepared))
                return prepared.record(reply)
            if document.suggestions.end_shown(self._clock()):
                self._pacing.record_outcome(accepted=False)
            self.calls.cancel_unusable(request.cursor.uri, prepared.prompt)
            if (request.settings or self.settings).completion.embedded_first and not request.manual:
                return await self._embedded_first.reply(waiting, prepared, answer)
            return self._with_earlier_answers(prepared, await answer(prepared))
        finally:
            document.waiting_requests.discard(waiting)
            self._speculator.speculate(prepared)

    def _still_shown(self, prepared: PreparedRequest) -> Reply | None:
        """Return the model's answer in place of the embedded engine's, or the rest of the shown suggestion."""
        return self._embedded_first.replaced(prepared) or self._suggester.shown_reply(prepared)

    def _no_call_reason(self, prepared: PreparedRequest) -> str:
        """Return why the rules forbid a call, as text; empty if they allow it."""
        rules = request_policy(prepared.request.settings or self.settings)
        return policy.no_call_reason(
            prepared.cursor, prepared.document.edit, rules, manual=prepared.request.manual
        )

    def _on_known(self, prepared: PreparedRequest, reply: Reply) -> None:
        """Record a reply without a call, and cancel the calls and requests that it makes unnecessary."""
        prepared.record(reply)
        prepared.document.supersede(prepared.prompt)
        if not self._embedded_first.keeps_model_request(prepared):
            prepared.document.end_model_request()
        self.calls.cancel_unusable(prepared.cursor.uri, prepared.prompt)
        self.counters.cached += 1
        self._speculator.speculate(prepared)

    def _with_earlier_answers(self, prepared: PreparedRequest, reply: Reply) -> Reply:
        """Return a reply with the earlier answers of a chat model after it, from which the user can choose."""
        reply = prepared.record(reply)
        if len(reply.suggestions) > 1:
            self._suggester.set_alternatives(prepared, reply)
        return reply

    def _timeout_s(self, prepared: PreparedRequest) -> float:
        """Return the deadline of a reply in seconds: longer if the model may reason first."""
        timing = self.settings.timing
        return (max(timing.think_ms, timing.total_ms) if prepared.may_think else timing.total_ms) / 1000

    def _on_finished(self, flight: Flight) -> None:
        """Cache the answer of a flight, even a partial one, and update the pacing."""
        by_fallback = flight.backend is self.calls.backends.fallback
        if not by_fallback:
            self._pacing.finished(flight)
        if flight.cacheable and not by_fallback and not flight.backend_request.limits.alternative_index:
            self._answers.put(flight.cached_answer)
        for uri, document in self._documents.items():
            shown = document.suggestions.shown
            if shown is not None and shown.answer is flight and self._suggester.grows(shown):
                self._on_refresh(uri)

    def _prepare(self, request: Request) -> PreparedRequest:
        settings, language = request.settings or self.settings, request.cursor.language
        budget = self._pacing.budget(prompt_budget(settings, self.calls.backends.primary))
        prompt, document = prompt_at(request.cursor, budget), self._document(request.cursor.uri)
        limits = policy.answer_limits(request_policy(settings), manual=request.manual)
        thinks = request.manual and self.calls.available.may_think(language)
        again = request.manual and request.again and self.calls.available.chats(language, manual=True)
        earlier = document.earlier_answers.at(prompt) if again else ()
        return PreparedRequest(document, request, prompt, limits, thinks, earlier)

    def _document(self, uri: str) -> DocumentState:
        return self._documents[uri]

    # Events that the editor reports.

    async def warm(self) -> None:
        """Prepare the first backend for its first call; the others are called rarely."""
        await self.calls.backends.primary.warm()

    def retry(self) -> None:
        """Let the next request call the first backend, even if the fallback has answered meanwhile."""
        fallback = self.calls.available.retry()
        for document in self._documents.values():
            document.suggestions.drop(fallback)

    def changed(self, uri: str, edit: Edit, *, reports_parts: bool = True) -> None:
        """Record an edit of the user. If the editor does not report accepted parts, the edit reveals them."""
        document = self._document(uri)
        document.edited(edit, self._clock())
        self._pacing.typed()
        insertion = document.suggestions.insertion
        if insertion is not None and insertion.part and not reports_parts:
            self.partly_accepted(uri)

    def was_shown(self, uri: str) -> None:
        """Record that the editor shows the suggestion."""
        shown = self._document(uri).suggestions.shown
        if shown is not None and not shown.tracker.is_shown:
            self.counters.shown += 1
            shown.tracker.shown()

    def accepted(self, uri: str) -> None:
        """Record that the user accepted the whole suggestion."""
        self.counters.accepted += 1
        self._on_accept(uri, self._document(uri).suggestions.accept())

    def partly_accepted(self, uri: str) -> None:
        """Record that the user accepted a part of the suggestion; the rest stays shown."""
        self.counters.partly_accepted += 1
        self._on_accept(uri, self._document(uri).suggestions.accept_part())

    def _on_accept(self, uri: str, accepted: AcceptedText | None) -> None:
        self._pacing.record_outcome(accepted=True)
        if accepted is not None:
            self._on_accepted(uri, accepted)

    def dismissed(self, uri: str) -> None:
        """Record that the user dismissed the suggestion."""
        self._document(uri).suggestions.dismiss()
        self.counters.dismissed += 1
        self._pacing.record_outcome(accepted=False)

    def first_line(self, uri: str) -> str:
        """Return the first line of the shown suggestion, with its leading line breaks."""
        shown = self._document(uri).suggestions.shown
        return shown.completion.first_line if shown is not None else ""

    def last_prompt(self, uri: str) -> Prompt | None:
        """Return the prompt of a document's last call; None if there was none."""
        document = self._documents.get(uri)
        return None if document is None else document.last_prompt

    def document_closed(self, uri: str) -> None:
        """Drop the state of a closed document, supersede its requests, and cancel its calls."""
        document = self._documents.pop(uri, None)
        if document is not None:
            document.close()
            self.calls.cancel_unusable(uri, None)

    async def close(self) -> None:
        """Supersede all waiting requests and cancel all calls."""
        for document in self._documents.values():
            document.close()
        await self.rewriter.close()
        await self.calls.close()
        await self._embedded_first.close()
