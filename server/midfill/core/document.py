"""The server's copy of an open file, edited in place when the editor reports a change."""

from bisect import bisect_right
from typing import Literal, NamedTuple

from midfill.core.cursor import (
    MAX_LINE_CHARACTERS,
    MAX_LINE_PART_CHARACTERS,
    MAX_LINES_AROUND,
    Cursor,
    LineEnd,
    normalized_line_ends,
)
from midfill.core.edit import ReplacedLines
from midfill.core.lines import Lines, end_of, split_parts

Encoding = Literal["utf-8", "utf-16", "utf-32"]
"""The unit of a client's `character`: bytes, UTF-16 code units or code points (LSP 3.18)."""

_CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2)}
"""Each encoding's codec, and the number of bytes of one unit."""
_CHUNK_CHARACTERS = 8_192
"""Characters whose units are counted at once; counting a long line one by one takes 50 times as long."""
_SAMPLED_LINES = 100
"""Lines at the start of a document that determine the line end it uses (our own limit)."""
MAX_MARKS = 100
"""Maximum marks of a document; each edit moves all of them (our own limit)."""


class Position(NamedTuple):
    """A position as the client sends it: zero-based line, and offset into it in units of the encoding."""

    line: int
    character: int


class _Around(NamedTuple):
    """The lines around a row, for its snapshots."""

    row: int
    above: tuple[str, ...]
    below: tuple[str, ...]


class Mark:
    """A row that moves with its document's text."""

    __slots__ = ("row",)

    def __init__(self, row: int) -> None:
        self.row = row

    def edited(self, row: int, until: int, rows: int) -> None:
        """Move with an edit that replaced the rows from `row` to `until` with this number of rows."""
        if self.row >= until:
            self.row += rows - (until - row)
        elif self.row > row:
            self.row = row + min(self.row - row, max(0, rows - 1))


class Document:
    r"""One open file: a list of its lines, each with its line end.

    Only `\n`, `\r\n` and `\r` end a line (LSP 3.18, "Text Documents"); the last line has no end. Positions outside the
    document are clamped as the specification says: a character past the end of its line means the line's end, a line
    past the last one means the end of the document. The cost of an edit depends on the edited lines, not on the size of
    the file. `size` is its length in characters. `changes` counts the changes, for clients whose `version` does not
    change.
    """

    __slots__ = ("_around", "_eol", "_lines", "_marks", "changes", "language", "size", "uri", "version")

    def __init__(self, uri: str, language: str, text: str, version: int | None = None) -> None:
        self.uri = uri
        self.language = language
        self.changes = 0
        self._marks: list[Mark] = []
        self.replace(text, version)

    def __repr__(self) -> str:
        return f"<Document {self.uri} version {self.version}, {len(self._lines)} lines>"

    @property
    def text(self) -> str:
        """The exact whole text."""
        return self._lines.text

    @property
    def line_count(self) -> int:
        """The number of lines, at least one."""
        return len(self._lines)

    def replace(self, text: str, version: int | None = None) -> None:
        """Replace the whole content with `text`."""
        self._lines = Lines(text)
        self._around: _Around | None = None
        self._eol = self._line_end()
        self.size = len(text)
        self.version = version
        self.changes += 1

    def edit(self, start: Position, end: Position, text: str, encoding: Encoding = "utf-16") -> ReplacedLines:
        """Replace the text between `start` and `end` (swapped if in the wrong order) with `text`.

        Return the touched lines before and after, up to `MAX_LINE_CHARACTERS` characters of each.
        """
        begin = self.row_and_column(start, encoding)
        # The position of an insertion is counted once: counting the units of a line of megabytes takes milliseconds.
        first, last = sorted((begin, begin if end == start else self.row_and_column(end, encoding)))
        row, lines = self._edited(first, last, text)
        until = last[0] + 1
        first_end = len(self._lines) == 1
        self.changes += 1
        before = self._lines.between(row, until)
        self.size += sum(map(len, lines)) - sum(map(len, before))
        self._lines.replace(row, until, lines)
        if self._around is not None and (self._around.row != row or until != row + 1 or len(lines) != 1):
            self._around = None
        for mark in self._marks:
            mark.edited(row, until, len(lines))
        if first_end:
            self._eol = self._line_end()
        return ReplacedLines(row, _without_line_ends(before), _without_line_ends(lines))

    def _edited(self, first: tuple[int, int], last: tuple[int, int], text: str) -> tuple[int, list[str]]:
        """Return the first row that an edit touches, and the lines that replace those from it to the row of `last`."""
        row, above = first[0], self._lines[first[0] - 1] if first[0] else ""
        head, below = self._lines[row][: first[1]], self._lines[last[0]]
        line_end = end_of(below)
        rest = below[last[1] : len(below) - len(line_end)]
        if not head and above.endswith("\r") and f"{text}{rest[:1]}{line_end}".startswith("\n"):
            row -= 1  # The edit removed the text between a lone \r and a \n: the two are one line end now.
            head = above
        return row, split_parts(head, text, rest, line_end)

    def mark(self, row: int) -> "Mark":
        """Return a mark on a row, which moves with the text; the oldest mark is dropped if there are too many."""
        self._marks = [*self._marks[1 - MAX_MARKS :], mark := Mark(row)]
        return mark

    def take_marked(self, mark: "Mark", above: int, below: int) -> str:
        """Drop a mark, and return the text of its row and of this number of rows above and below it."""
        self._marks = [other for other in self._marks if other is not mark]
        return "".join(self._lines.between(max(0, mark.row - above), mark.row + below + 1))

    def is_whitespace_between(self, start: Position, end: Position, encoding: Encoding = "utf-16") -> bool:
        """Whether two positions are on one line with only blanks between them."""
        first, last = self.row_and_column(start, encoding), self.row_and_column(end, encoding)
        return first[0] == last[0] and not self._lines[first[0]][first[1] : last[1]].strip()

    def row_and_column(self, position: Position, encoding: Encoding = "utf-16") -> tuple[int, int]:
        """Return the row and column (in characters) of `position`, clamped to the document."""
        if position.line < 0:
            return 0, 0
        if position.line >= len(self._lines):
            last = len(self._lines) - 1
            return last, len(self._lines[last])
        at = character_index(self._lines[position.line], position.character, encoding)
        return position.line, min(at, self.line_length(position.line))

    def unit_offset(self, row: int, column: int, encoding: Encoding) -> int:
        """Return the number of units before a column of a line."""
        line = self._lines[row]
        return column if line.isascii() else unit_count(line[:column], encoding)

    @property
    def eol(self) -> LineEnd:
        """The line end that the document uses."""
        return self._eol

    def line(self, row: int) -> str:
        """Return the content of a line, without its line end."""
        line = self._lines[row]
        return line[: len(line) - len(end_of(line))]

    def line_length(self, row: int) -> int:
        """Return the number of characters of a line, without its line end."""
        line = self._lines[row]
        return len(line) - len(end_of(line))

    def text_of_rows(self, first: int, last: int) -> str:
        r"""Return the lines from row `first` to before row `last`, with `\n` line ends."""
        return normalized_line_ends("".join(self._lines.between(first, last)))

    def cursor(self, position: Position, encoding: Encoding = "utf-16") -> Cursor:
        """Return the frozen snapshot around `position`."""
        row, at = self.row_and_column(position, encoding)
        line, width, around = self._lines[row], self.line_length(row), self._lines_around(row)
        left, right = max(0, at - MAX_LINE_PART_CHARACTERS), min(width, at + MAX_LINE_PART_CHARACTERS)
        return Cursor(
            uri=self.uri,
            language=self.language,
            version=self.version,
            row=row,
            above=around.above,
            head=line[left:at],
            rest=line[at:right],
            below=around.below,
            end=line[width:],
            eol=self._eol,
            omitted=(left, width - right),
        )

    def _lines_around(self, row: int) -> "_Around":
        """Return the lines around a row; they are the same while the user types in it."""
        if self._around is None or self._around.row != row:
            above = self._lines.between(max(0, row - MAX_LINES_AROUND), row)
            below = self._lines.between(row + 1, row + 1 + MAX_LINES_AROUND)
            self._around = _Around(row, _up_to_long_line(above, from_end=True), _up_to_long_line(below))
        return self._around

    def _line_end(self) -> LineEnd:
        """Return the most frequent line end of the first lines."""
        sample = [line[-2:] for line in self._lines.between(0, _SAMPLED_LINES)]
        counts: dict[LineEnd, int] = {
            "\n": sum(end[-1:] == "\n" and end != "\r\n" for end in sample),
            "\r\n": sum(end == "\r\n" for end in sample),
            "\r": sum(end[-1:] == "\r" for end in sample),
        }
        return max(counts, key=lambda end: counts[end])


def _up_to_long_line(lines: list[str], *, from_end: bool = False) -> tuple[str, ...]:
    """Return the lines before the first one that exceeds `MAX_LINE_CHARACTERS`; `from_end`: after the last one."""
    if max(map(len, lines), default=0) > MAX_LINE_CHARACTERS:
        rows = [row for row, line in enumerate(lines) if len(line) > MAX_LINE_CHARACTERS]
        return tuple(lines[rows[-1] + 1 :] if from_end else lines[: rows[0]])
    return tuple(lines)


def character_index(content: str, character: int, encoding: Encoding) -> int:
    """Return the number of characters of `content` before `character`, an offset in units of `encoding`.

    An offset inside a character means the position before it; an offset past the end means the end; a negative one,
    zero.
    """
    if character <= 0:
        return 0
    if encoding == "utf-32" or content.isascii():
        return min(character, len(content))
    for start in range(0, len(content), _CHUNK_CHARACTERS):
        chunk = content[start : start + _CHUNK_CHARACTERS]
        width = unit_count(chunk, encoding)
        if width > character:
            fits = bisect_right(range(len(chunk)), character, key=lambda at: unit_count(chunk[:at], encoding))
            return start + fits - 1
        character -= width
    return len(content)


def unit_count(content: str, encoding: Encoding) -> int:
    """Return the length of `content` in units of `encoding`."""
    if encoding == "utf-32" or content.isascii():
        return len(content)
    codec, size = _CODECS[encoding]
    return len(content.encode(codec, "surrogatepass")) // size


def _without_line_ends(lines: list[str]) -> tuple[str, ...]:
    """Return up to `MAX_LINE_CHARACTERS` characters of lines, without their ends."""
    return tuple(line[: min(len(line) - len(end_of(line)), MAX_LINE_CHARACTERS)] for line in lines)
