"""The latest answers of a reasoning model at a place, for the next request there."""

from collections.abc import Iterable
from dataclasses import dataclass

from midfill.core.model import Prompt

MOST = 3
"""Maximum number of answers that are sent along; each is as long as a question."""


@dataclass
class Turns:
    """The answers at the place of the last manual request, the oldest first."""

    _prompt: Prompt | None = None
    _texts: tuple[str, ...] = ()

    def at(self, prompt: Prompt) -> tuple[str, ...]:
        """Return the answers at a place."""
        return self._texts if prompt == self._prompt else ()

    def take(self, prompt: Prompt, texts: Iterable[str]) -> None:
        """Record answers at a place, and forget those of other places."""
        known = dict.fromkeys((*self.at(prompt), *texts))
        self._prompt, self._texts = prompt, tuple(known)[-MOST:]
