"""What the model has answered, found again by the prompt or by what was typed since."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cachetools import TTLCache

from midfill.core.model import Prompt, Usage
from midfill.core.prompt import beyond, typed_since

RECENT = 64
"""Answers that are compared with a prompt that no answer was given to; a comparison costs about a microsecond."""


class Answer(NamedTuple):
    """A mended answer (see `shape.mend`), uncut: what lies beyond the piece shown serves later prompts."""

    prompt: Prompt
    text: str
    backend_name: str = ""
    model: str = ""
    usage: Usage | None = None
    whole: bool = True
    """The model or the shaping ended it; otherwise it was broken off and may go on."""

    def says(self, prompt: Prompt) -> str | None:
        """Return what this answer says at `prompt`, which may be typed further; None if it says nothing there."""
        typed = typed_since(self.prompt, prompt)
        return None if typed is None else beyond(self.text, typed)


class Answers:
    """The latest answers, up to a capacity and an age; empty ones for a shorter time.

    Args:
        capacity: answers kept; the longest unused is dropped first. With none, nothing is kept.
        ttl: seconds an answer lives.
        empty_ttl: seconds an empty answer lives.
        clock: gives the seconds now.
    """

    def __init__(self, capacity: int, ttl: float, empty_ttl: float, clock: Callable[[], float]) -> None:
        self._keeps = capacity > 0
        self._answers: TTLCache[Prompt, Answer] = TTLCache(max(1, capacity), ttl, clock)
        self._empty: TTLCache[Prompt, bool] = TTLCache(max(1, capacity), empty_ttl, clock)
        self._recent: deque[Answer] = deque(maxlen=min(RECENT, max(1, capacity)))

    def __len__(self) -> int:
        return len(self._answers)

    def put(self, answer: Answer) -> None:
        """Keep an answer; an empty one means that the model has nothing to say there, unless it was broken off."""
        if not self._keeps:
            return
        if not answer.text:
            if answer.whole:
                self._empty[answer.prompt] = True
            return
        self._empty.pop(answer.prompt, None)
        old = self._answers.get(answer.prompt)
        if old is not None and old in self._recent:
            self._recent.remove(old)
        self._answers[answer.prompt] = answer
        self._recent.append(answer)

    def is_empty(self, prompt: Prompt) -> bool:
        """Whether the model lately had nothing to say at this very prompt."""
        return prompt in self._empty

    def find(self, prompt: Prompt) -> Iterator[tuple[Answer, str]]:
        """Yield the answers that still hold at `prompt`, with what each says there: the exact one, then the newest."""
        exact = self._answers.get(prompt)
        if exact is not None:
            yield exact, exact.text
        for answer in reversed(tuple(self._recent)):
            if answer is exact or answer.prompt not in self._answers:
                continue
            text = answer.says(prompt)
            if text:
                yield answer, text
