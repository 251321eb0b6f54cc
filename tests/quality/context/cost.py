"""The cost of prompts with the provider's prefix cache: two simulated readings of its rules.

`any`: the common start of a prompt and an earlier one is cached, in units of 64 tokens (DeepSeek's page of
2024). `units`: only stored units are cached: the whole of each request, and the common start of two
requests (the page of 2026; units "at intervals" are omitted, because it gives no interval).
"""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from midfill.core.tokens import ASCII_PER_TOKEN

CACHED, MISSED, OUTPUT = 0.003, 0.15, 0.60
"""US dollars per million tokens: DeepSeek's price list, deepseek-flash outside peak hours, November 2026."""
ANSWER = 40
"""Tokens of an answer."""
UNIT = 64
REMEMBERED = 48
"""Earlier requests that a new one is compared with."""


class Asked(NamedTuple):
    """An earlier request, and the lengths of its beginnings that are kept as units."""

    text: str
    units: set[int]


@dataclass
class Bill:
    """The requests of a session, and their cached tokens by either rule."""

    requests: int = 0
    tokens: float = 0.0
    cached: dict[str, float] = field(default_factory=lambda: {"any": 0.0, "units": 0.0})
    _earlier: deque[Asked] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def ask(self, text: str) -> None:
        """Record a request; `text` is all that the model reads, in order."""
        common = [(_common(text, asked.text), asked) for asked in self._earlier]
        longest = max((length for length, _ in common), default=0)
        kept = max((unit for length, asked in common for unit in asked.units if unit <= length), default=0)
        self.requests += 1
        self.tokens += len(text) / ASCII_PER_TOKEN
        self.cached["any"] += longest / ASCII_PER_TOKEN // UNIT * UNIT
        self.cached["units"] += kept / ASCII_PER_TOKEN // UNIT * UNIT
        for length, asked in common:
            asked.units.add(length)
        self._earlier.append(Asked(text, {len(text), *(length for length, _ in common)}))

    def hit(self, rule: str) -> float:
        """Return the cached share of the tokens, in %."""
        return 100 * self.cached[rule] / self.tokens if self.tokens else 0.0

    def money(self, rule: str) -> float:
        """Return the cost of 1,000 requests, in US dollars."""
        dollars = self.cached[rule] * CACHED + (self.tokens - self.cached[rule]) * MISSED
        return (dollars / max(1, self.requests) + ANSWER * OUTPUT) / 1_000


def _common(one: str, other: str) -> int:
    """Return the length of the common prefix of two texts."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle)
    return low
