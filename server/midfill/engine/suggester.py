"""Replies without a call: the shown suggestion, the text of an in-flight call, or a cached answer."""

from collections.abc import Callable, Iterator

from midfill.core import policy, shape
from midfill.core.answers import Answer, Answers
from midfill.core.completion import Completion
from midfill.core.model import Prompt
from midfill.core.prompt import typed_since
from midfill.core.records import Records, SuggestionRecord
from midfill.engine.calls import Calls
from midfill.engine.flight import Flight
from midfill.engine.query import Query
from midfill.engine.request import NO_SUGGESTION, NOT_SHOWN_AGAIN, AnswerSource, Reply, Suggestion
from midfill.engine.suggestion import ShownSuggestion
from midfill.engine.suggestion_state import ENDED, SuggestionEvent, SuggestionState, next_state
from midfill.engine.tracker import SuggestionTracker


class Suggester:
    """Creates replies from known text, and records the shown suggestion.

    Args:
        answers: the cache of answers.
        calls: the in-flight calls.
        records: records the suggestions.
        clock: returns the current time in seconds.
    """

    def __init__(self, answers: Answers, calls: Calls, records: Records, clock: Callable[[], float]) -> None:
        self._answers = answers
        self._calls = calls
        self._records = records
        self._clock = clock

    def known(self, query: Query) -> Reply | None:
        """Return a reply from an in-flight call or the cache; None if a call is necessary."""
        answered = self._answers.is_empty(query.prompt)
        for source, rest in self._sources(query.prompt):
            if source.complete or query.may_show_partial(rest):
                reply = self.reply(query, source, rest, cached=True)
                if reply.suggestions or reply is NOT_SHOWN_AGAIN:
                    return reply
                answered = answered or (source.complete and source.prompt == query.prompt)
        return NO_SUGGESTION if answered and not query.request.manual else None

    def reply(self, query: Query, source: Flight | Answer, rest: str, *, cached: bool = False) -> Reply:
        """Return the reply to a query; `rest` is the part of the source's text that is not typed yet."""
        if isinstance(source, Flight) and source.error is not None:
            return Reply(reason=str(source.error), error=source.error)
        ended, cut_off = source.finish == "stop", source.finish == "length"
        completion = shape.trim(rest, query.cursor, query.limits, ended=ended, cut_off=cut_off)
        manual = query.request.manual
        if not manual and query.session.suggestions.is_not_shown_again(query.prompt, completion):
            return NOT_SHOWN_AGAIN
        if not policy.worth_showing(completion, query.cursor, manual=manual):
            return NO_SUGGESTION
        return self._show(query, source, completion, cached=cached)

    def _sources(self, prompt: Prompt) -> Iterator[tuple[Flight | Answer, str]]:
        for flight in self._calls:
            rest = None if flight.question.limits.variant else flight.rest_at(prompt)
            if rest:
                flight.cancel_close()
                yield flight, _displayable(flight, rest)
        yield from self._answers.find(prompt)

    def still_shown(self, query: Query) -> Reply | None:
        """Return the rest of the shown suggestion, extended by new text of its source.

        The suggestion never shrinks or changes. The policy does not apply to it, because it may come from a manual
        request.
        """
        for shown in query.session.suggestions.on_screen:
            left = None if shown.accepted else shown.at(query.prompt, query.cursor)
            if left:
                return self._show(query, shown.source, self._grown(shown, left, query), cached=True)
        return None

    def set_alternatives(self, query: Query, reply: Reply) -> None:
        """Record the completions to choose from; the first is shown until the user chooses."""
        query.session.suggestions.set_alternatives(
            [
                self._shown_of(query, suggestion.source, suggestion.completion)
                for suggestion in reply.suggestions
            ]
        )

    def _grown(self, shown: ShownSuggestion, left: Completion, query: Query) -> Completion:
        """Return `left`, extended by the text that its source has received since.

        If other text follows on the line, `left` does not grow: it would replace that text and look like another
        suggestion.
        """
        if shown.source_length == _source_length(shown.source) or query.cursor.rest.strip():
            return left
        rest = _displayable(shown.source, shown.source.rest_at(query.prompt) or "")
        grown = shape.trim(rest, query.cursor, query.limits) if rest else left
        return grown if grown.text.startswith(left.text) else left

    def grows(self, shown: ShownSuggestion) -> bool:
        """Whether the source has more text than the shown suggestion."""
        left, cursor = shown.completion, shown.cursor
        rest = _displayable(shown.source, shown.source.rest_at(shown.prompt) or "")
        if (
            not rest
            or shown.accepted
            or shown.source_length == _source_length(shown.source)
            or cursor.rest.strip()
        ):
            return False
        grown = shape.trim(rest, cursor, shown.limits).text
        return len(grown) > len(left.text) and grown.startswith(left.text)

    def _show(self, query: Query, source: AnswerSource, completion: Completion, *, cached: bool) -> Reply:
        query.session.suggestions.show(self._shown_of(query, source, completion))
        return Reply((Suggestion.of(source, completion, cached=cached),))

    def _shown_of(self, query: Query, source: AnswerSource, completion: Completion) -> ShownSuggestion:
        before = query.session.suggestions.shown
        known = before if before is not None and before.source is source else None
        typed = typed_since(source.prompt, query.prompt) or ""
        tracker = self._new_tracker(query, source) if known is None or known.state in ENDED else known.tracker
        tracker.shows_up_to(len(typed) + len(completion.text))
        return ShownSuggestion(
            prompt=query.prompt,
            completion=completion,
            cursor=query.cursor,
            limits=query.limits,
            source=source,
            source_length=_source_length(source),
            tracker=tracker,
            since=known.since if known is not None else self._clock(),
            state=_state(known, query.prompt, whole=source.complete),
        )

    def _new_tracker(self, query: Query, source: AnswerSource) -> SuggestionTracker:
        suggested = SuggestionRecord(
            number=self._records.new_id(),
            call_id=source.call_id,
            backend=source.backend_name,
            language=query.cursor.language,
        )
        return SuggestionTracker(suggested, self._records)


def _state(before: ShownSuggestion | None, prompt: Prompt, *, whole: bool) -> SuggestionState:
    """Return the state of the suggestion at `prompt`; `before` is the shown suggestion of the same source, if any."""
    if before is None or before.state in ENDED:  # The text after an accepted piece is a new suggestion.
        return next_state(SuggestionState.REQUESTED, SuggestionEvent.WHOLE if whole else SuggestionEvent.PART)
    state = next_state(before.state, SuggestionEvent.WHOLE if whole else SuggestionEvent.PART)
    return state if before.prompt == prompt else next_state(state, SuggestionEvent.TYPE)


def _displayable(source: AnswerSource, rest: str) -> str:
    """Return the part of `rest` that can be shown; that of an unfinished answer ends at a complete line or token."""
    return policy.complete_part(rest) if isinstance(source, Flight) and not source.done else rest


def _source_length(source: AnswerSource) -> int:
    """Return the number of characters that a flight has received, plus one at its end, which completes the last token.

    It is 0 for a cached answer, which does not grow.
    """
    return len(source.raw) + source.done if isinstance(source, Flight) else 0
