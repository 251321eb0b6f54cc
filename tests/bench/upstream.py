"""The model of a session: its own loopback DeepSeek, and the calls."""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from tests.loopback.client import Loopback


@dataclass(frozen=True, kw_only=True)
class Upcall:
    """One call of the model. Times are seconds of the monotonic clock, which the loop's is.

    On Linux the clocks of two processes agree; on other systems the sources of answers cannot be distinguished.
    """

    arrived: float
    ended: float
    spoken: Sequence[float]
    """When each token was sent."""
    aborted: bool
    question: str
    """The last line of the prompt."""
    answer: Sequence[str]
    """The model's complete text, token by token."""
    prompt_tokens: int
    cached_tokens: int

    @classmethod
    def read(cls, call: dict[str, Any], token_ms: float) -> Self:
        """Return the call of an entry of the loopback's log; its tokens are sent at even intervals."""
        first = call["first_token"] or 0.0
        usage = call["usage"] or {}
        return cls(
            arrived=call["arrived"] / 1_000,
            ended=(call["ended"] or call["arrived"]) / 1_000,
            spoken=[(first + token_ms * number) / 1_000 for number in range(call["tokens"])],
            question=call["body"]["prompt"].rpartition("\n")[2],
            answer=call["answer"],
            aborted=call["end"] == "aborted",
            prompt_tokens=usage.get("prompt_tokens", 0),
            cached_tokens=usage.get("prompt_cache_hit_tokens", 0),
        )

    @property
    def planned(self) -> int:
        """The number of tokens of the whole answer, sent or not."""
        return len(self.answer)

    @property
    def tokens(self) -> int:
        """The number of sent tokens."""
        return len(self.spoken)

    def sent_tokens(self, since: float, until: float) -> bool:
        """Whether a token was sent between these times."""
        first = bisect_left(self.spoken, since)
        return first < len(self.spoken) and self.spoken[first] <= until

    def traced(self, began: float) -> list[tuple[float, str]]:
        """Return its events as lines of a trace, each with its seconds since `began`."""
        sent = "".join(self.answer[: self.tokens])
        end = "aborted" if self.aborted else "finished"
        return [
            (self.arrived - began, f"call   {self.question!r}"),
            (self.ended - began, f"{end} {self.tokens} of {self.planned} to {self.question!r}: {sent!r}"),
        ]


class Seen(NamedTuple):
    """The model's calls."""

    calls: list[Upcall]
    connections: int
    """The number of its connections."""


class Upstream:
    """A running loopback DeepSeek; all waiting is done in threads, so that other sessions continue."""

    def __init__(self, loopback: Loopback) -> None:
        self.url = loopback.url
        self._loopback = loopback
        self._token_ms = 0.0

    @classmethod
    @asynccontextmanager
    async def run(cls, **behaviour: Any) -> AsyncIterator[Self]:
        """Start it with these fields of `Behaviour`; it ends with the block."""
        loopback = await asyncio.to_thread(Loopback)
        try:
            upstream = cls(loopback)
            await upstream.behave(**behaviour)
            yield upstream
        finally:
            await asyncio.to_thread(loopback.close)

    async def behave(self, **behaviour: Any) -> None:
        """Change its later answers."""
        self._token_ms = behaviour.get("token_ms", self._token_ms)
        await asyncio.to_thread(self._loopback.behave, **behaviour)

    async def forget(self) -> None:
        """Forget the calls so far; `behave` sets the answers again."""
        await asyncio.to_thread(self._loopback.reset)

    async def seen(self) -> Seen:
        """Return the calls for completions, once none is in progress."""
        log = await asyncio.to_thread(self._loopback.log, idle=True)
        stats = await asyncio.to_thread(self._loopback.stats)
        asked = [call for call in log if call["path"].endswith("/completions")]
        return Seen([Upcall.read(call, self._token_ms) for call in asked], stats["connections_opened"])
