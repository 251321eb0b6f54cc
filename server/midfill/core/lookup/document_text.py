"""The text of the open document, searched without an index."""

from collections.abc import Iterator, Sequence

MAX_LINE_LENGTH = 500
"""Maximum characters of a line; a longer one is data or generated, and is left out."""
PATTERN_LINES = 30
"""Lines above the cursor that can be the pattern of its line; below the cursor, half as many."""


class DocumentText:
    """A text, searched without regard to indentation.

    `lines` are its lines, with or without line ends. The object takes about 50 ns per line to build. All offsets are in
    characters of `text`.
    """

    __slots__ = ("lines", "text")

    def __init__(self, lines: Sequence[str] = ()) -> None:
        self.lines = lines
        if max(map(len, lines), default=0) > MAX_LINE_LENGTH:
            lines = [line if len(line) <= MAX_LINE_LENGTH else "" for line in lines]
        self.text = "\n".join(["", *map(str.strip, lines), ""])
        """The lines without whitespace at both ends, each between two line ends."""

    def offsets_after(self, ngram: str, limit: int, *, from_end: bool) -> Iterator[int]:
        """Yield the offset after each `ngram`, at most `limit`, from the end or from the start."""
        at = self.text.rfind(ngram) if from_end else self.text.find(ngram)
        while at >= 0 and limit:
            yield at + len(ngram)
            limit -= 1
            at = self.text.rfind(ngram, 0, at + len(ngram) - 1) if from_end else self.text.find(ngram, at + 1)

    def text_before(self, offset: int, limit: int) -> str:
        """Return up to `limit` characters before a place."""
        return self.text[max(0, offset - limit) : offset]

    def rest_of_line(self, offset: int) -> str:
        """Return the text after `offset` on its line."""
        return self.text[offset : self.text.find("\n", offset)]

    def row(self, offset: int) -> int:
        """Return the index in `lines` of the line of `offset`."""
        return self.text.count("\n", 0, offset) - 1

    def line(self, row: int) -> str | None:
        """Return a line with its indentation; None after the last."""
        return self.lines[row] if 0 <= row < len(self.lines) else None

    def last_lines(self) -> list[str]:
        """Return the last `PATTERN_LINES` lines, the last first."""
        return self.text.rsplit("\n", PATTERN_LINES + 1)[-2:0:-1]

    def first_lines(self) -> list[str]:
        """Return the first `PATTERN_LINES // 2` lines."""
        return self.text.split("\n", PATTERN_LINES // 2 + 1)[1:-1]
