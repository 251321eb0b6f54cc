"""The text of the open document, searched without an index."""

from collections.abc import Iterator, Sequence

LINE_LIMIT = 500
"""Maximum characters of a line that is searched; longer lines are data or generated."""
NEAR = 30
"""Lines above the cursor that can be the pattern of its line; below the cursor, half as many."""


class DocumentText:
    """A text, searched without regard to indentation.

    `lines` are its lines, with or without line ends. A source takes about 50 ns per line to build.
    """

    __slots__ = ("lines", "text")

    def __init__(self, lines: Sequence[str] = ()) -> None:
        self.lines = lines
        if max(map(len, lines), default=0) > LINE_LIMIT:
            lines = [line if len(line) <= LINE_LIMIT else "" for line in lines]
        self.text = "\n".join(["", *map(str.strip, lines), ""])
        """The lines without white space at both ends, each between two line ends."""

    def ends(self, anchor: str, most: int, *, from_end: bool) -> Iterator[int]:
        """Yield the offset after each `anchor`, at most `most`, from the end or from the start."""
        at = self.text.rfind(anchor) if from_end else self.text.find(anchor)
        while at >= 0 and most:
            yield at + len(anchor)
            most -= 1
            at = (
                self.text.rfind(anchor, 0, at + len(anchor) - 1)
                if from_end
                else self.text.find(anchor, at + 1)
            )

    def before(self, place: int, most: int) -> str:
        """Return up to `most` characters before a place."""
        return self.text[max(0, place - most) : place]

    def line_rest(self, place: int) -> str:
        """Return the text after `place` on its line."""
        return self.text[place : self.text.find("\n", place)]

    def row(self, place: int) -> int:
        """Return the index in `lines` of the line of `place`."""
        return self.text.count("\n", 0, place) - 1

    def line(self, row: int) -> str | None:
        """Return a line with its indentation; None after the last."""
        return self.lines[row] if 0 <= row < len(self.lines) else None

    def last_lines(self) -> list[str]:
        """Return the last `NEAR` lines, the last first."""
        return self.text.rsplit("\n", NEAR + 1)[-2:0:-1]

    def first_lines(self) -> list[str]:
        """Return the first `NEAR // 2` lines."""
        return self.text.split("\n", NEAR // 2 + 1)[1:-1]
