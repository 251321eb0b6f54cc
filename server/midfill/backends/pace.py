"""How an answer comes: until when its next piece must be here, and whether it is about to end."""

from typing import Final

from midfill.core.model import Chunk

LINGER: Final = 0.06
"""Seconds for which the rest of an unwanted answer is read on, so that its connection can be kept.

A new TLS connection costs the next call two to three round trips; an unwanted call must close within 0.1 s.
"""


class Pace:
    """The deadlines of one answer, and its speed. All times in seconds, of one monotonic clock.

    Deadlines count text, not bytes: DeepSeek's keep-alive comments put off a read timeout for ten minutes.
    """

    __slots__ = ("_end", "_first", "_last", "_max_tokens", "_patience", "_pieces", "finished", "until")

    def __init__(self, now: float, *, first_token_s: float, total_s: float, max_tokens: int) -> None:
        self.finished = False
        """Whether the model has said why it ended; only the usage and the end mark can follow."""
        self._end = now + total_s
        self._patience = first_token_s
        self.until = min(self._end, now + first_token_s)
        """When waiting for the next piece is over."""
        self._max_tokens = max_tokens
        self._pieces = 0
        self._first = self._last = now

    @property
    def begun(self) -> bool:
        """Whether any text has come."""
        return self._pieces > 0

    def saw(self, chunk: Chunk, now: float) -> None:
        """Take note of a chunk that came."""
        if chunk.text:
            self._first = self._first if self.begun else now
            self._last = now
            self._pieces += 1
            self.until = min(self._end, now + self._patience)
        if chunk.finish is not None:
            self.finished = True
            self.until = min(self._end, now + LINGER)

    def linger(self) -> float:
        """Return for how long reading on is worth it when the rest is unwanted: zero, or `LINGER`.

        It is worth it when the rest, up to the token limit and at the speed so far (one piece is about one
        token), should take half of that.
        """
        if self.finished:
            return LINGER
        if self._pieces < 2:
            return 0.0
        left = (self._max_tokens - self._pieces) * (self._last - self._first) / (self._pieces - 1)
        return LINGER if left <= LINGER / 2 else 0.0
