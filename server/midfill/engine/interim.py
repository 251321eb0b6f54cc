"""The embedded engine's answer, which is shown while the model is called."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from midfill.engine.calls import Calls
from midfill.engine.flight import Flight
from midfill.engine.query import Query
from midfill.engine.request import Reply
from midfill.engine.suggester import Suggester
from midfill.engine.suggestion import ShownSuggestion
from midfill.engine.waiter import Waiter

EMBEDDED_TIMEOUT_S = 0.3
"""Maximum seconds that the model's call waits for the embedded engine.

Our own choice. It answers in 3 ms (p95); its first answer takes above 50 ms.
"""
CallModel = Callable[[Query], Coroutine[Any, Any, Reply]]
"""Calls the model."""


class Interim:
    """Shows the embedded engine's answers first, and replaces them by the model's.

    A suggestion that the user has begun to type, or one in an editor that cannot replace it at once, is not replaced.

    Args:
        calls: the in-flight calls.
        suggester: creates the replies.
        on_refresh: called with the URI of a document whose suggestion has changed.
    """

    def __init__(self, calls: Calls, suggester: Suggester, on_refresh: Callable[[str], None]) -> None:
        self._calls = calls
        self._suggester = suggester
        self._on_refresh = on_refresh
        self._model_calls: set[asyncio.Task[Reply]] = set()

    async def reply(self, waiter: Waiter, query: Query, call_model: CallModel) -> Reply:
        """Return the embedded engine's answer and call the model in the background, or return the model's answer."""
        first = await self._embedded(waiter, query)
        if first is None:
            return await call_model(query)
        if query.request.refreshes:
            self._call_model(waiter, query, call_model)
        return first

    async def _embedded(self, waiter: Waiter, query: Query) -> Reply | None:
        """Return the embedded engine's answer; None if it has none in time, or if no model is called."""
        flight = self._calls.start_embedded(query.question)
        if flight is None:
            return None
        flight.join(waiter)
        try:
            while not (flight.done or waiter.superseded) and await waiter.wait(EMBEDDED_TIMEOUT_S):
                pass
        finally:
            flight.leave(waiter)
        if not flight.done or waiter.superseded:
            return None
        reply = self._suggester.reply(query, flight, flight.text)
        return reply if reply.suggestions else None

    def _call_model(self, waiter: Waiter, query: Query, call_model: CallModel) -> None:
        """Call the model in the background. This shows nothing: the editor repeats its request."""
        whole_only = replace(query.request, whole_only=True)
        background_query = replace(query, session=query.session.detached(), request=whole_only)
        query.session.model_wait = waiter
        call = waiter.loop.create_task(call_model(background_query))
        self._model_calls.add(call)
        call.add_done_callback(lambda done: self._ended(done, query))

    def _ended(self, call: "asyncio.Task[Reply]", query: Query) -> None:
        self._model_calls.discard(call)
        found = () if call.cancelled() else call.result().suggestions
        shown = query.session.suggestions.shown
        untouched = shown is not None and self._is_interim(shown) and shown.prompt == query.prompt
        if shown is not None and untouched and found and found[0].completion != shown.completion:
            self._on_refresh(query.cursor.uri)

    def _is_interim(self, shown: ShownSuggestion) -> bool:
        source = shown.source
        by_fallback = isinstance(source, Flight) and source.backend is self._calls.backends.fallback
        return by_fallback and not shown.accepted

    def replaced(self, query: Query) -> Reply | None:
        """Return the model's answer in place of the embedded engine's, if there is one and it may be replaced."""
        shown = query.session.suggestions.shown
        if (
            shown is None
            or query.session.model_wait is None
            or not self._is_interim(shown)
            or shown.prompt != query.prompt
        ):
            return None
        reply = self._suggester.known(query)
        return reply if reply is not None and reply.suggestions else None

    def keeps_model_wait(self, query: Query) -> bool:
        """Whether the model's answer is still useful: it may replace the shown suggestion, or continue it."""
        model_wait, shown = query.session.model_wait, query.session.suggestions.shown
        if model_wait is None or shown is None or not self._is_interim(shown):
            return False
        return model_wait.prompt == query.prompt or self._calls.joinable(query.prompt) is not None

    async def close(self) -> None:
        """Wait until all calls in the background have ended; their sessions are closed."""
        if self._model_calls:
            await asyncio.wait(self._model_calls)
