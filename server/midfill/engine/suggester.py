"""Replies without a call: the shown suggestion, the text of an in-flight call, or a cached answer."""

from collections.abc import Callable, Iterator

from midfill.core import policy, shape
from midfill.core.answer_cache import AnswerCache, CachedAnswer
from midfill.core.completion import Completion
from midfill.core.model import Prompt
from midfill.core.prompt import typed_since
from midfill.core.records import Records, SuggestionRecord
from midfill.engine.calls import Calls
from midfill.engine.flight import Flight
from midfill.engine.prepared_request import PreparedRequest
from midfill.engine.request import NO_SUGGESTION, NOT_SHOWN_AGAIN, Answer, Reply, Suggestion
from midfill.engine.suggestion import ShownSuggestion, shown_state
from midfill.engine.suggestion_state import ENDED
from midfill.engine.suggestion_tracker import SuggestionTracker


class Suggester:
    """Creates replies from known text, and records the shown suggestion.

    Args:
        answers: the cache of answers.
        calls: the in-flight calls.
        records: records the suggestions.
        clock: returns the current time in seconds.
    """

    def __init__(
        self, answers: AnswerCache, calls: Calls, records: Records, clock: Callable[[], float]
    ) -> None:
        self._answers = answers
        self._calls = calls
        self._records = records
        self._clock = clock

    def known_reply(self, prepared: PreparedRequest) -> Reply | None:
        """Return a reply from an in-flight call or the cache; None if a call is necessary."""
        answered = self._answers.is_empty(prepared.prompt)
        for answer, rest in self._known_answers(prepared.prompt):
            if answer.complete or prepared.may_show_partial(rest):
                reply = self.reply(prepared, answer, rest, cached=True)
                if reply.suggestions or reply is NOT_SHOWN_AGAIN:
                    return reply
                answered = answered or (answer.complete and answer.prompt == prepared.prompt)
        return NO_SUGGESTION if answered and not prepared.request.manual else None

    def reply(
        self, prepared: PreparedRequest, answer: Flight | CachedAnswer, rest: str, *, cached: bool = False
    ) -> Reply:
        """Return the reply to a request; `rest` is the part of the answer's text that is not typed yet."""
        if isinstance(answer, Flight) and answer.error is not None:
            return Reply(reason=str(answer.error), error=answer.error)
        ended, cut_off = answer.finish_reason == "stop", answer.finish_reason == "length"
        completion = shape.trim(
            rest, prepared.cursor, prepared.limits, ended_by_model=ended, hit_token_limit=cut_off
        )
        manual = prepared.request.manual
        if not manual and prepared.document.suggestions.is_not_shown_again(prepared.prompt, completion):
            return NOT_SHOWN_AGAIN
        if not policy.worth_showing(completion, prepared.cursor, manual=manual):
            return NO_SUGGESTION
        return self._show(prepared, answer, completion, cached=cached)

    def _known_answers(self, prompt: Prompt) -> Iterator[tuple[Flight | CachedAnswer, str]]:
        for flight in self._calls:
            rest = (
                None if flight.backend_request.limits.alternative_index else flight.remaining_text_at(prompt)
            )
            if rest:
                flight.cancel_close()
                yield flight, _displayable(flight, rest)
        yield from self._answers.find(prompt)

    def shown_reply(self, prepared: PreparedRequest) -> Reply | None:
        """Return the rest of the shown suggestion, extended by new text of its answer.

        The suggestion never shrinks or changes. The policy does not apply to it, because it may come from a manual
        request.
        """
        for shown in prepared.document.suggestions.on_screen:
            left = None if shown.accepted else shown.at(prepared.prompt, prepared.cursor)
            if left:
                return self._show(prepared, shown.answer, self._grown(shown, left, prepared), cached=True)
        return None

    def set_alternatives(self, prepared: PreparedRequest, reply: Reply) -> None:
        """Record the completions to choose from; the first is shown until the user chooses."""
        prepared.document.suggestions.set_alternatives(
            [
                self._shown_of(prepared, suggestion.answer, suggestion.completion)
                for suggestion in reply.suggestions
            ]
        )

    def _grown(self, shown: ShownSuggestion, left: Completion, prepared: PreparedRequest) -> Completion:
        """Return `left`, extended by the text that its answer has received since.

        If other text follows on the line, `left` does not grow: it would replace that text and look like another
        suggestion.
        """
        if shown.answer_length == _answer_length(shown.answer) or prepared.cursor.rest.strip():
            return left
        rest = _displayable(shown.answer, shown.answer.remaining_text_at(prepared.prompt) or "")
        grown = shape.trim(rest, prepared.cursor, prepared.limits) if rest else left
        return grown if grown.text.startswith(left.text) else left

    def grows(self, shown: ShownSuggestion) -> bool:
        """Whether its answer has more text than the shown suggestion."""
        left, cursor = shown.completion, shown.cursor
        rest = _displayable(shown.answer, shown.answer.remaining_text_at(shown.prompt) or "")
        if (
            not rest
            or shown.accepted
            or shown.answer_length == _answer_length(shown.answer)
            or cursor.rest.strip()
        ):
            return False
        grown = shape.trim(rest, cursor, shown.limits).text
        return len(grown) > len(left.text) and grown.startswith(left.text)

    def _show(
        self, prepared: PreparedRequest, answer: Answer, completion: Completion, *, cached: bool
    ) -> Reply:
        prepared.document.suggestions.show(self._shown_of(prepared, answer, completion))
        return Reply((Suggestion.of(answer, completion, cached=cached),))

    def _shown_of(self, prepared: PreparedRequest, answer: Answer, completion: Completion) -> ShownSuggestion:
        before = prepared.document.suggestions.shown
        known = before if before is not None and before.answer is answer else None
        typed = typed_since(answer.prompt, prepared.prompt) or ""
        tracker = (
            self._new_tracker(prepared, answer) if known is None or known.state in ENDED else known.tracker
        )
        tracker.shows_up_to(len(typed) + len(completion.text))
        return ShownSuggestion(
            prompt=prepared.prompt,
            completion=completion,
            cursor=prepared.cursor,
            limits=prepared.limits,
            answer=answer,
            answer_length=_answer_length(answer),
            tracker=tracker,
            since=known.since if known is not None else self._clock(),
            state=shown_state(known, prepared.prompt, whole=answer.complete),
        )

    def _new_tracker(self, prepared: PreparedRequest, answer: Answer) -> SuggestionTracker:
        record = SuggestionRecord(
            number=self._records.new_id(),
            call_id=answer.call_id,
            backend=answer.backend_name,
            language=prepared.cursor.language,
        )
        return SuggestionTracker(record, self._records)


def _displayable(answer: Answer, rest: str) -> str:
    """Return the part of `rest` that can be shown; that of an unfinished answer ends at a complete line or token."""
    return policy.complete_part(rest) if isinstance(answer, Flight) and not answer.done else rest


def _answer_length(answer: Answer) -> int:
    """Return the number of characters that a flight has received, plus one at its end, which completes the last token.

    It is 0 for a cached answer, which does not grow.
    """
    return len(answer.raw) + answer.done if isinstance(answer, Flight) else 0
