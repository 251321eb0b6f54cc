"""The life of a suggestion: its states, what moves it from one to the next, and who holds those of a document."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.edit import Edit
from midfill.core.model import Ask, Prompt
from midfill.core.pairs import MOST_CLOSERS, repeated, same
from midfill.core.prompt import beyond, typed_since
from midfill.core.timing import SEEN
from midfill.engine.request import Reply, Source


class State(StrEnum):
    """Where a suggestion is in its life."""

    ASKED = "asked"
    """Nothing is shown yet."""
    STREAMING = "streaming"
    """A part is shown, and its source may say more."""
    SHOWN = "shown"
    TYPED_THROUGH = "typed through"
    """The user has typed its beginning; the rest is shown."""
    PARTLY_ACCEPTED = "partly accepted"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    EXPIRED = "expired"
    """The user has typed something else, or has gone elsewhere."""


class Event(StrEnum):
    """What happens to a suggestion."""

    PART = "a part has come"
    WHOLE = "the whole has come"
    TYPE = "its beginning is typed"
    ACCEPT_PART = "a part is accepted"
    ACCEPT = "the whole is accepted"
    DISMISS = "the user dismisses it"
    EXPIRE = "another text is typed"


_VISIBLE = (State.STREAMING, State.SHOWN, State.TYPED_THROUGH, State.PARTLY_ACCEPTED)

ENDED = frozenset({State.ACCEPTED, State.DISMISSED, State.EXPIRED})
"""States that nothing leads out of."""

TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.ASKED, Event.PART): State.STREAMING,
    (State.ASKED, Event.WHOLE): State.SHOWN,
    (State.ASKED, Event.EXPIRE): State.EXPIRED,
    (State.STREAMING, Event.WHOLE): State.SHOWN,
    **{(state, Event.TYPE): State.TYPED_THROUGH for state in _VISIBLE},
    **{(state, Event.ACCEPT_PART): State.PARTLY_ACCEPTED for state in _VISIBLE},
    **{(state, Event.ACCEPT): State.ACCEPTED for state in _VISIBLE},
    **{(state, Event.DISMISS): State.DISMISSED for state in _VISIBLE},
    **{(state, Event.EXPIRE): State.EXPIRED for state in _VISIBLE},
}
"""The whole life of a suggestion. An event that is not listed for a state leaves it as it is."""


def after(state: State, event: Event) -> State:
    """Return the state that `event` leads to."""
    return TRANSITIONS.get((state, event), state)


@dataclass
class Shown:
    """A suggestion that the editor shows."""

    prompt: Prompt
    completion: Completion
    cursor: Cursor
    """Where it was shown."""
    ask: Ask
    source: Source
    source_length: int
    """How much its source had said by then, in characters."""
    since: float
    """When it was first shown, in seconds of the engine's clock."""
    state: State = State.SHOWN
    speculated: bool = False
    """What comes after it has been asked for ahead of time."""

    def move(self, event: Event) -> None:
        """Change the state as `TRANSITIONS` says."""
        self.state = after(self.state, event)

    @property
    def accepted(self) -> bool:
        """Whether the user has accepted the whole of it."""
        return self.state is State.ACCEPTED

    def at(self, prompt: Prompt, cursor: Cursor) -> Completion | None:
        """Return what is left of it at `cursor`; None if the text typed since contradicts it or has used it up."""
        typed = typed_since(self.prompt, prompt)
        left = None if typed is None else beyond(self.completion.text, typed)
        if typed is None or not left:
            return None
        over = self._over(prompt, cursor)
        return None if over is None else Completion(left, repeated(left, cursor.rest[:over]))

    def _over(self, prompt: Prompt, cursor: Cursor) -> int | None:
        """Return how many characters behind the cursor it replaces now; None where Enter has moved them.

        Closers have `gone` that were typed over. Others have `come` in front of the rest with what they close.
        """
        rest = self.cursor.rest
        for gone in range(min(MOST_CLOSERS, len(rest)) + 1):
            come = len(cursor.rest) - len(rest) + gone
            if come >= 0 and same(self.prompt.suffix[gone:], prompt.suffix[come:]):
                return max(0, self.completion.replace - gone + come)
        return None if self.completion.replace or cursor.rest.strip() else 0

    def was_seen(self, now: float) -> bool:
        """Whether it was shown long enough to be read."""
        return now - self.since >= SEEN


@dataclass
class Suggestions:
    """The suggestions of one document; every change of their states goes through here."""

    shown: Shown | None = None
    alternatives: list[Shown] = field(default_factory=list)
    """The completions to choose from. The editor shows one of them, and does not say which."""
    chosen_from: tuple[Prompt, Reply] | None = None
    """The completions to choose from that were given last, and where."""
    just_accepted: bool = False
    """The last edit has put in a suggestion, or a part of one."""
    _inserted: Shown | None = None
    """The suggestion whose whole text the last edit has put in."""
    _declined: tuple[Prompt, str] | None = None
    """Where the user has dismissed or undone a suggestion, and its text: it does not come back by itself."""

    @property
    def on_screen(self) -> list[Shown]:
        """What the editor may show, the likeliest first."""
        return [*([self.shown] if self.shown is not None else []), *self.alternatives]

    def edited(self, edit: Edit) -> Edit:
        """Take note of the user's edit; return it, marked as accepted if it puts in a suggestion."""
        text = edit.inserted
        agreeing = [of for of in self.on_screen if len(text) > 1 and of.completion.text.startswith(text)]
        self.just_accepted = bool(agreeing)
        self._inserted = next((of for of in agreeing if of.completion.text == text), None)
        return edit._replace(accepted=bool(agreeing))

    def recognise(self, edit: Edit, prompt: Prompt) -> Edit:
        """Return the edit, marked as accepted if it has put in a suggestion or what was left of one.

        Only at a prompt do both have the same line ends, and only there does what was typed before count.
        """
        for shown in self.on_screen if len(edit.inserted) > 1 else []:
            typed = typed_since(shown.prompt, prompt)
            if typed and shown.completion.text.startswith(typed):
                self.just_accepted = True
                self._inserted = shown if shown.completion.text == typed else None
                return edit._replace(accepted=True)
        return edit

    def accept(self) -> None:
        """Take note that the whole of what is shown was accepted; undone, it does not come back by itself."""
        self.just_accepted = True
        accepted = self._inserted or self.shown  # What comes next may be shown before the accept is told.
        if accepted is not None:
            accepted.move(Event.ACCEPT)
            self._declined = (accepted.prompt, accepted.completion.text)

    def accept_part(self) -> None:
        """Take note that a part of what is shown was accepted; the rest stays."""
        self.just_accepted = True
        if self.shown is not None:
            self.shown.move(Event.ACCEPT_PART)

    def dismiss(self) -> None:
        """Take note that the user has dismissed what is shown."""
        if self.shown is not None:
            self.shown.move(Event.DISMISS)
            self._declined = (self.shown.prompt, self.shown.completion.text)
            self.shown = None
        self.alternatives.clear()

    def hide(self) -> None:
        """Take note that the editor shows nothing any more."""
        if self.shown is not None:
            self.shown.move(Event.EXPIRE)
            self.shown = None

    def expire(self, now: float) -> bool:
        """Take note that another text was typed; return whether the user had seen what was shown, and left it."""
        shown = self.shown
        ignored = shown is not None and not shown.accepted and shown.was_seen(now)
        self.hide()
        self.alternatives.clear()
        return ignored

    def offer(self, alternatives: Sequence[Shown]) -> None:
        """Take note of the completions to choose from; the first is shown until the user chooses."""
        self.alternatives = list(alternatives)
        self.shown = next(iter(self.alternatives), None)

    def declined(self, prompt: Prompt, completion: Completion) -> bool:
        """Whether the user has declined this very suggestion, at this place or at its beginning."""
        if self._declined is None:
            return False
        place, text = self._declined
        typed = typed_since(place, prompt)
        left = None if typed is None else beyond(text, typed)
        return bool(left) and completion.text.startswith(left or "")
