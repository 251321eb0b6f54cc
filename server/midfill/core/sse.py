r"""Server-sent events, decoded piece by piece as they arrive.

Of the format (WHATWG HTML, section 9.2.6) this keeps the data; names, ids and retry times are not used by any
completion API. Lines end at `\n` or `\r\n` only: JSON may hold U+2028, U+0085 and form feeds as they are, and
what splits like `str.splitlines` (httpx's `aiter_lines` does) breaks it there.
"""

from typing import Final

LIMIT: Final = 1 << 20
"""Bytes that one event may hold: far more than any piece of a completion has, far less than fills memory."""

_DONE: Final = b"[DONE]"


class Decoder:
    """Turns bytes, however they are cut, into the data of events.

    Comments, blank lines and other fields are passed over. The event `[DONE]`, with which OpenAI-style
    streams end, is not returned: it sets `done`, and nothing behind it is read. An event longer than `limit`
    bytes is left out and sets `overflowed`.
    """

    __slots__ = ("_data", "_limit", "_line", "_size", "_skipping", "done", "overflowed")

    def __init__(self, limit: int = LIMIT) -> None:
        self.done = False
        self.overflowed = False
        self._limit = limit
        self._line = bytearray()
        self._data: list[bytes] = []
        self._size = 0
        self._skipping = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the data of the events that `chunk` completes."""
        first, *more = chunk.split(b"\n")
        self._extend(first)
        events: list[bytes] = []
        for rest in more:
            line = bytes(self._line)
            self._line.clear()
            self._take(line.removesuffix(b"\r"), events)
            self._extend(rest)
        return events

    def end(self) -> list[bytes]:
        """Return the data of a last event that no blank line follows."""
        return self.feed(b"\n\n")

    def _extend(self, part: bytes) -> None:
        self._line += part
        if len(self._line) + self._size > self._limit:
            self._drop()

    def _drop(self) -> None:
        """Forget the event in hand; its line goes on as a comment, and its other lines are passed over."""
        self.overflowed = self._skipping = True
        self._line[:] = b":"
        self._data.clear()
        self._size = 0

    def _take(self, line: bytes, events: list[bytes]) -> None:
        if line.startswith(b"data:"):
            self._add(line[5:])
        elif not line:
            self._dispatch(events)
        elif line == b"data":
            self._add(b"")

    def _add(self, value: bytes) -> None:
        if not self._skipping:
            self._data.append(value[1:] if value.startswith(b" ") else value)
            self._size += len(value) + 1

    def _dispatch(self, events: list[bytes]) -> None:
        if self._data and not self.done:
            data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
            if data.strip() == _DONE:
                self.done = True
            else:
                events.append(data)
        self._data.clear()
        self._size = 0
        self._skipping = False
