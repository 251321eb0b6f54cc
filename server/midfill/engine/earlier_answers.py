"""The latest answers of a chat model at a place, for the next request there."""

from dataclasses import dataclass, replace

from midfill.core.completion import Completion
from midfill.core.model import Prompt
from midfill.engine.request import Reply, Suggestion

MAX_ANSWERS = 3
"""Maximum number of answers that are sent along; each is as long as a request."""


@dataclass
class EarlierAnswers:
    """The answers at the place of the last manual request, the newest first."""

    _prompt: Prompt | None = None
    _found: tuple[Suggestion, ...] = ()

    def at(self, prompt: Prompt) -> tuple[str, ...]:
        """Return the texts of the latest answers at a place, the newest last."""
        found = self._found if prompt == self._prompt else ()
        return tuple(suggestion.completion.text for suggestion in reversed(found[:MAX_ANSWERS]))

    def add(self, prompt: Prompt, reply: Reply) -> Reply:
        """Record the answers of a reply, and return it with the earlier ones at this place; forget other places."""
        earlier = self._found if prompt == self._prompt else ()
        distinct: dict[Completion, Suggestion] = {}
        for suggestion in (*reply.suggestions, *earlier):
            distinct.setdefault(suggestion.completion, suggestion)
        self._prompt, self._found = prompt, tuple(distinct.values())
        return replace(reply, suggestions=self._found)
