"""The text of many files with a suffix array, which finds all places that follow a text at once.

The suffix array holds the offsets of the tokens, sorted by the text from there on. The places that start with an anchor
are adjacent in it and found by bisection: 20 steps among a million tokens. Text is kept as bytes, which can be in a
mapped file.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

LINE_LIMIT = 500
"""Maximum characters of a line that is kept; longer lines are data or generated."""
COMPARED = 48
"""Number of bytes by which offsets are sorted; anchors are no longer than this."""
FORWARD = 200
"""Maximum bytes of a line that are read after a place."""
TABS = 0x80
"""Bit of an indentation of tabs; the other bits are its number of characters."""

_TOKEN = re.compile(rb"[\w\x80-\xff]+|[^\w\s\x80-\xff]")


class Bytes(Protocol):
    """Bytes in memory or in a mapped file."""

    def __getitem__(self, at: slice, /) -> bytes:
        """Return a part."""
        ...

    def __len__(self) -> int:
        """Return the number of bytes."""
        ...


class Text(NamedTuple):
    """The lines of many files, without the white space at both ends; a line end precedes each."""

    bytes: Bytes
    lines: Sequence[int]
    """The start of each line."""
    indents: Sequence[int]
    """The indentation of each line, in characters (at most 127), with `TABS`."""
    files: Sequence[int]
    """The start of each file."""


class Memory(NamedTuple):
    """A text in which places are found by the text before them."""

    text: Text
    starts: Sequence[int]
    """Offsets of the tokens, sorted by the text from there on."""
    paths: Sequence[str] = ()
    """The files, in the order of their text."""
    hidden: frozenset[int] = frozenset()
    """Indices of files that are not searched."""

    def without(self, path: str) -> "Memory":
        """Return the memory without a file."""
        numbers = (number for number, other in enumerate(self.paths) if other == path)
        return self._replace(hidden=self.hidden.union(numbers))

    def ends(self, anchor: bytes, most: int) -> Iterator[int]:
        """Yield at most `most` offsets after `anchor`, spread evenly over the possible continuations."""
        text, starts, size = self.text.bytes, self.starts, len(anchor)
        low = bisect_left(starts, anchor, key=lambda at: text[at : at + size])
        high = bisect_right(starts, anchor, low, key=lambda at: text[at : at + size])
        step = max(1, -(-(high - low) // most))
        for index in range(low, high, step):
            if not self.hidden or bisect_right(self.text.files, starts[index]) - 1 not in self.hidden:
                yield starts[index] + size

    def before(self, place: int, most: int) -> bytes:
        """Return up to `most` bytes before a place."""
        return self.text.bytes[max(0, place - most) : place]

    def line_rest(self, place: int) -> str:
        """Return the text after `place` on its line."""
        rest = self.text.bytes[place : place + FORWARD]
        return rest.partition(b"\n")[0].decode("utf-8", "ignore")

    def row(self, place: int) -> int:
        """Return the number of the line of `place`."""
        return bisect_right(self.text.lines, place) - 1

    def line(self, row: int) -> str | None:
        """Return a line with its indentation; None after the last."""
        if not 0 <= row < len(self.text.lines):
            return None
        indent, begin = self.text.indents[row], self.text.lines[row]
        rest = self.text.bytes[begin : begin + 4 * LINE_LIMIT].partition(b"\n")[0]
        return ("\t" if indent & TABS else " ") * (indent & ~TABS) + rest.decode("utf-8", "ignore")


def joined(texts: Iterable[str]) -> Text:
    """Return the text of files: 40 ms for 100,000 lines."""
    parts: list[bytes] = []
    lines: list[int] = []
    files: list[int] = []
    indents = bytearray()
    size = 0
    for text in texts:
        files.append(size)
        for line in text.split("\n"):
            bare = line.strip() if len(line) <= LINE_LIMIT else ""
            part = f"\n{bare}".encode("utf-8", "replace")
            parts.append(part)
            lines.append(size + 1)
            indents.append(_indent(line) if bare else 0)
            size += len(part)
    return Text(b"".join((*parts, b"\n")), lines, indents, files)


def sorted_starts(text: bytes) -> list[int]:
    """Return the offsets of the tokens of `text`, sorted by the text from there on: 2 s for 100,000 lines."""
    starts = [token.start() for token in _TOKEN.finditer(text)]
    starts.sort(key=lambda at: text[at : at + COMPARED])
    return starts


def remembered(files: Sequence[tuple[str, str]]) -> Memory:
    """Return a memory of pairs of path and text."""
    text = joined(text for _, text in files)
    return Memory(text, sorted_starts(bytes(text.bytes[:])), [path for path, _ in files])


def _indent(line: str) -> int:
    width = len(line) - len(line.lstrip())
    return min(width, TABS - 1) | (TABS if line.startswith("\t") else 0)
