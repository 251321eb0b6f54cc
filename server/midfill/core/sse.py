r"""An incremental decoder of server-sent events (WHATWG HTML, section 9.2.6).

The decoder returns only the data; completion APIs do not use names, ids and retry times. Lines end at `\n` or `\r\n`
only. JSON may contain U+2028, U+0085 and form feeds, at which `str.splitlines` and httpx's `aiter_lines` would split.
"""

from typing import Final

MAX_EVENT_BYTES: Final = 1 << 20
"""Maximum bytes of one event, far above the size of any piece of a completion."""

_DONE: Final = b"[DONE]"


class Decoder:
    """Turns bytes in chunks of any size into the data of events.

    Comments and other fields are ignored. The event `[DONE]` ends an OpenAI-style stream: it sets `done` and is not
    returned, and later events are ignored. An event longer than `limit` bytes is dropped and sets `overflowed`.
    """

    __slots__ = ("_data", "_limit", "_line", "_size", "_skipping", "done", "overflowed")

    def __init__(self, limit: int = MAX_EVENT_BYTES) -> None:
        self.done = False
        self.overflowed = False
        self._limit = limit
        self._line = bytearray()
        self._data: list[bytes] = []
        self._size = 0
        self._skipping = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the data of each event that `chunk` completes."""
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
        """Return the data of a final event without a blank line after it."""
        return self.feed(b"\n\n")

    def _extend(self, part: bytes) -> None:
        """Add bytes to the current line; drop the event if it becomes too long."""
        self._line += part
        if len(self._line) + self._size > self._limit:
            self._drop()

    def _drop(self) -> None:
        """Drop the current event: the rest of its line becomes a comment, and its other lines are ignored."""
        self.overflowed = self._skipping = True
        self._line[:] = b":"
        self._data.clear()
        self._size = 0

    def _take(self, line: bytes, events: list[bytes]) -> None:
        """Process a complete line."""
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
        """Append the data of the current event to `events`, and start the next event."""
        if self._data and not self.done:
            data = b"\n".join(self._data)
            if data.strip() == _DONE:
                self.done = True
            else:
                events.append(data)
        self._data.clear()
        self._size = 0
        self._skipping = False
