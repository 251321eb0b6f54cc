"""The lines of a text. A large text is split only where its lines are read."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

MIN_CHUNK_CHARACTERS = 65_536
"""Minimum characters of a chunk, except the last: splitting one takes half a millisecond."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
_OTHER_ENDS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
"""The line ends of `str.splitlines` that are none in LSP."""


class Lines:
    r"""The lines of a text with their ends (`\n`, `\r\n` or `\r`); a final line end is followed by an empty line.

    The text is stored in chunks. Each is a text until one of its lines is read, and then a list of lines.
    """

    __slots__ = ("_chunks", "_starts")

    def __init__(self, text: str) -> None:
        self._chunks: list[str | list[str]] = list(_chunks_of(text))
        sizes = [chunk.count("\n") if isinstance(chunk, str) else len(chunk) for chunk in self._chunks]
        sizes[-1] += isinstance(self._chunks[-1], str)
        self._starts = [*accumulate(sizes, initial=0)]
        """The first row of each chunk, and the number of rows."""

    def __len__(self) -> int:
        """Return the number of lines, at least one."""
        return self._starts[-1]

    def __getitem__(self, row: int) -> str:
        """Return a line with its end; `row` is not negative. Raises IndexError."""
        at = self._chunk_index(row)
        return self._lines_of(at)[row - self._starts[at]]

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(chunk if isinstance(chunk, str) else "".join(chunk) for chunk in self._chunks)

    def between(self, first: int, last: int) -> list[str]:
        """Return the lines from row `first` to before row `last`, as far as they exist."""
        last = min(last, len(self))
        if first >= last:
            return []
        at, until = self._chunk_index(first), self._chunk_index(last - 1)
        start = self._starts[at]
        if at == until:
            return self._lines_of(at)[first - start : last - start]
        return [line for number in range(at, until + 1) for line in self._lines_of(number)][
            first - start : last - start
        ]

    def replace(self, first: int, last: int, lines: list[str]) -> None:
        """Replace the lines from row `first` to before row `last`, at least one."""
        at, until = self._chunk_index(first), self._chunk_index(last - 1)
        if until > at:
            self._merge(at, until)
        start = self._starts[at]
        self._lines_of(at)[first - start : last - start] = lines
        if added := len(lines) - (last - first):
            self._starts[at + 1 :] = [row + added for row in self._starts[at + 1 :]]

    def _merge(self, at: int, until: int) -> None:
        """Make one chunk of the chunks from `at` to `until`."""
        self._chunks[at : until + 1] = [
            [line for number in range(at, until + 1) for line in self._lines_of(number)]
        ]
        del self._starts[at + 1 : until + 1]

    def _chunk_index(self, row: int) -> int:
        """Return the index of the chunk that contains a row."""
        return bisect_right(self._starts, row) - 1

    def _lines_of(self, at: int) -> list[str]:
        """Return the lines of a chunk."""
        chunk = self._chunks[at]
        if isinstance(chunk, str):
            chunk = self._chunks[at] = (
                split_lines(chunk) if at == len(self._chunks) - 1 else _terminated_lines(chunk)
            )
        return chunk


def end_of(line: str) -> str:
    """Return the line end of a line; empty if it has none."""
    if line.endswith("\r\n"):
        return "\r\n"
    return line[-1:] if line.endswith(("\n", "\r")) else ""


def split_parts(head: str, text: str, rest: str, end: str) -> list[str]:
    """Return the lines of four texts in a row: the start of a line, any text, the rest of a line, and its end.

    Only `text` is searched for line ends: the others may have megabytes. No empty line follows a final line end.
    """
    lines = split_lines(text if rest else text + end)
    if len(lines) == 1:
        return ["".join((head, text, rest, end))]
    lines[0] = head + lines[0]
    if rest:
        lines[-1] += rest + end
    elif end:
        lines.pop()
    return lines


def split_lines(text: str) -> list[str]:
    r"""Return the lines of `text` with their ends; a final line end is followed by an empty line."""
    lines = _terminated_lines(text)
    if not lines or lines[-1][-1] in "\r\n":
        lines.append("")
    return lines


def _terminated_lines(text: str) -> list[str]:
    """Return the lines of `text` with their ends, without an empty line."""
    if max(map(text.find, _OTHER_ENDS)) < 0:
        return text.splitlines(keepends=True)  # Takes half the time.
    return _LINE.findall(text)


def _chunks_of(text: str) -> Iterator[str | list[str]]:
    r"""Yield the chunks of `text`, the last one without a line end; lines that end with `\r` are split at once."""
    if len(text) <= MIN_CHUNK_CHARACTERS or ("\r" in text and text.count("\r") != text.count("\r\n")):
        yield split_lines(text)
        return
    start = 0
    while len(text) - start > MIN_CHUNK_CHARACTERS and (
        end := text.find("\n", start + MIN_CHUNK_CHARACTERS) + 1
    ):
        yield text[start:end]
        start = end
    yield text[start:]
