"""Messages on a byte stream: where one begins and ends."""

import json
import logging
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

log = logging.getLogger(__name__)

Message = dict[str, Any]
"""One decoded JSON-RPC message."""

LONGEST_BODY = 512 * 1024 * 1024
"""Bytes that a message may announce; a larger number is taken for garbage."""
LONGEST_HEAD = 1024 * 1024
"""Bytes without the end of a header, after which no message can be hoped for. A real header has less than 100."""

HEADER_END = b"\r\n\r\n"
LENGTH = b"content-length:"

_MOST_DIGITS = len(str(LONGEST_BODY))


class BrokenLineError(ValueError):
    """What comes down a line is not the base protocol of LSP."""


class Framing:
    """Cuts a byte stream into message bodies at their `Content-Length` headers (LSP 3.18, "Base Protocol").

    What is no header is skipped up to the next `Content-Length`: a broken message costs itself alone.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._need = 0
        self._searched = 0
        """Bytes of the buffer in which no header ends."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the bodies that `data` completes. Raises BrokenLineError if the stream is beyond hope."""
        self._buffer += data
        while len(self._buffer) >= self._need:
            end = self._header_end()
            if end is None:
                return
            start = end + len(HEADER_END)
            length = self._length(end)
            if length is None:
                self._drop(start)
                continue
            if len(self._buffer) < start + length:
                self._need = start + length
                return
            body = bytes(self._buffer[start : start + length])
            self._drop(start + length)
            yield body

    def _header_end(self) -> int | None:
        end = self._buffer.find(HEADER_END, self._searched)
        self._searched = end if end >= 0 else max(0, len(self._buffer) - len(HEADER_END) + 1)
        if self._searched > LONGEST_HEAD:
            raise BrokenLineError(f"no header of a message ends within {LONGEST_HEAD:,} bytes")
        return end if end >= 0 else None

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self._need = self._searched = 0

    def _length(self, end: int) -> int | None:
        header = bytes(self._buffer[:end]).lower()
        at = header.rfind(LENGTH)
        if at < 0:
            log.warning("Skipped bytes without a Content-Length")
            return None
        digits = header[at + len(LENGTH) :].split(b"\r\n", 1)[0].strip()
        length = digits.lstrip(b"0") or b"0"  # Python refuses to read a number of 4,301 digits.
        if not digits.isdigit() or len(length) > _MOST_DIGITS or int(length) > LONGEST_BODY:
            log.warning("Skipped a message with an impossible Content-Length")
            return None
        return int(length)


def framed(message: Message) -> bytes:
    """Return a message with its header, ready to be sent."""
    try:
        body = _encoder()(message)
    except (UnicodeEncodeError, OverflowError):
        # JSON can tell half of a surrogate pair, and an id of any size; UTF-8 and msgspec cannot.
        body = json.dumps(message, separators=(",", ":")).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


@cache
def _encoder() -> Callable[[Message], bytes]:
    """Return what encodes JSON the fastest; the answer to `initialize` does not wait for its import."""
    from msgspec.json import Encoder

    return Encoder().encode
