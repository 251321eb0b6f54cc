"""Several completions for the user to choose from."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from midfill.core import shape
from midfill.core.completion import Completion
from midfill.core.syntax import language
from midfill.core.syntax.errors import error_count
from midfill.engine.calls import Calls
from midfill.engine.flight import Flight
from midfill.engine.prepared_request import PreparedRequest
from midfill.engine.request import NO_SUGGESTION, SUPERSEDED, Reply, Suggestion
from midfill.engine.suggester import Suggester
from midfill.engine.waiting_request import WaitingRequest

_PARSED_LINES = 60
"""Lines above and below the cursor that are parsed with a completion."""


class Alternatives:
    """Answers a manual request with several completions.

    Args:
        calls: starts the calls.
        suggester: creates the replies.
    """

    def __init__(self, calls: Calls, suggester: Suggester) -> None:
        self._calls = calls
        self._suggester = suggester

    async def reply(
        self,
        waiting: WaitingRequest,
        prepared: PreparedRequest,
        seconds: float,
        answer: Callable[[], Awaitable[Reply]],
    ) -> Reply:
        """Return several completions, after at most `seconds`; a suggestion that is already shown stays first.

        `answer` returns the reply with the first one.
        """
        suggestions = prepared.document.suggestions
        if (
            suggestions.latest_alternatives is not None
            and suggestions.latest_alternatives[0] == prepared.prompt
        ):
            return suggestions.latest_alternatives[1]
        known = self._suggester.shown_reply(prepared) or self._suggester.known_reply(prepared)
        end_time = waiting.loop.time() + seconds
        await prepared.document.context.wait(manual=True)  # All of their calls use the context.
        calls = AlternativeCalls(prepared, prepared.completion_count, self._calls, waiting)
        try:
            first = known or await answer()
            await calls.wait(end_time - waiting.loop.time())
        finally:
            calls.close()
        if waiting.superseded:
            return SUPERSEDED
        if first.error is not None:
            return first
        reply = calls.reply(next(iter(first.suggestions), None), shown=known is not None)
        suggestions.latest_alternatives = (prepared.prompt, reply)
        self._suggester.set_alternatives(prepared, reply)
        return reply if reply.suggestions else NO_SUGGESTION


class AlternativeCalls:
    """The calls for the second and later completions, one call for each.

    Args:
        prepared: the request that the completions answer.
        count: number of completions, including the first.
        calls: starts the calls.
        waiting: the request, which waits for each of the calls.
    """

    def __init__(self, prepared: PreparedRequest, count: int, calls: Calls, waiting: WaitingRequest) -> None:
        self._prepared = prepared
        self._count = count
        self._waiting = waiting
        self._flights: list[Flight] = []
        for alternative_index in range(1, count):
            limits = replace(prepared.limits, alternative_index=alternative_index)
            backend_request = replace(prepared.backend_request, limits=limits)
            # The first call needs a slot too.
            flight = calls.start(backend_request) if calls.has_free_slot(spare=1) else None
            if flight is not None:
                flight.join(waiting)
                self._flights.append(flight)

    async def wait(self, seconds: float) -> None:
        """Wait until all calls have ended, the request is superseded, or `seconds` have passed."""
        waiting = self._waiting
        end_time = waiting.loop.time() + seconds
        while not (waiting.superseded or all(flight.done for flight in self._flights)):
            left = end_time - waiting.loop.time()
            if left <= 0:
                break
            await waiting.wait(left)

    def close(self) -> None:
        """Cancel the calls that have not ended."""
        for flight in self._flights:
            flight.leave(self._waiting)
            flight.close()

    def reply(self, first: Suggestion | None, *, shown: bool) -> Reply:
        """Return the distinct completions, ordered by syntax errors.

        With `shown`, the editor already shows `first`, and it stays first.
        """
        others = [self._suggestion(flight) for flight in self._flights if flight.error is None]
        mine = [first] if first is not None else []
        ranked = sorted([*([] if shown else mine), *others], key=self._errors)
        found: dict[Completion, Suggestion] = {}
        for suggestion in [*mine, *ranked] if shown else ranked:
            if suggestion.completion:
                found.setdefault(suggestion.completion, suggestion)
        return Reply(tuple(found.values())[: self._count])

    def _suggestion(self, flight: Flight) -> Suggestion:
        ended, cut_off = flight.finish_reason == "stop", flight.finish_reason == "length"
        text, cursor, limits = flight.text, self._prepared.cursor, self._prepared.limits
        return Suggestion.of(
            flight, shape.trim(text, cursor, limits, ended_by_model=ended, hit_token_limit=cut_off)
        )

    def _errors(self, suggestion: Suggestion) -> int:
        """Return the number of syntax errors around the cursor after the suggestion is inserted."""
        cursor, completion = self._prepared.cursor, suggestion.completion
        above, below = "".join(cursor.above[-_PARSED_LINES:]), "".join(cursor.below[:_PARSED_LINES])
        line = cursor.near_head + completion.text + cursor.near_rest[completion.replace :]
        return error_count(above + line + cursor.end + below, language(cursor.language))
