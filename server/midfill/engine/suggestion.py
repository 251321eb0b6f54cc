"""The suggestions of each document, and what happens to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.edit import AUTOMATIC_PAIRS, Edit
from midfill.core.model import AnswerLimits, Prompt
from midfill.core.pairs import MAX_CLOSERS, is_same_suffix, repeated_closers
from midfill.core.prompt import remaining_text, typed_since
from midfill.core.timing import MIN_SEEN_S
from midfill.engine.request import Answer, Reply
from midfill.engine.suggestion_state import ENDED, SuggestionEvent, SuggestionState, next_state
from midfill.engine.suggestion_tracker import AcceptedText, SuggestionTracker


@dataclass
class ShownSuggestion:
    """A suggestion that the editor shows."""

    prompt: Prompt
    completion: Completion
    cursor: Cursor
    """The cursor at which it was shown."""
    limits: AnswerLimits
    answer: Answer
    answer_length: int
    """Characters that its answer had received then, plus one if it had ended."""
    tracker: SuggestionTracker
    since: float
    """Time at which it was first shown, in seconds of the engine's clock."""
    state: SuggestionState = SuggestionState.SHOWN
    speculated: bool = False
    """A speculative call for the text after it was tried."""

    def move(self, event: SuggestionEvent) -> None:
        """Change the state according to `TRANSITIONS`."""
        self.state = next_state(self.state, event)

    @property
    def accepted(self) -> bool:
        """Whether the user has accepted the whole suggestion."""
        return self.state is SuggestionState.ACCEPTED

    def at(self, prompt: Prompt, cursor: Cursor) -> Completion | None:
        """Return the rest of it at `cursor`; None if the typed text differs from it or completes it."""
        typed = typed_since(self.prompt, prompt)
        left = None if typed is None else remaining_text(self.completion.text, typed)
        if typed is None or not left:
            return None
        over = self._over(prompt, cursor)
        return None if over is None else Completion(left, repeated_closers(left, cursor.rest[:over]))

    def _over(self, prompt: Prompt, cursor: Cursor) -> int | None:
        """Return how many characters after the cursor it replaces now; None if Enter moved them.

        The user typed over `typed_over` closers. The editor inserted `inserted` closers before the rest of the line.
        """
        rest = self.cursor.rest
        for typed_over in range(min(MAX_CLOSERS, len(rest)) + 1):
            inserted = cursor.characters_left - self.cursor.characters_left + typed_over
            if inserted >= 0 and is_same_suffix(self.prompt.suffix[typed_over:], prompt.suffix[inserted:]):
                return max(0, self.completion.replace - typed_over + inserted)
        return None if self.completion.replace or cursor.rest.strip() else 0

    def was_seen(self, now: float) -> bool:
        """Whether it was shown for at least `MIN_SEEN_S` seconds."""
        return now - self.since >= MIN_SEEN_S


def shown_state(before: ShownSuggestion | None, prompt: Prompt, *, whole: bool) -> SuggestionState:
    """Return the state of the suggestion at `prompt`; `before` is the shown suggestion of the same answer, if any."""
    if before is None or before.state in ENDED:  # The text after an accepted piece is a new suggestion.
        return next_state(SuggestionState.REQUESTED, SuggestionEvent.WHOLE if whole else SuggestionEvent.PART)
    state = next_state(before.state, SuggestionEvent.WHOLE if whole else SuggestionEvent.PART)
    return state if before.prompt == prompt else next_state(state, SuggestionEvent.TYPE)


class Insertion(NamedTuple):
    """What the last edit inserted of a suggestion, as far as it is known."""

    part: str = ""
    """The inserted part; empty if it is the whole or unknown."""
    whole: ShownSuggestion | None = None
    """The suggestion whose whole text, or the rest of it, was inserted."""


@dataclass
class Suggestions:
    """The suggestions of one document and their state changes."""

    shown: ShownSuggestion | None = None
    alternatives: list[ShownSuggestion] = field(default_factory=list)
    """The completions to choose from; the editor shows one and does not report which."""
    latest_alternatives: tuple[Prompt, Reply] | None = None
    """The latest reply with completions to choose from, and its prompt."""
    insertion: Insertion | None = None
    """What the last edit inserted of a suggestion; None if it inserted other text."""
    _not_shown_again: tuple[Prompt, str] | None = None
    """Prompt and text of the latest accepted or dismissed suggestion; only a manual request shows it again."""

    @property
    def on_screen(self) -> list[ShownSuggestion]:
        """The suggestions that the editor may show, the most likely first."""
        return [*([self.shown] if self.shown is not None else []), *self.alternatives]

    def edited(self, edit: Edit) -> Edit:
        """Record the user's edit and return it, marked as accepted if it inserts a suggestion."""
        text = edit.inserted
        agreeing = [
            shown for shown in self.on_screen if len(text) > 1 and shown.completion.text.startswith(text)
        ]
        whole = next((shown for shown in agreeing if shown.completion.text == text), None)
        part = text if whole is None and text not in AUTOMATIC_PAIRS else ""
        self.insertion = Insertion(part, whole) if agreeing else None
        return edit._replace(accepted=bool(agreeing))

    def mark_accepted(self, edit: Edit, prompt: Prompt) -> Edit:
        """Return the edit, marked as accepted if it inserted a suggestion or the rest of one.

        The comparison uses the prompt: it has uniform line ends, and it holds the text typed before the edit.
        """
        for shown in self.on_screen if len(edit.inserted) > 1 else []:
            typed = typed_since(shown.prompt, prompt)
            if typed and shown.completion.text.startswith(typed):
                whole = shown.completion.text == typed
                self.insertion = Insertion(whole=shown) if whole else Insertion(edit.inserted)
                return edit._replace(accepted=True)
        return edit

    def accept(self) -> AcceptedText | None:
        """Record that the whole suggestion was accepted; after an undo only a manual request shows it again."""
        self.insertion = self.insertion or Insertion()
        shown = self.insertion.whole or self.shown  # The next can be shown before the accept arrives.
        if shown is None:
            return None
        known = shown.accepted
        shown.move(SuggestionEvent.ACCEPT)
        self._not_shown_again = (shown.prompt, shown.completion.text)
        return None if known else _accepted(shown, shown.completion.text, whole=True)

    def accept_part(self) -> AcceptedText | None:
        """Record that a part of the suggestion was accepted; the rest stays shown."""
        insertion = self.insertion or Insertion()
        self.insertion = insertion._replace(part="")
        if self.shown is None:
            return None
        self.shown.move(SuggestionEvent.ACCEPT_PART)
        text = insertion.part or self.shown.completion.text[:1]
        return _accepted(self.shown, text, whole=False)

    def dismiss(self) -> None:
        """Record that the user dismissed the suggestion."""
        if self.shown is not None:
            self.shown.move(SuggestionEvent.DISMISS)
            self.shown.tracker.dismissed()
            self._not_shown_again = (self.shown.prompt, self.shown.completion.text)
        self.expire()

    def expire(self) -> None:
        """Record that the editor no longer shows anything."""
        self._put(None, ())

    def drop(self, backend: str) -> None:
        """Forget a backend's answers, because another backend may answer at the same place."""
        if any(shown.answer.backend_name == backend for shown in self.on_screen):
            self.expire()

    def end_shown(self, now: float) -> bool:
        """End the suggestions on the screen; return whether the user saw the shown one and ignored it."""
        shown = self.shown
        self.expire()
        return shown is not None and not shown.accepted and shown.was_seen(now)

    def show(self, shown: ShownSuggestion) -> None:
        """Record the suggestion that the editor receives, in place of the one that it shows."""
        self._put(shown, self.alternatives)

    def set_alternatives(self, alternatives: Sequence[ShownSuggestion]) -> None:
        """Record the completions to choose from; the first is shown until the user chooses."""
        self._put(next(iter(alternatives), None), alternatives)

    def _put(self, shown: ShownSuggestion | None, alternatives: Sequence[ShownSuggestion]) -> None:
        """Replace the suggestions on the screen; those that are no longer among them expire."""
        before = self.on_screen
        self.shown, self.alternatives = shown, list(alternatives)
        for replaced in before:
            if not any(replaced is kept for kept in self.on_screen):
                replaced.move(SuggestionEvent.EXPIRE)
            if shown is None or replaced.tracker is not shown.tracker:
                replaced.tracker.no_longer_shown()

    def is_not_shown_again(self, prompt: Prompt, completion: Completion) -> bool:
        """Whether `completion` starts with the rest, at `prompt`, of the suggestion that is not shown again."""
        if self._not_shown_again is None:
            return False
        place, text = self._not_shown_again
        typed = typed_since(place, prompt)
        left = None if typed is None else remaining_text(text, typed)
        return left is not None and left != "" and completion.text.startswith(left)


def _accepted(shown: ShownSuggestion, text: str, *, whole: bool) -> AcceptedText:
    shown.tracker.accepted(text, whole=whole)
    return AcceptedText(shown.tracker, text, shown.cursor.row)
