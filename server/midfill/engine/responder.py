"""Replies from calls: a request joins an in-flight call, starts a new one, or waits until one may start."""

from collections.abc import Callable, MutableMapping

from midfill.engine.calls import Calls
from midfill.engine.counters import Counters
from midfill.engine.flight import Flight
from midfill.engine.follower import Follower
from midfill.engine.pacing import Pacing
from midfill.engine.query import Query
from midfill.engine.request import SUPERSEDED, TOO_MANY_CALLS, Reply
from midfill.engine.session import Session
from midfill.engine.suggester import Suggester
from midfill.engine.waiter import Waiter


class Responder:
    """Answers queries from in-flight calls and from new ones.

    Args:
        calls: the in-flight calls.
        suggester: creates the replies.
        pacing: determines the debounce, and when a part may be shown.
        sessions: the sessions by URI; a new one is created for an unknown URI.
        counters: counts the requests that join an in-flight call.
        clock: returns the current time in seconds.
    """

    def __init__(
        self,
        calls: Calls,
        suggester: Suggester,
        pacing: Pacing,
        sessions: MutableMapping[str, Session],
        counters: Counters,
        clock: Callable[[], float],
    ) -> None:
        self._calls = calls
        self._suggester = suggester
        self._pacing = pacing
        self._sessions = sessions
        self._counters = counters
        self._follower = Follower(calls, suggester, pacing, clock)
        self._clock = clock

    async def reply(self, waiter: Waiter, query: Query, *, deadline: float) -> Reply:
        """Return the reply from an in-flight call, or from a new call after the debounce."""
        flight = self._calls.joinable(query.prompt)
        if flight is None:
            await self._debounce(waiter, query)
            flight = self._calls.joinable(query.prompt)
        else:
            self._counters.joined += 1
        while not waiter.superseded:
            flight = flight or self._start_call(query)
            if flight is None and (reason := self._why_no_call(query, deadline)):
                return Reply(reason=reason)
            if flight is None:
                reply = await self._wait_for_call(waiter, query, deadline)
            else:
                reply = await self._follower.follow(flight, waiter, query, deadline)
            if reply is not None:
                return reply
            flight = self._calls.joinable(query.prompt)
        return SUPERSEDED

    async def _debounce(self, waiter: Waiter, query: Query) -> None:
        """Wait for another key, then for the context."""
        debounce = self._pacing.debounce(query, short_answers=self._calls.short_answers)
        await waiter.sleep(query.typed_at + debounce - self._clock())
        await query.session.context.wait(manual=query.request.manual)

    def _start_call(self, query: Query) -> Flight | None:
        question = query.question
        flight = self._calls.start(question)
        if flight is not None:
            session = self._sessions[query.cursor.uri]  # The query's own session may be a copy.
            session.last_prompt = question.prompt
        return flight

    async def _wait_for_call(self, waiter: Waiter, query: Query, deadline: float) -> Reply | None:
        """Wait for a call of another document to end; return the reply if that call has also answered this request."""
        await self._calls.queue.wait(waiter, deadline - self._clock())
        return None if waiter.superseded else self._suggester.known(query)

    def _why_no_call(self, query: Query, deadline: float) -> str:
        """Return why no call can start before `deadline`; empty if this request only has to wait its turn."""
        language, manual = query.cursor.language, query.limits.manual
        if not self._calls.available.can_call(language, manual=manual):
            return self._calls.available.why_unavailable(language, manual=manual)
        return TOO_MANY_CALLS if self._clock() >= deadline else ""
