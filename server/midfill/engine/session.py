"""What the engine knows of one open document."""

from dataclasses import dataclass, field
from itertools import takewhile

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.model import Prompt
from midfill.core.prompt import beyond, typed_since
from midfill.core.trail import Stroke
from midfill.engine.request import Reply, Source
from midfill.engine.turn import Turn

_SEEN = 0.75
"""Seconds that a suggestion has to stand before it counts as seen (Cody; Copilot and Continue take 0.5 to 10)."""


@dataclass
class Shown:
    """The suggestion that stands in the editor."""

    prompt: Prompt
    completion: Completion
    rest: str
    """What stood right of the cursor when it was shown."""
    source: Source
    heard: int
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
        over = self.rest[: self.completion.replace]
        if over.strip() and "\n" in typed and not cursor.rest and cursor.next_line.startswith(over.strip()):
            # Enter has put the bracket that was to be replaced on a line of its own; it stays where it is.
            return Completion(left.rstrip().removesuffix(over.strip()).rstrip())
        replace = len(over) + len(cursor.rest) - len(self.rest)
        return Completion(left, _repeated(left, cursor.rest[: max(replace, 0)]))

    def was_seen(self, now: float) -> bool:
        """Whether it stood long enough to be read."""
        return now - self.since >= _SEEN


def _repeated(text: str, behind: str) -> int:
    """Return how many characters at the head of `behind` come again, in their order, in `text`, and may be replaced.

    A closer that the editor put in stays where a text that was broken off does not bring it.
    """
    letters = iter(text)
    return len(tuple(takewhile(lambda char: char in letters, behind)))


@dataclass
class Session:
    """One document's requests in wait, the suggestion it shows, and its last change."""

    turns: set[Turn] = field(default_factory=set)
    shown: Shown | None = None
    stroke: Stroke | None = None
    refused: tuple[Prompt, str] | None = None
    """Where the user threw a suggestion away, and which: it is not offered there again by itself."""
    typed_at: float = 0.0
    """When that was, in seconds of the engine's clock."""
    just_accepted: bool = False
    choices: tuple[Prompt, Reply] | None = None
    """The completions to choose from that were given last, and where."""

    def note(self, stroke: Stroke, at: float) -> None:
        """Take note of the user's change at `at` seconds; one that puts in what is shown is an accept, not a paste."""
        text = stroke.inserted
        accepted = self.shown is not None and len(text) > 1 and self.shown.completion.text.startswith(text)
        self.stroke = stroke._replace(accepted=accepted)
        self.just_accepted = accepted
        self.typed_at = at

    def accept(self) -> None:
        """Take note that the whole of what is shown was taken; undone, it is not offered again by itself."""
        self.just_accepted = True
        if self.shown is not None:
            self.shown.accepted = True
            self.refused = (self.shown.prompt, self.shown.completion.text)

    def refuse(self) -> None:
        """Take note that what is shown was thrown away."""
        if self.shown is not None:
            self.refused = (self.shown.prompt, self.shown.completion.text)
            self.shown = None

    def begin(self, prompt: Prompt) -> Turn:
        """Open a request's turn, and end those of all requests for another place: the newest wins.

        Two requests for the same place (a popup's and an inline one, for one key) are both served.
        """
        for turn in self.turns:
            if turn.prompt != prompt:
                turn.end()
        turn = Turn(prompt)
        self.turns.add(turn)
        return turn

    def supersede(self) -> None:
        """End all turns: the newest request needs none, or there is no document any more."""
        for turn in self.turns:
            turn.end()

    def refuses(self, prompt: Prompt, completion: Completion) -> bool:
        """Whether the user has just thrown this very suggestion away here."""
        return self.refused == (prompt, completion.text)
