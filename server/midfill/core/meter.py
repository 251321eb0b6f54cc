"""What a call used: as the provider has told it, or estimated from those of which it has."""

from collections import deque
from typing import NamedTuple

from midfill.core.booking import Called
from midfill.core.model import Prompt
from midfill.core.tokens import estimate

RECENT = 16
"""Prompts that a new one is compared with, to see what of it was cached."""
UNIT = 128
"""Tokens that DeepSeek caches as one (measured): a part of one is not found."""
_WEIGHT = 0.2
"""Weight of the latest call in the running means."""
_CONTROL = 4
"""Tokens that the endpoint adds to a prompt: begin of sentence, begin, hole and end."""


class Guess(NamedTuple):
    """Tokens by the number of characters, before anything was learned."""

    prompt: float = 0.0
    output: float = 0.0


NOTHING = Guess()


class Habit(NamedTuple):
    """What was learned of a model before: told tokens, and the guesses at them."""

    told: Guess
    guessed: Guess


class Tokens(NamedTuple):
    """The tokens of a call."""

    cached: int = 0
    missed: int = 0
    output: int = 0
    estimated: bool = False
    """The stream was closed before its usage came."""
    guess: Guess = NOTHING
    """What the characters alone say."""

    @property
    def all(self) -> int:
        """All of them."""
        return self.cached + self.missed + self.output


class Meter:
    """Counts the tokens of calls of one model, and learns from those that are told how to estimate the others."""

    def __init__(self, habit: Habit | None = None) -> None:
        self._prompt = _Ratio()
        """Told tokens of prompts, to those that are estimated from their characters."""
        self._output = _Ratio()
        self._cached = _Ratio()
        """Told cached tokens, to those of the longest beginning that was sent before."""
        self._recent: deque[str] = deque(maxlen=RECENT)
        if habit is not None:
            self._prompt.learn(habit.guessed.prompt, habit.told.prompt)
            self._output.learn(habit.guessed.output, habit.told.output)

    def read(self, call: Called) -> Tokens:
        """Return the tokens of a call."""
        guess, again = Guess(_of(call.prompt), estimate(call.text)), self._again(call.prompt)
        if call.read or call.usage is not None:
            self._recent.append(_joined(call.prompt))
        if call.usage is None:
            return self._estimated(guess, again) if call.read else Tokens(estimated=call.paid)
        told = call.usage
        self._prompt.learn(guess.prompt, told.prompt)
        self._output.learn(guess.output, told.output)
        self._cached.learn(again * self._prompt.mean, told.cached)
        return Tokens(told.cached, told.prompt - told.cached, told.output, guess=guess)

    def _estimated(self, guess: Guess, again: float) -> Tokens:
        read = self._prompt.mean * guess.prompt
        cached = min(read, self._cached.mean * again * self._prompt.mean)
        return Tokens(
            round(cached), round(read - cached), round(self._output.mean * guess.output), True, guess
        )

    def _again(self, prompt: Prompt) -> float:
        """Return the estimated tokens at the beginning of a prompt that a recent one began with, too."""
        text = _joined(prompt)
        length = max((_common(text, other) for other in self._recent), default=0)
        return max(0.0, estimate(text[:length]) - UNIT / 2)


class _Ratio:
    """A running mean of told to estimated amounts, weighted by size: the first counts in full."""

    def __init__(self) -> None:
        self.mean = 1.0
        self._told = self._estimated = 0.0

    def learn(self, estimated: float, told: float) -> None:
        if estimated <= 0:
            return
        self._told += _WEIGHT * (told - self._told) if self._estimated else told
        self._estimated += _WEIGHT * (estimated - self._estimated) if self._estimated else estimated
        self.mean = self._told / self._estimated


def _of(prompt: Prompt) -> float:
    return estimate(prompt.prefix) + estimate(prompt.suffix) + _CONTROL


def _joined(prompt: Prompt) -> str:
    """Return a prompt in the order in which the model reads it."""
    return f"{prompt.prefix}\0{prompt.suffix}"


def _common(one: str, other: str) -> int:
    """Return the length of the common beginning of two texts."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if other.startswith(one[low:middle], low):
            low = middle
        else:
            high = middle - 1
    return low
