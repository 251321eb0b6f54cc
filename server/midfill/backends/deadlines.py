"""The deadlines of an answer, and the decision whether to wait for its end."""

from typing import Final

from midfill.core.model import Chunk

DRAIN_S: Final = 0.05
"""Seconds to continue reading an unwanted answer, so that its connection can be reused.

Such an answer often ends by itself a few tokens later, and a new TLS connection costs the next call two to three round
trips. At 12 ms per token this costs at most four tokens. An unwanted call must end within 0.1 s.
"""


class Deadlines:
    """The deadlines of one answer. All times in seconds, of one monotonic clock.

    They depend on text, not on bytes: DeepSeek's keep-alive comments would extend a read timeout to ten minutes.
    """

    __slots__ = ("_end", "_first_token_s", "begun", "finished", "until")

    def __init__(self, now: float, *, first_token_s: float, total_s: float) -> None:
        self.begun = False
        """Whether any text has arrived."""
        self.finished = False
        """Whether the model has sent its finish reason; only usage and the end mark can follow."""
        self._end = now + total_s
        self._first_token_s = first_token_s
        self.until = min(self._end, now + first_token_s)
        """The deadline of the next piece."""

    def update(self, chunk: Chunk, now: float) -> None:
        """Update the deadline after a chunk."""
        if chunk.text or chunk.thinks:
            self.begun = self.begun or bool(chunk.text)
            self.until = min(self._end, now + self._first_token_s)
        if chunk.finish_reason is not None:
            self.finished = True
        if self.finished:
            self.until = min(self._end, now + DRAIN_S)
