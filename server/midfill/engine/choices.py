"""Several completions for the user to choose from."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from midfill.core import shape
from midfill.core.completion import Completion
from midfill.core.syntax import language
from midfill.core.syntax.errors import error_count
from midfill.engine.calls import Calls
from midfill.engine.flight import Flight
from midfill.engine.query import Query
from midfill.engine.request import NO_SUGGESTION, SUPERSEDED, Reply, Suggestion
from midfill.engine.suggester import Suggester
from midfill.engine.waiter import Waiter

_PARSED_LINES = 60
"""Lines above and below the cursor that are parsed with a candidate."""


class Chooser:
    """Answers a request by key with several completions.

    Args:
        calls: starts the calls.
        suggester: creates the replies.
    """

    def __init__(self, calls: Calls, suggester: Suggester) -> None:
        self._calls = calls
        self._suggester = suggester

    async def choose(
        self, waiter: Waiter, query: Query, seconds: float, answer: Callable[[], Awaitable[Reply]]
    ) -> Reply:
        """Return several completions, after at most `seconds`; a suggestion that is already shown stays first.

        `answer` returns the reply with the first one.
        """
        suggestions = query.session.suggestions
        if suggestions.latest_choices is not None and suggestions.latest_choices[0] == query.prompt:
            return suggestions.latest_choices[1]
        known = self._suggester.still_shown(query) or self._suggester.known(query)
        end_time = waiter.loop.time() + seconds
        await query.session.context.wait(manual=True)  # All of their calls use the context.
        choices = Choices(query, query.choices, self._calls, waiter)
        try:
            first = known or await answer()
            await choices.wait(end_time - waiter.loop.time())
        finally:
            choices.close()
        if waiter.superseded:
            return SUPERSEDED
        if first.error is not None:
            return first
        reply = choices.reply(next(iter(first.suggestions), None), shown=known is not None)
        suggestions.latest_choices = (query.prompt, reply)
        self._suggester.set_alternatives(query, reply)
        return reply if reply.suggestions else NO_SUGGESTION


class Choices:
    """The calls for the second and later completions, one call for each.

    Args:
        query: the query that the completions answer.
        count: number of completions, including the first.
        calls: starts the calls.
        waiter: the request, which waits for each of the calls.
    """

    def __init__(self, query: Query, count: int, calls: Calls, waiter: Waiter) -> None:
        self._query = query
        self._count = count
        self._waiter = waiter
        limits = [replace(query.limits, variant=variant) for variant in range(1, count)]
        questions = (replace(query.question, limits=one) for one in limits)
        self._flights: list[Flight] = []
        for question in questions:
            flight = (
                calls.start(question) if calls.has_free_slot(spare=1) else None
            )  # The first call needs a slot too.
            if flight is not None:
                flight.join(waiter)
                self._flights.append(flight)

    async def wait(self, seconds: float) -> None:
        """Wait until all calls have ended, the request is superseded, or `seconds` have passed."""
        waiter = self._waiter
        end_time = waiter.loop.time() + seconds
        while not (waiter.superseded or all(flight.done for flight in self._flights)):
            left = end_time - waiter.loop.time()
            if left <= 0:
                break
            await waiter.wait(left)

    def close(self) -> None:
        """Cancel the calls that have not ended."""
        for flight in self._flights:
            flight.leave(self._waiter)
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
        ended, cut_off = flight.finish == "stop", flight.finish == "length"
        text, cursor, limits = flight.text, self._query.cursor, self._query.limits
        return Suggestion.of(flight, shape.trim(text, cursor, limits, ended=ended, cut_off=cut_off))

    def _errors(self, suggestion: Suggestion) -> int:
        """Return the number of syntax errors around the cursor after the suggestion is inserted."""
        cursor, completion = self._query.cursor, suggestion.completion
        above, below = "".join(cursor.above[-_PARSED_LINES:]), "".join(cursor.below[:_PARSED_LINES])
        line = cursor.near_head + completion.text + cursor.near_rest[completion.replace :]
        return error_count(above + line + cursor.end + below, language(cursor.language))
