"""What the engine is asked, and what it replies."""

from dataclasses import dataclass
from typing import Protocol

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.model import ModelError, Prompt, Usage


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request for a completion at a cursor."""

    cursor: Cursor
    at: float
    """When the key was typed, in seconds of the engine's clock; the debounce counts from here."""
    manual: bool = False
    patient: bool = False
    """A part of a line would not do: a popup does not grow."""
    refreshes: bool = False
    """Whoever asks can be told that there is more, and asks again."""
    choices: int = 1
    """How many completions to choose from are wanted; each is a call."""


class Source(Protocol):
    """A flight or an answer: what a suggestion is cut from, and can grow from."""

    @property
    def backend_name(self) -> str:
        """Who said it."""
        ...

    @property
    def model(self) -> str:
        """The model that says it answered; empty if that is not known."""
        ...

    @property
    def usage(self) -> Usage | None:
        """What it has cost, once that is known."""
        ...

    @property
    def whole(self) -> bool:
        """Whether it says no more than it has said."""
        ...

    def says(self, prompt: Prompt) -> str | None:
        """Return what it says at `prompt`, None if nothing."""
        ...


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One completion, and where it came from."""

    completion: Completion
    source: Source
    cached: bool = False
    """No call was made or waited for."""
    model: str = ""
    """The model that says it answered, as far as is known."""
    usage: Usage | None = None
    """What the call has cost, once that is known."""

    @classmethod
    def of(cls, source: Source, completion: Completion, *, cached: bool = False) -> "Suggestion":
        """Return the suggestion of a completion that `source` has said."""
        return cls(
            completion=completion, source=source, cached=cached, model=source.model, usage=source.usage
        )


@dataclass(frozen=True)
class Reply:
    """The answer to a request: suggestions, best first, or the reason why there are none (in words)."""

    suggestions: tuple[Suggestion, ...] = ()
    reason: str = ""
    error: ModelError | None = None
    """The failure that is the reason, if one is."""

    def __str__(self) -> str:
        """Say what it is, without any of the text."""
        count = len(self.suggestions)
        return f"{count} suggestions" + (" from the cache" if self.cached else "") if count else self.reason

    def agreeing(self, typed: str | None) -> "Reply":
        """Return the reply without the suggestions that `typed`, put in meanwhile, contradicts (None: all)."""
        fitting = () if typed is None else self.suggestions
        kept = tuple(of for of in fitting if of.completion.text.startswith(typed or ""))
        return Reply(kept, reason="the document has been changed since")

    @property
    def cached(self) -> bool:
        """Whether it took no call and no wait."""
        return bool(self.suggestions) and self.suggestions[0].cached


SUPERSEDED = Reply(reason="a newer request took its place")
DECLINED = Reply(reason="the suggestion for this place was dismissed")
NOTHING = Reply(reason="the model has nothing to suggest here")
