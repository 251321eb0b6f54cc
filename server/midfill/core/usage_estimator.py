"""The tokens of a call: reported by the provider, or estimated from earlier reports."""

from collections import deque
from typing import NamedTuple

from midfill.core.model import Prompt
from midfill.core.records import CallRecord
from midfill.core.tokens import estimate_by_class

MAX_RECENT_PROMPTS = 16
"""Maximum recent prompts that a new one is compared with, to estimate its cached part (our own limit)."""
CACHE_UNIT_TOKENS = 128
"""Tokens that DeepSeek caches as one unit (measured); a partial unit is not cached."""
_MEAN_WEIGHT = 0.2
"""Weight of the latest call in a running mean (our own choice)."""
_CONTROL_TOKENS = 4
"""Tokens that the endpoint adds to a prompt: the start of the sentence, and the three markers of the template."""


class TokenEstimate(NamedTuple):
    """The tokens of a call, estimated by its characters."""

    prompt: float = 0.0
    output: float = 0.0


NO_TOKENS = TokenEstimate()


class ReportedUsage(NamedTuple):
    """The tokens that a model's provider reported so far, and the estimates for the same calls."""

    reported: TokenEstimate
    estimated: TokenEstimate


class TokenCounts(NamedTuple):
    """The tokens of a call."""

    cached: int = 0
    missed: int = 0
    output: int = 0
    estimated: bool = False
    """The counts are estimates: the stream was closed before its usage arrived."""
    by_characters: TokenEstimate = NO_TOKENS
    """The estimate from the characters alone."""

    @property
    def all(self) -> int:
        """All tokens."""
        return self.cached + self.missed + self.output


class UsageEstimator:
    """Counts the tokens of one model's calls, and learns from reported usage to estimate the rest."""

    def __init__(self, earlier: ReportedUsage | None = None) -> None:
        self._prompt = _Ratio()
        """Reported prompt tokens, relative to the estimate from the characters."""
        self._output = _Ratio()
        self._cached = _Ratio()
        """Reported cached tokens, relative to the tokens of the longest prefix sent before."""
        self._recent: deque[str] = deque(maxlen=MAX_RECENT_PROMPTS)
        if earlier is not None:
            self._prompt.learn(earlier.estimated.prompt, earlier.reported.prompt)
            self._output.learn(earlier.estimated.output, earlier.reported.output)

    def token_counts(self, call: CallRecord) -> TokenCounts:
        """Return the tokens of a call."""
        by_characters = TokenEstimate(_prompt_tokens(call.prompt), estimate_by_class(call.text))
        shared = self._shared_tokens(call.prompt)
        if call.read or call.usage is not None:
            self._recent.append(_as_read(call.prompt))
        if call.usage is None:
            return self._estimated(by_characters, shared) if call.read else TokenCounts(estimated=call.paid)
        reported = call.usage
        self._prompt.learn(by_characters.prompt, reported.prompt)
        self._output.learn(by_characters.output, reported.output)
        self._cached.learn(shared * self._prompt.mean, reported.cached)
        return TokenCounts(
            reported.cached, reported.prompt - reported.cached, reported.output, by_characters=by_characters
        )

    def _estimated(self, by_characters: TokenEstimate, shared: float) -> TokenCounts:
        """Return the counts of a call without reported usage; `shared` are the tokens of the prefix sent before."""
        read = self._prompt.mean * by_characters.prompt
        cached = min(read, self._cached.mean * shared * self._prompt.mean)
        output = round(self._output.mean * by_characters.output)
        return TokenCounts(round(cached), round(read - cached), output, True, by_characters)

    def _shared_tokens(self, prompt: Prompt) -> float:
        """Return the estimated tokens of the prefix that a recent prompt shares with this one."""
        text = _as_read(prompt)
        length = max((_common_length(text, other) for other in self._recent), default=0)
        return max(0.0, estimate_by_class(text[:length]) - CACHE_UNIT_TOKENS / 2)


class _Ratio:
    """A running mean of reported to estimated amounts, weighted by size; the first one counts in full."""

    def __init__(self) -> None:
        self.mean = 1.0
        self._reported = self._estimated = 0.0

    def learn(self, estimated: float, reported: float) -> None:
        """Update the mean by the amounts of one call."""
        if estimated <= 0:
            return
        self._reported += _MEAN_WEIGHT * (reported - self._reported) if self._estimated else reported
        self._estimated += _MEAN_WEIGHT * (estimated - self._estimated) if self._estimated else estimated
        self.mean = self._reported / self._estimated


def _prompt_tokens(prompt: Prompt) -> float:
    """Return the estimated tokens of a prompt."""
    return estimate_by_class(prompt.full_prefix) + estimate_by_class(prompt.suffix) + _CONTROL_TOKENS


def _as_read(prompt: Prompt) -> str:
    """Return a prompt in the order the model reads it."""
    return f"{prompt.full_prefix}\0{prompt.suffix}"


def _common_length(one: str, other: str) -> int:
    """Return the length of the common prefix of two texts."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if other.startswith(one[low:middle], low):
            low = middle
        else:
            high = middle - 1
    return low
