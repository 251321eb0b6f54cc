"""The framing of messages on a byte stream."""

import json
import logging
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

log = logging.getLogger(__name__)

Message = dict[str, Any]
"""One decoded JSON-RPC message."""

MAX_BODY_BYTES = 512 * 1024 * 1024
"""Maximum announced bytes of a message; a larger number is garbage."""
MAX_HEADER_BYTES = 1024 * 1024
"""Bytes without the end of a header after which the stream is invalid. A real header has less than 100."""

HEADER_END = b"\r\n\r\n"
LENGTH_FIELD = b"content-length:"

_MAX_DIGITS = len(str(MAX_BODY_BYTES))


class InvalidStreamError(ValueError):
    """The stream does not follow LSP's base protocol."""


class Framing:
    """Splits a byte stream into message bodies at their `Content-Length` headers (LSP 3.18, "Base Protocol").

    Invalid headers are skipped up to the next `Content-Length`: a broken message affects no other.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._parts: list[bytes] = []
        """The parts of a body that is not complete; a growing buffer would be copied again and again."""
        self._missing_bytes = 0
        """The number of bytes that this body lacks."""
        self._searched_bytes = 0
        """Length of the searched part of the buffer without a header's end."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the bodies that `data` completes. Raises InvalidStreamError if the stream is invalid."""
        if self._missing_bytes:
            data = self._continue(data)
            if self._missing_bytes:
                return
            yield b"".join(self._parts)
            self._parts.clear()
        self._buffer += data
        while (end := self._header_end()) is not None:
            start, length = end + len(HEADER_END), self._length(end)
            body = bytes(self._buffer[start : start + (length or 0)])
            self._drop(start + len(body))
            if length is None:
                continue
            if len(body) < length:
                self._parts.append(body)
                self._missing_bytes = length - len(body)
                return
            yield body

    def _continue(self, data: bytes) -> bytes:
        """Add data to an incomplete body; return what follows the body."""
        self._parts.append(data[: self._missing_bytes])
        rest = data[self._missing_bytes :]
        self._missing_bytes -= len(self._parts[-1])
        return rest

    def _header_end(self) -> int | None:
        end = self._buffer.find(HEADER_END, self._searched_bytes)
        self._searched_bytes = end if end >= 0 else max(0, len(self._buffer) - len(HEADER_END) + 1)
        if self._searched_bytes > MAX_HEADER_BYTES:
            raise InvalidStreamError(f"no header of a message ends within {MAX_HEADER_BYTES:,} bytes")
        return end if end >= 0 else None

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self._searched_bytes = 0

    def _length(self, end: int) -> int | None:
        header = bytes(self._buffer[:end]).lower()
        at = header.rfind(LENGTH_FIELD)
        if at < 0:
            log.warning("Skipped bytes without a Content-Length")
            return None
        digits = header[at + len(LENGTH_FIELD) :].split(b"\r\n", 1)[0].strip()
        length = digits.lstrip(b"0") or b"0"  # Python refuses to parse a number of 4,301 digits.
        if not digits.isdigit() or len(length) > _MAX_DIGITS or int(length) > MAX_BODY_BYTES:
            log.warning("Skipped a message with an impossible Content-Length")
            return None
        return int(length)


def framed(message: Message) -> bytes:
    """Return a message with its header."""
    try:
        body = _encoder()(message)
    except (UnicodeEncodeError, OverflowError):
        # JSON allows lone surrogates and ids of any size; UTF-8 and msgspec do not.
        body = json.dumps(message, separators=(",", ":")).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


@cache
def _encoder() -> Callable[[Message], bytes]:
    """Return the fastest JSON encoder; the answer to `initialize` does not wait for its import."""
    from msgspec.json import Encoder

    return Encoder().encode
