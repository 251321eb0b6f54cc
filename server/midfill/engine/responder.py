"""Replies from calls: a request joins an in-flight call, starts a new one, or waits until one may start."""

from collections.abc import Callable, MutableMapping

from midfill.core import policy
from midfill.engine.calls import Calls
from midfill.engine.counters import Counters
from midfill.engine.document_state import DocumentState
from midfill.engine.flight import Flight
from midfill.engine.pacing import Pacing
from midfill.engine.prepared_request import PreparedRequest
from midfill.engine.request import SUPERSEDED, TOO_MANY_CALLS, Reply
from midfill.engine.suggester import Suggester
from midfill.engine.waiting_request import WaitingRequest


class Responder:
    """Answers requests from in-flight calls and from new ones.

    Args:
        calls: the in-flight calls.
        suggester: creates the replies.
        pacing: determines the debounce, and when a part may be shown.
        documents: the states of documents by URI; a new one is created for an unknown URI.
        counters: counts the requests that join an in-flight call.
        clock: returns the current time in seconds.
    """

    def __init__(
        self,
        calls: Calls,
        suggester: Suggester,
        pacing: Pacing,
        documents: MutableMapping[str, DocumentState],
        counters: Counters,
        clock: Callable[[], float],
    ) -> None:
        self._calls = calls
        self._suggester = suggester
        self._pacing = pacing
        self._documents = documents
        self._counters = counters
        self._clock = clock

    async def reply(self, waiting: WaitingRequest, prepared: PreparedRequest, *, deadline: float) -> Reply:
        """Return the reply from an in-flight call, or from a new call after the debounce."""
        flight = self._calls.joinable(prepared.prompt)
        if flight is None:
            await self._debounce(waiting, prepared)
            flight = self._calls.joinable(prepared.prompt)
        else:
            self._counters.joined += 1
        while not waiting.superseded:
            flight = flight or self._start_call(prepared)
            if flight is None and (reason := self._no_call_reason(prepared, deadline)):
                return Reply(reason=reason)
            if flight is None:
                reply = await self._wait_for_call(waiting, prepared, deadline)
            else:
                reply = await self._reply_from(flight, waiting, prepared, deadline)
            if reply is not None:
                return reply
            flight = self._calls.joinable(prepared.prompt)
        return SUPERSEDED

    async def _debounce(self, waiting: WaitingRequest, prepared: PreparedRequest) -> None:
        """Wait for another key, then for the context."""
        debounce = self._pacing.debounce(prepared, short_answers=self._calls.short_answers)
        await waiting.sleep(prepared.typed_at + debounce - self._clock())
        await prepared.document.context.wait(manual=prepared.request.manual)

    def _start_call(self, prepared: PreparedRequest) -> Flight | None:
        backend_request = prepared.backend_request
        flight = self._calls.start(backend_request)
        if flight is not None:
            document = self._documents[prepared.cursor.uri]  # The request's own document state may be a copy.
            document.last_prompt = backend_request.prompt
        return flight

    async def _wait_for_call(
        self, waiting: WaitingRequest, prepared: PreparedRequest, deadline: float
    ) -> Reply | None:
        """Wait for a call of another document to end; return the reply if that call has also answered this request."""
        await self._calls.queue.wait(waiting, deadline - self._clock())
        return None if waiting.superseded else self._suggester.known_reply(prepared)

    def _no_call_reason(self, prepared: PreparedRequest, deadline: float) -> str:
        """Return why no call can start before `deadline`; empty if the request can wait in the queue."""
        language, manual = prepared.cursor.language, prepared.limits.manual
        if not self._calls.available.can_call(language, manual=manual):
            return self._calls.available.unavailable_reason(language, manual=manual)
        return TOO_MANY_CALLS if self._clock() >= deadline else ""

    async def _reply_from(
        self, flight: Flight, waiting: WaitingRequest, prepared: PreparedRequest, deadline: float
    ) -> Reply | None:
        """Return the reply once a flight has text to show; None if it cannot answer the request."""
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
