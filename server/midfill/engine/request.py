"""The engine's requests and replies."""

from dataclasses import dataclass
from typing import Protocol

from midfill.core.completion import Completion
from midfill.core.cursor import Cursor
from midfill.core.model import BackendError, Prompt, Usage
from midfill.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request for a completion at a cursor."""

    cursor: Cursor
    at: float
    """Time of the request, in seconds of the engine's clock."""
    manual: bool = False
    whole_only: bool = False
    """The client cannot use an incomplete line: it does not update a shown suggestion."""
    refreshes: bool = False
    """The client repeats the request when the server reports more text."""
    again: bool = True
    """A repeated manual request wants another answer, if the backend is a chat model."""
    completion_count: int = 1
    """Number of completions to choose from; each requires a call."""
    settings: Settings | None = None
    """The settings of the document's folder; None for the engine's own."""


class Answer(Protocol):
    """A flight or a cached answer that supplies the text of a suggestion."""

    @property
    def backend_name(self) -> str:
        """The name of the backend that answered."""
        ...

    @property
    def model(self) -> str:
        """The model named in the answer; empty if unknown."""
        ...

    @property
    def usage(self) -> Usage | None:
        """The tokens of the call; None until they are known."""
        ...

    @property
    def complete(self) -> bool:
        """Whether no more text will follow."""
        ...

    @property
    def call_id(self) -> int:
        """The number of the call in the ledger."""
        ...

    @property
    def prompt(self) -> Prompt:
        """The prompt of the call."""
        ...

    def remaining_text_at(self, prompt: Prompt) -> str | None:
        """Return the rest of the text at `prompt`; None if the text disagrees."""
        ...


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One completion and its answer."""

    completion: Completion
    answer: Answer
    cached: bool = False
    """The suggestion required no call and no wait."""
    model: str = ""
    """The model named in the answer; empty if unknown."""
    usage: Usage | None = None
    """The tokens of the call; None until they are known."""

    @classmethod
    def of(cls, answer: Answer, completion: Completion, *, cached: bool = False) -> "Suggestion":
        """Return a suggestion with the given completion and answer."""
        return cls(
            completion=completion, answer=answer, cached=cached, model=answer.model, usage=answer.usage
        )


@dataclass(frozen=True)
class Reply:
    """The answer to a request: suggestions, best first, or the reason for none as text."""

    suggestions: tuple[Suggestion, ...] = ()
    reason: str = ""
    error: BackendError | None = None
    """The failure behind the reason, if any."""

    def __str__(self) -> str:
        """Describe the reply without the text of a suggestion."""
        count = len(self.suggestions)
        return f"{count} suggestions" + (" from the cache" if self.cached else "") if count else self.reason

    def without_contradicted(self, typed: str | None) -> "Reply":
        """Return the reply without the suggestions that contradict `typed`, the text typed meanwhile (None: all)."""
        fitting = () if typed is None else self.suggestions
        kept = tuple(
            suggestion for suggestion in fitting if suggestion.completion.text.startswith(typed or "")
        )
        return Reply(kept, reason="the document has been changed since")

    @property
    def cached(self) -> bool:
        """Whether the first suggestion required no call and no wait."""
        return bool(self.suggestions) and self.suggestions[0].cached


SUPERSEDED = Reply(reason="a newer request took its place")
NOT_SHOWN_AGAIN = Reply(reason="the suggestion for this place was dismissed")
NO_SUGGESTION = Reply(reason="the model has nothing to suggest here")
TOO_MANY_CALLS = "too many calls are in progress (setting requests.max_flights)"
"""The reason if a request has waited in the queue until its deadline."""
