"""What can be shown with no wait: what is shown already, what a flight has brought so far, what was answered."""

from collections.abc import Callable, Iterator

from midfill.core import policy, shape
from midfill.core.answers import Answer, Answers
from midfill.core.completion import Completion
from midfill.core.model import Prompt
from midfill.engine.calls import Calls
from midfill.engine.flight import Flight
from midfill.engine.query import Query
from midfill.engine.request import DECLINED, NOTHING, Reply, Source, Suggestion
from midfill.engine.suggestion import ENDED, Event, Shown, State, after


class Suggester:
    """Turns what is known into replies, and remembers what is shown.

    Args:
        answers: what the model has answered.
        calls: the calls under way.
        clock: gives the seconds now.
    """

    def __init__(self, answers: Answers, calls: Calls, clock: Callable[[], float]) -> None:
        self._answers = answers
        self._calls = calls
        self._clock = clock

    def known(self, query: Query) -> Reply | None:
        """Return what can be shown now, where nothing is any more; None if the model has to be asked."""
        answered = self._answers.is_empty(query.prompt)
        for source, said in self._sources(query.prompt):
            if source.whole or query.may_show_partial(said):
                reply = self.reply(query, source, said, cached=True)
                if reply.suggestions or reply is DECLINED:
                    return reply
                answered = answered or (source.whole and source.prompt == query.prompt)
        return NOTHING if answered and not query.request.manual else None

    def reply(self, query: Query, source: Flight | Answer, said: str, *, cached: bool = False) -> Reply:
        """Return the reply to a query that `source` answers by saying `said`."""
        if isinstance(source, Flight) and source.error is not None:
            return Reply(reason=str(source.error), error=source.error)
        completion = shape.trim(said, query.cursor, query.ask)
        manual = query.request.manual
        if not manual and query.session.suggestions.declined(query.prompt, completion):
            return DECLINED
        if not policy.worth_showing(completion, query.cursor, manual=manual):
            return NOTHING
        return self._show(query, source, completion, cached=cached)

    def _sources(self, prompt: Prompt) -> Iterator[tuple[Flight | Answer, str]]:
        for flight in self._calls:
            said = None if flight.question.ask.variant else flight.says(prompt)
            if said:
                flight.keep()
                yield flight, _sound(flight, said)
        yield from self._answers.find(prompt)

    def still_shown(self, query: Query) -> Reply | None:
        """Return what is left of what is shown, grown by what its source says by now; it never shrinks or swaps.

        It stays whatever speaks against asking here: the user may have asked for it by key.
        """
        for shown in query.session.suggestions.on_screen:
            left = None if shown.accepted else shown.at(query.prompt, query.cursor)
            if left:
                return self._show(query, shown.source, self._grown(shown, left, query), cached=True)
        return None

    def offer(self, query: Query, reply: Reply) -> None:
        """Take note of the completions to choose from; the first of them is shown until the user chooses."""
        query.session.suggestions.offer(
            [self._shown_of(query, of.source, of.completion) for of in reply.suggestions]
        )

    def _grown(self, shown: Shown, left: Completion, query: Query) -> Completion:
        """Return `left`, or what has become of it if its source has said more since it was shown.

        In front of other text it stays as it is: grown, it would take that text over, and look like another.
        """
        if shown.source_length == _source_length(shown.source) or query.cursor.rest.strip():
            return left
        said = _sound(shown.source, shown.source.says(query.prompt) or "")
        grown = shape.trim(said, query.cursor, query.ask) if said else left
        return grown if grown.text.startswith(left.text) else left

    def grows(self, shown: Shown) -> bool:
        """Whether more of a suggestion can be shown by now than stands there."""
        left, cursor = shown.completion, shown.cursor
        said = _sound(shown.source, shown.source.says(shown.prompt) or "")
        if (
            not said
            or shown.accepted
            or shown.source_length == _source_length(shown.source)
            or cursor.rest.strip()
        ):
            return False
        grown = shape.trim(said, cursor, shown.ask).text
        return len(grown) > len(left.text) and grown.startswith(left.text)

    def _show(self, query: Query, source: Source, completion: Completion, *, cached: bool) -> Reply:
        query.session.suggestions.shown = self._shown_of(query, source, completion)
        return Reply((Suggestion.of(source, completion, cached=cached),))

    def _shown_of(self, query: Query, source: Source, completion: Completion) -> Shown:
        before = query.session.suggestions.shown
        known = before if before is not None and before.source is source else None
        return Shown(
            prompt=query.prompt,
            completion=completion,
            cursor=query.cursor,
            ask=query.ask,
            source=source,
            source_length=_source_length(source),
            since=known.since if known is not None else self._clock(),
            state=_state(known, query.prompt, whole=source.whole),
        )


def _state(before: Shown | None, prompt: Prompt, *, whole: bool) -> State:
    """Return the state of what is shown at `prompt`, which `before` was shown of the same source, if anything was."""
    if before is None or before.state in ENDED:  # What follows an accepted piece is a suggestion of its own.
        return after(State.ASKED, Event.WHOLE if whole else Event.PART)
    state = after(before.state, Event.WHOLE if whole else Event.PART)
    return state if before.prompt == prompt else after(state, Event.TYPE)


def _sound(source: Source, said: str) -> str:
    """Return what can be shown of what a source says: of an unfinished answer no torn line or token."""
    return policy.sound_part(said) if isinstance(source, Flight) and not source.done else said


def _source_length(source: Source) -> int:
    """Return how much a source has said; an answer says no more."""
    return len(source.raw) if isinstance(source, Flight) else 0
