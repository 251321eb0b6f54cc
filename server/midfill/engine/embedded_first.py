"""The embedded engine's answer, which is shown while the model is called."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from midfill.core.timing import EMBEDDED_TIMEOUT_S
from midfill.engine.calls import Calls
from midfill.engine.flight import Flight
from midfill.engine.prepared_request import PreparedRequest
from midfill.engine.request import Reply
from midfill.engine.suggester import Suggester
from midfill.engine.suggestion import ShownSuggestion
from midfill.engine.waiting_request import WaitingRequest

CallModel = Callable[[PreparedRequest], Coroutine[Any, Any, Reply]]
"""Calls the model."""


class EmbeddedFirst:
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

    async def reply(self, waiting: WaitingRequest, prepared: PreparedRequest, call_model: CallModel) -> Reply:
        """Return the embedded engine's answer and call the model in the background, or return the model's answer."""
        first = await self._embedded(waiting, prepared)
        if first is None:
            return await call_model(prepared)
        if prepared.request.refreshes:
            self._call_model(waiting, prepared, call_model)
        return first

    async def _embedded(self, waiting: WaitingRequest, prepared: PreparedRequest) -> Reply | None:
        """Return the embedded engine's answer; None if it has none in time, or if no model is called."""
        flight = self._calls.start_embedded(prepared.backend_request)
        if flight is None:
            return None
        flight.join(waiting)
        try:
            while not (flight.done or waiting.superseded) and await waiting.wait(EMBEDDED_TIMEOUT_S):
                pass
        finally:
            flight.leave(waiting)
        if not flight.done or waiting.superseded:
            return None
        reply = self._suggester.reply(prepared, flight, flight.text)
        return reply if reply.suggestions else None

    def _call_model(self, waiting: WaitingRequest, prepared: PreparedRequest, call_model: CallModel) -> None:
        """Call the model in the background. This shows nothing: the editor repeats its request."""
        whole_only = replace(prepared.request, whole_only=True)
        background_request = replace(prepared, document=prepared.document.detached(), request=whole_only)
        prepared.document.model_request = waiting
        call = waiting.loop.create_task(call_model(background_request))
        self._model_calls.add(call)
        call.add_done_callback(lambda done: self._ended(done, prepared))

    def _ended(self, call: "asyncio.Task[Reply]", prepared: PreparedRequest) -> None:
        self._model_calls.discard(call)
        found = () if call.cancelled() else call.result().suggestions
        shown = prepared.document.suggestions.shown
        untouched = shown is not None and self._is_embedded(shown) and shown.prompt == prepared.prompt
        if shown is not None and untouched and found and found[0].completion != shown.completion:
            self._on_refresh(prepared.cursor.uri)

    def _is_embedded(self, shown: ShownSuggestion) -> bool:
        answer = shown.answer
        by_fallback = isinstance(answer, Flight) and answer.backend is self._calls.backends.fallback
        return by_fallback and not shown.accepted

    def replaced(self, prepared: PreparedRequest) -> Reply | None:
        """Return the model's answer in place of the embedded engine's, if there is one and it may be replaced."""
        shown = prepared.document.suggestions.shown
        if (
            shown is None
            or prepared.document.model_request is None
            or not self._is_embedded(shown)
            or shown.prompt != prepared.prompt
        ):
            return None
        reply = self._suggester.known_reply(prepared)
        return reply if reply is not None and reply.suggestions else None

    def keeps_model_request(self, prepared: PreparedRequest) -> bool:
        """Whether the model's answer is still useful: it may replace the shown suggestion, or continue it."""
        model_request, shown = prepared.document.model_request, prepared.document.suggestions.shown
        if model_request is None or shown is None or not self._is_embedded(shown):
            return False
        return model_request.prompt == prepared.prompt or self._calls.joinable(prepared.prompt) is not None

    async def close(self) -> None:
        """Wait until all calls in the background have ended; their documents are closed."""
        if self._model_calls:
            await asyncio.wait(self._model_calls)
