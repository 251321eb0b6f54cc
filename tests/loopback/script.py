"""The parts of an answer and their times, decided beforehand as a value.

Faults are functions from one script to another, so that all of the wire format can be tested without a wire.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Ending = Literal["end", "stall", "close", "reset"]
"""The end of an answer: complete; never; by closing the connection; by resetting it (RST)."""

Headers = tuple[tuple[str, str], ...]


class Step(NamedTuple):
    """Bytes of the body, sent as one chunk; empty while the model writes and nothing is sent."""

    due: float
    """Milliseconds after the request's arrival."""
    data: bytes = b""
    tokens: int = 0
    """Tokens that the model has written by then, since the last step."""


@dataclass(frozen=True, kw_only=True)
class Script:
    """One whole answer."""

    status: int = 200
    headers: Headers = ()
    head: bool = True
    """Whether status line and headers are sent at all."""
    due: float = 0.0
    """When the headers are sent, in milliseconds after the request's arrival."""
    steps: tuple[Step, ...] = ()
    tail: bytes = b""
    """Raw bytes after the last step, outside of any HTTP framing, before a `close` or `reset`."""
    ending: Ending = "end"


def whole(status: int, media_type: str, body: bytes, *headers: tuple[str, str]) -> Script:
    """Return an answer in one piece, with its length in the header."""
    content_type = (("content-type", media_type),) if media_type else ()
    length = ("content-length", str(len(body)))
    steps = (Step(0.0, body),) if body else ()
    return Script(status=status, headers=(*content_type, length, *headers), steps=steps)
