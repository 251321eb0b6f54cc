"""What the engine knows of one open document."""

from dataclasses import dataclass, field

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.edit import Edit
from midfill.core.model import Ask, Prompt
from midfill.core.pairs import MOST_CLOSERS, repeated, same
from midfill.core.prompt import beyond, typed_since
from midfill.engine.request import Reply, Source
from midfill.engine.waiter import Waiter

_SEEN = 0.75
"""Seconds that a suggestion has to stand before it counts as seen (Cody; Copilot and Continue take 0.5 to 10)."""


@dataclass
class Shown:
    """The suggestion that stands in the editor."""

    prompt: Prompt
    completion: Completion
    cursor: Cursor
    """Where it was shown."""
    ask: Ask
    source: Source
    source_length: int
    """How much its source had said by then, in characters."""
    since: float
    """When it first stood there, in seconds of the engine's clock."""
    accepted: bool = False
    followed: bool = False
    """What comes after it has been asked for ahead of time."""

    def at(self, prompt: Prompt, cursor: Cursor) -> Completion | None:
        """Return what is left of it at `cursor`; None if what was typed contradicts it or has used it up."""
        typed = typed_since(self.prompt, prompt)
        left = None if typed is None else beyond(self.completion.text, typed)
        if typed is None or not left:
            return None
        over = self._over(prompt, cursor)
        return None if over is None else Completion(left, repeated(left, cursor.rest[:over]))

    def _over(self, prompt: Prompt, cursor: Cursor) -> int | None:
        """Return how many characters behind the cursor it is to replace now; None where Enter has moved them.

        Closers have `gone` that were typed over, others have `come` in front of the rest with what they close.
        """
        rest = self.cursor.rest
        for gone in range(min(MOST_CLOSERS, len(rest)) + 1):
            come = len(cursor.rest) - len(rest) + gone
            if come >= 0 and same(self.prompt.suffix[gone:], prompt.suffix[come:]):
                return max(0, self.completion.replace - gone + come)
        return None if self.completion.replace or cursor.rest.strip() else 0

    def was_seen(self, now: float) -> bool:
        """Whether it stood long enough to be read."""
        return now - self.since >= _SEEN


@dataclass
class Session:
    """One document's requests in wait, the suggestion it shows, and its last change."""

    waiters: set[Waiter] = field(default_factory=set)
    shown: Shown | None = None
    edit: Edit | None = None
    refused: tuple[Prompt, str] | None = None
    """Where the user threw a suggestion away, and which: it is not offered there again by itself."""
    typed_at: float = 0.0
    """When that was, in seconds of the engine's clock."""
    just_accepted: bool = False
    offered: list[Shown] = field(default_factory=list)
    """The completions to choose from; the editor shows one of them, nobody knows which."""
    taken: Shown | None = None
    """The suggestion whose whole text the last change has put in."""
    choices: tuple[Prompt, Reply] | None = None
    """The completions to choose from that were given last, and where."""

    def note(self, edit: Edit, at: float) -> None:
        """Take note of the user's change at `at` seconds; one that puts in what is shown is an accept, not a paste."""
        text = edit.inserted
        agreeing = [
            shown for shown in self.on_screen if len(text) > 1 and shown.completion.text.startswith(text)
        ]
        self.edit = edit._replace(accepted=bool(agreeing))
        self.just_accepted = bool(agreeing)
        self.taken = next((shown for shown in agreeing if shown.completion.text == text), None)
        self.typed_at = at

    @property
    def on_screen(self) -> list[Shown]:
        """What may stand in the editor, the likeliest first."""
        return [*([self.shown] if self.shown is not None else []), *self.offered]

    def recognise(self, prompt: Prompt) -> None:
        """See at `prompt` whether the last change has put in what is shown, or what was left of it.

        Only here do both have the same line ends, and what was typed along before counts.
        """
        if self.edit is None or len(self.edit.inserted) < 2:
            return
        for shown in self.on_screen:
            typed = typed_since(shown.prompt, prompt)
            if typed and shown.completion.text.startswith(typed):
                self.edit = self.edit._replace(accepted=True)
                self.just_accepted = True
                self.taken = shown if shown.completion.text == typed else None
                return

    def accept(self) -> None:
        """Take note that the whole of what is shown was taken; undone, it is not offered again by itself."""
        self.just_accepted = True
        taken = self.taken or self.shown  # By the time this is told, what comes next may be shown already.
        if taken is not None:
            taken.accepted = True
            self.refused = (taken.prompt, taken.completion.text)

    def refuse(self) -> None:
        """Take note that what is shown was thrown away."""
        if self.shown is not None:
            self.refused = (self.shown.prompt, self.shown.completion.text)
            self.shown = None
        self.offered.clear()

    def begin(self, prompt: Prompt) -> Waiter:
        """Open a request's waiter, and end those of all requests for another place: the newest wins.

        Two requests for the same place (a popup's and an inline one, for one key) are both served.
        """
        for waiter in self.waiters:
            if waiter.prompt != prompt:
                waiter.end()
        waiter = Waiter(prompt)
        self.waiters.add(waiter)
        return waiter

    def supersede(self) -> None:
        """End all waiters: the newest request needs none, or there is no document any more."""
        for waiter in self.waiters:
            waiter.end()

    def refuses(self, prompt: Prompt, completion: Completion) -> bool:
        """Whether the user has just thrown this very suggestion away, here or at its beginning."""
        if self.refused is None:
            return False
        place, text = self.refused
        typed = typed_since(place, prompt)
        left = None if typed is None else beyond(text, typed)
        return bool(left) and completion.text.startswith(left or "")
