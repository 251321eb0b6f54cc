"""The cache of answers, searched by prompt and by the text typed since."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cachetools import TTLCache

from midfill.core.model import FinishReason, Prompt, Usage
from midfill.core.prompt import remaining_text, typed_since

MAX_RECENT_ANSWERS = 64
"""Maximum recent answers that are compared with a new prompt; a comparison takes about 1 us."""


class CachedAnswer(NamedTuple):
    """A mended answer (see `shape.mend`); it is not trimmed, because later prompts use the rest."""

    prompt: Prompt
    text: str
    backend_name: str = ""
    model: str = ""
    usage: Usage | None = None
    complete: bool = True
    """No more text can be shown: the model ended it, or the engine read enough. Otherwise the call was cut off."""
    finish_reason: FinishReason | None = "stop"
    """Why the model ended it; None if the engine did."""
    call_id: int = 0
    """The number of the call in the ledger."""

    def remaining_text_at(self, prompt: Prompt) -> str | None:
        """Return the rest of this answer at `prompt`; None if the typed text differs from it."""
        typed = typed_since(self.prompt, prompt)
        return None if typed is None else remaining_text(self.text, typed)


class AnswerCache:
    """A cache of the latest answers, limited by capacity and age.

    Args:
        capacity: maximum number of answers; the least recently used is dropped first. 0 disables the cache.
        ttl: lifetime of an answer, in seconds.
        empty_ttl: lifetime of an empty answer, in seconds.
        clock: returns the current time in seconds.
    """

    def __init__(self, capacity: int, ttl: float, empty_ttl: float, clock: Callable[[], float]) -> None:
        self._keeps = capacity > 0
        self._answers: TTLCache[Prompt, CachedAnswer] = TTLCache(max(1, capacity), ttl, clock)
        self._empty: TTLCache[Prompt, bool] = TTLCache(max(1, capacity), empty_ttl, clock)
        self._recent: deque[CachedAnswer] = deque(maxlen=min(MAX_RECENT_ANSWERS, max(1, capacity)))

    def __len__(self) -> int:
        return len(self._answers)

    def put(self, answer: CachedAnswer) -> None:
        """Store an answer; an empty complete answer records that the model suggests nothing at its prompt."""
        if not self._keeps:
            return
        if not answer.text:
            if answer.complete:
                self._empty[answer.prompt] = True
            return
        self._empty.pop(answer.prompt, None)
        old = self._answers.get(answer.prompt)
        if old is not None and old in self._recent:
            self._recent.remove(old)
        self._answers[answer.prompt] = answer
        self._recent.append(answer)

    def is_empty(self, prompt: Prompt) -> bool:
        """Whether the cache holds an empty answer for exactly this prompt."""
        return prompt in self._empty

    def find(self, prompt: Prompt) -> Iterator[tuple[CachedAnswer, str]]:
        """Yield the answers that agree with `prompt`, each with its rest: the exact one first, then the newest."""
        exact = self._answers.get(prompt)
        if exact is not None:
            yield exact, exact.text
        for answer in reversed(tuple(self._recent)):
            text = None if answer is exact else answer.remaining_text_at(prompt)
            if text and answer.prompt in self._answers:  # Checked last: it takes longer than the comparison.
                yield answer, text
