"""How an answer comes: until when its next piece must be here, and whether its end is worth waiting for."""

from typing import Final

from midfill.core.model import Chunk

LINGER: Final = 0.05
"""Seconds for which the rest of an answer that nobody wants is read on, so that its connection can be kept.

What is cut off early often ends by itself a few tokens later, and a new TLS connection costs the next call
two to three round trips; at 12 ms per token this costs four tokens at most. An unwanted call must end within
0.1 s.
"""


class Pace:
    """The deadlines of one answer. All times in seconds, of one monotonic clock.

    They count text, not bytes: DeepSeek's keep-alive comments put off a read timeout for ten minutes.
    """

    __slots__ = ("_end", "_patience", "begun", "finished", "until")

    def __init__(self, now: float, *, first_token_s: float, total_s: float) -> None:
        self.begun = False
        """Whether any text has come."""
        self.finished = False
        """Whether the model has said why it ended; only usage and the end mark can follow."""
        self._end = now + total_s
        self._patience = first_token_s
        self.until = min(self._end, now + first_token_s)
        """When waiting for the next piece is over."""

    def saw(self, chunk: Chunk, now: float) -> None:
        """Take note of a chunk that came."""
        if chunk.text or chunk.thinks:
            self.begun = self.begun or bool(chunk.text)
            self.until = min(self._end, now + self._patience)
        if chunk.finish is not None:
            self.finished = True
        if self.finished:
            self.until = min(self._end, now + LINGER)
