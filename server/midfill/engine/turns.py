"""What a model that thinks has answered at a place, for when it is asked there again."""

from collections.abc import Iterable
from dataclasses import dataclass

from midfill.core.model import Prompt

MOST = 3
"""Answers that go along: each is as long as a question."""


@dataclass
class Turns:
    """The answers at the place where the user asked by hand last, the oldest first."""

    _prompt: Prompt | None = None
    _texts: tuple[str, ...] = ()

    def at(self, prompt: Prompt) -> tuple[str, ...]:
        """Return the answers at a place."""
        return self._texts if prompt == self._prompt else ()

    def take(self, prompt: Prompt, texts: Iterable[str]) -> None:
        """Take note of answers at a place, and forget those at others."""
        known = dict.fromkeys((*self.at(prompt), *texts))
        self._prompt, self._texts = prompt, tuple(known)[-MOST:]
