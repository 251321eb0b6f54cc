"""The log of calls for tests and benchmarks: request, times, connection and end of each."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

End = Literal["open", "finished", "cut", "aborted"]
"""In progress; answered completely; ended by a fault; closed by the client before its end."""


def now() -> float:
    """Return the monotonic clock in milliseconds; on Linux all processes of a machine agree on it."""
    return time.monotonic() * 1_000


@dataclass(kw_only=True)
class Call:
    """One request and its outcome. All times are milliseconds of the clock."""

    id: int = 0
    connection: int = 0
    """The number of its connection; two calls with the same number shared one."""
    method: str = ""
    path: str = ""
    authorization: str = ""
    """`sk-...` and the last four characters of a key; `present`; or empty."""
    body: Any = None
    """The sent JSON; text if it is not JSON."""
    arrived: float = 0.0
    status: int = 0
    faults: list[str] = field(default_factory=list)
    usage: dict[str, Any] | None = None
    """The usage of the complete answer, sent or not."""
    answer: list[str] = field(default_factory=list)
    """The model's complete text, token by token, sent or not."""
    first_token: float | None = None
    tokens: int = 0
    """Tokens that the model wrote until then: those that were sent or (without `stream`) would have been."""
    bytes: int = 0
    """Bytes of the body that were sent."""
    ended: float | None = None
    """When the answer was complete, or the client's disconnection was detected."""
    end: End = "open"

    def wrote(self, size: int, tokens: int, at: float) -> None:
        """Record that bytes of the answer were sent, at `at` milliseconds."""
        self.bytes += size
        self.tokens += tokens
        if tokens and self.first_token is None:
            self.first_token = at


class Ledger:
    """All calls since the last reset, and the connections they came over.

    `clock` returns the milliseconds.
    """

    def __init__(self, clock: Callable[[], float] = now) -> None:
        self._clock = clock
        self.calls: list[Call] = []
        self.opened = 0
        """Accepted connections, without those for `/control` only."""
        self.open = 0
        self._ids = count(1)
        self._changed = asyncio.Event()

    def reset(self) -> None:
        """Forget all calls; open connections stay counted."""
        self.calls = []
        self.opened = 0

    def begin(self, **facts: Any) -> Call:
        """Return the record of a new call."""
        call = Call(id=next(self._ids), arrived=self._clock(), **facts)
        self.calls.append(call)
        self._notify()
        return call

    def finish(self, call: Call, end: End) -> None:
        """Record the end of a call; the first record counts."""
        if call.end == "open":
            call.end, call.ended = end, self._clock()
            self._notify()

    async def until(self, met: Callable[[], bool]) -> None:
        """Wait until `met` is true; it is checked whenever a call starts or ends."""
        while not met():
            await self._changed.wait()

    def calls_of(self, path: str) -> list[Call]:
        """Return the calls whose path ends with `path`."""
        return [call for call in self.calls if call.path.endswith(path)]

    def arrived(self, calls: int, path: str, idle: bool) -> bool:
        """Whether that many calls of `path` have arrived, and (with `idle`) no call is in progress."""
        return len(self.calls_of(path)) >= calls and not (
            idle and any(call.end == "open" for call in self.calls)
        )

    def stats(self) -> dict[str, int]:
        """Return the sums over all calls; all read tokens are billed, and those written until the end."""
        usages = [call.usage for call in self.calls if call.usage]
        hit = sum(usage["prompt_cache_hit_tokens"] for usage in usages)
        miss = sum(usage["prompt_cache_miss_tokens"] for usage in usages)
        written = sum(call.tokens for call in self.calls)
        return {
            "calls": len(self.calls),
            "completions": len(self.calls_of("/completions")),
            "aborted": sum(call.end == "aborted" for call in self.calls),
            "errors": sum(call.status >= 400 for call in self.calls),
            "connections_opened": self.opened,
            "connections_open": self.open,
            "tokens_streamed": written,
            "tokens_billed": hit + miss + written,
            "prompt_hit": hit,
            "prompt_miss": miss,
        }

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def masked_key(authorization: str) -> str:
    """Return the part of an Authorization header that may be logged."""
    key = authorization.rpartition(" ")[2]
    return f"sk-...{key[-4:]}" if key.startswith("sk-") and len(key) > 8 else "present" if key else ""
