"""The tokens of a call: reported by the provider, or estimated from earlier reports."""

from collections import deque
from typing import NamedTuple

from midfill.core.model import Prompt
from midfill.core.records import CallRecord
from midfill.core.tokens import estimate_by_class

RECENT = 16
"""Number of recent prompts that a new one is compared with to estimate its cached part."""
UNIT = 128
"""Tokens that DeepSeek caches as one unit (measured); a partial unit is not found."""
_WEIGHT = 0.2
"""Weight of the latest call in the running means."""
_CONTROL = 4
"""Tokens that the endpoint adds to a prompt: the start of the sentence, and the three markers of the template."""


class TokenEstimate(NamedTuple):
    """Tokens of a call by its characters, before any report."""

    prompt: float = 0.0
    output: float = 0.0


NOTHING = TokenEstimate()


class ReportedUsage(NamedTuple):
    """Reported tokens of a model in the past, and the estimates for them."""

    reported: TokenEstimate
    estimated: TokenEstimate


class Tokens(NamedTuple):
    """The tokens of a call."""

    cached: int = 0
    missed: int = 0
    output: int = 0
    estimated: bool = False
    """The stream was closed before its usage arrived."""
    guess: TokenEstimate = NOTHING
    """The estimate from the characters alone."""

    @property
    def all(self) -> int:
        """All tokens."""
        return self.cached + self.missed + self.output


class Meter:
    """Counts the tokens of one model's calls, and learns from reported usage to estimate the rest."""

    def __init__(self, earlier: ReportedUsage | None = None) -> None:
        self._prompt = _Ratio()
        """Reported prompt tokens, relative to the estimate from the characters."""
        self._output = _Ratio()
        self._cached = _Ratio()
        """Reported cached tokens, relative to the tokens of the longest prefix sent before."""
        self._recent: deque[str] = deque(maxlen=RECENT)
        if earlier is not None:
            self._prompt.learn(earlier.estimated.prompt, earlier.reported.prompt)
            self._output.learn(earlier.estimated.output, earlier.reported.output)

    def read(self, call: CallRecord) -> Tokens:
        """Return the tokens of a call."""
        guess, shared = (
            TokenEstimate(_prompt_tokens(call.prompt), estimate_by_class(call.text)),
            self._shared_tokens(call.prompt),
        )
        if call.read or call.usage is not None:
            self._recent.append(_joined(call.prompt))
        if call.usage is None:
            return self._estimated(guess, shared) if call.read else Tokens(estimated=call.paid)
        reported = call.usage
        self._prompt.learn(guess.prompt, reported.prompt)
        self._output.learn(guess.output, reported.output)
        self._cached.learn(shared * self._prompt.mean, reported.cached)
        return Tokens(reported.cached, reported.prompt - reported.cached, reported.output, guess=guess)

    def _estimated(self, guess: TokenEstimate, shared: float) -> Tokens:
        read = self._prompt.mean * guess.prompt
        cached = min(read, self._cached.mean * shared * self._prompt.mean)
        return Tokens(
            round(cached), round(read - cached), round(self._output.mean * guess.output), True, guess
        )

    def _shared_tokens(self, prompt: Prompt) -> float:
        """Return the estimated tokens of the prefix that a recent prompt shares with this one."""
        text = _joined(prompt)
        length = max((_common(text, other) for other in self._recent), default=0)
        return max(0.0, estimate_by_class(text[:length]) - UNIT / 2)


class _Ratio:
    """A running mean of reported to estimated amounts, weighted by size; the first one counts in full."""

    def __init__(self) -> None:
        self.mean = 1.0
        self._reported = self._estimated = 0.0

    def learn(self, estimated: float, reported: float) -> None:
        if estimated <= 0:
            return
        self._reported += _WEIGHT * (reported - self._reported) if self._estimated else reported
        self._estimated += _WEIGHT * (estimated - self._estimated) if self._estimated else estimated
        self.mean = self._reported / self._estimated


def _prompt_tokens(prompt: Prompt) -> float:
    return estimate_by_class(prompt.head) + estimate_by_class(prompt.suffix) + _CONTROL


def _joined(prompt: Prompt) -> str:
    """Return a prompt in the order the model reads it."""
    return f"{prompt.head}\0{prompt.suffix}"


def _common(one: str, other: str) -> int:
    """Return the length of the common prefix of two texts."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if other.startswith(one[low:middle], low):
            low = middle
        else:
            high = middle - 1
    return low
