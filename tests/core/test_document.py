"""The document store, compared with a plain model of an editor: one string, and positions counted naively."""

import tracemalloc
from collections.abc import Iterator
from contextlib import AbstractContextManager
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core import lines
from midfill.core.cursor import MAX_LINE_CHARACTERS, MAX_LINES_AROUND
from midfill.core.document import MAX_MARKS, Document, Encoding, Position, character_index, unit_count
from midfill.core.lines import Lines

ENCODINGS: list[Encoding] = ["utf-8", "utf-16", "utf-32"]
CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}

PIECES = ["a", "b", " ", "\t", "\n", "\n", "\r\n", "\r\n", "\r", "é", "漢", "😀", "\ud800", "\udc00"]
NO_LINE_ENDS = ["\f", "\v", "\u2028", "\u2029", "\x85", "\x1c"]
"""Characters that are line ends for Python's `splitlines`, and not for LSP."""

texts = st.lists(st.sampled_from(PIECES + NO_LINE_ENDS), max_size=40).map("".join)
places = st.builds(Position, st.integers(-1, 12), st.integers(-2, 12))
edits = st.lists(st.tuples(places, places, texts), max_size=8)
encodings = st.sampled_from(ENCODINGS)
blocks = st.sampled_from([0, 5, lines.MIN_CHUNK_CHARACTERS])
"""The sizes of blocks: some have one line, some a few, and one has all of them."""


class Model:
    """The model: one string."""

    def __init__(self, text: str) -> None:
        self.text = text

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the offset and the content of each line."""
        start = at = 0
        while at < len(self.text):
            char = self.text[at]
            if char in "\r\n":
                yield start, self.text[start:at]
                at += 2 if self.text[at : at + 2] == "\r\n" else 1
                start = at
            else:
                at += 1
        yield start, self.text[start:]

    def offset(self, position: Position, encoding: Encoding) -> int:
        """Return the offset that a position means: the last place that is not behind it."""
        lines = list(self.lines())
        if position.line < 0:
            return 0
        if position.line >= len(lines):
            return len(self.text)
        start, content = lines[position.line]
        fitting = [
            at for at in range(len(content) + 1) if width(content[:at], encoding) <= position.character
        ]
        return start + max(fitting, default=0)

    def edit(self, start: Position, end: Position, text: str, encoding: Encoding) -> None:
        first, last = sorted((self.offset(start, encoding), self.offset(end, encoding)))
        self.text = self.text[:first] + text + self.text[last:]


def width(text: str, encoding: Encoding) -> int:
    codec, size = CODECS[encoding]
    return len(text.encode(codec, "surrogatepass")) // size


def blocks_of(size: int) -> AbstractContextManager[object]:
    """Let documents have small blocks."""
    return patch.object(lines, "MIN_CHUNK_CHARACTERS", size)


def contents(document: Document) -> list[str]:
    return [document.line(row) for row in range(document.line_count)]


def all_lines(document: Document) -> list[str]:
    return document._lines.between(0, document.line_count)


@given(text=texts, changes=edits, encoding=encodings, block=blocks)
def test_edits_equal_edits_of_a_string(
    text: str, changes: list[tuple[Position, Position, str]], encoding: Encoding, block: int
) -> None:
    """After any edits, at any positions, text, lines and size are those of the string edited the same way."""
    with blocks_of(block):
        document, model = Document("file:///a", "python", text), Model(text)
    for start, end, new in changes:
        document.edit(start, end, new, encoding)
        model.edit(start, end, new, encoding)
        assert document.text == model.text
        assert document.line_count == len(list(model.lines()))
        assert document.size == len(model.text)
    assert contents(document) == [content for _, content in model.lines()]


@given(text=texts, position=places, encoding=encodings, block=blocks)
def test_cursor_is_at_the_position(text: str, position: Position, encoding: Encoding, block: int) -> None:
    """The text before and after a cursor is the text before and after the offset of the position."""
    with blocks_of(block):
        document, model = Document("file:///a", "python", text), Model(text)
    cursor = document.cursor(position, encoding)
    offset = model.offset(position, encoding)
    assert "".join(cursor.above) + cursor.head == text[:offset]
    assert cursor.rest + cursor.end + "".join(cursor.below) == text[offset:]
    assert (cursor.row, cursor.column) == document.row_and_column(position, encoding)


@given(text=texts, encoding=encodings)
def test_units_and_columns_are_inverse(text: str, encoding: Encoding) -> None:
    """The units before a character give its column."""
    for at in range(len(text) + 1):
        assert unit_count(text[:at], encoding) == width(text[:at], encoding)
        assert character_index(text, unit_count(text[:at], encoding), encoding) == at


@pytest.mark.parametrize(
    ("encoding", "units"),
    [("utf-8", [0, 1, 5, 7, 8]), ("utf-16", [0, 1, 3, 4, 5]), ("utf-32", [0, 1, 2, 3, 4])],
)
def test_units_before_each_column(encoding: Encoding, units: list[int]) -> None:
    """As the client counts them."""
    document = Document("file:///a.py", "python", "first\na😀éb\n")
    assert [document.unit_offset(1, column, encoding) for column in range(5)] == units


@given(text=texts, changes=edits, block=blocks)
def test_edited_document_equals_a_reopened_one(
    text: str, changes: list[tuple[Position, Position, str]], block: int
) -> None:
    """The line structure after edits is that of the same text opened again: CR and LF are joined and separated."""
    with blocks_of(block):
        document = Document("file:///a", "python", text)
        for start, end, new in changes:
            document.edit(start, end, new)
        assert all_lines(document) == all_lines(Document("file:///a", "python", document.text))


@given(text=texts, changes=edits, block=blocks)
def test_snapshots_between_edits_are_those_of_a_reopened_document(
    text: str, changes: list[tuple[Position, Position, str]], block: int
) -> None:
    """The lines around a row are kept while it is edited, and only then."""
    with blocks_of(block):
        document = Document("file:///a", "python", text)
        for start, end, new in changes:
            for place in (start, end):
                found, fresh = (
                    each.cursor(place) for each in (document, Document("file:///a", "python", document.text))
                )
                assert (found.above, found.head) == (fresh.above, fresh.head)
                assert (found.rest, found.end, found.below) == (fresh.rest, fresh.end, fresh.below)
            document.edit(start, end, new)


def test_lines_around_a_row_are_kept_while_it_is_edited() -> None:
    """Typing does not copy thousands of lines for each request."""
    document = Document("file:///a", "python", "above\n\nbelow\n")
    before = document.cursor(Position(1, 0))
    document.edit(Position(1, 0), Position(1, 0), "x")
    after = document.cursor(Position(1, 1))
    assert after.head == "x"
    assert after.above is before.above
    assert after.below is before.below
    document.edit(Position(2, 0), Position(2, 5), "other")
    assert document.cursor(Position(1, 1)).below == ("other\n", "")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_columns_in_a_long_line(encoding: Encoding) -> None:
    """Far into a long line, too, a column is where its units are, and one inside a character is before it."""
    line = "x😀é" * 10_000
    for at in (0, 1, 8_191, 8_192, 8_193, 24_575, 24_576, 29_998, 30_000):
        assert character_index(line, width(line[:at], encoding), encoding) == at
    assert character_index(line, width(line[:1_537], encoding) + 1, encoding) == 1_537 + (
        encoding == "utf-32"
    )
    assert character_index(line, 10**6, encoding) == len(line)


CLAMPED = [
    ("past the end of a line", (0, 99), (0, 3)),
    ("past the last line", (99, 0), (2, 2)),
    ("in the middle of a line", (1, 1), (1, 1)),
    ("before the first line", (-1, 5), (0, 0)),
    ("before a line's beginning", (1, -3), (1, 0)),
    ("the end of the document", (2, 2), (2, 2)),
]


@pytest.mark.parametrize(("place", "expected"), [row[1:] for row in CLAMPED], ids=[row[0] for row in CLAMPED])
def test_positions_outside_the_text_are_clamped(place: tuple[int, int], expected: tuple[int, int]) -> None:
    """A character past its line's end means the end, before its line end; a line past the last, the document's end."""
    document = Document("file:///a", "python", "abc\r\ndef\nhi")
    assert document.row_and_column(Position(*place)) == expected


INSIDE = [
    ("utf-16", 1, 1),
    ("utf-16", 2, 1),
    ("utf-16", 3, 2),
    ("utf-8", 1, 1),
    ("utf-8", 4, 1),
    ("utf-8", 5, 2),
    ("utf-32", 2, 2),
]


@pytest.mark.parametrize(("encoding", "character", "expected"), INSIDE)
def test_position_inside_a_character_is_before_it(encoding: Encoding, character: int, expected: int) -> None:
    """An offset between the units of one character belongs before it."""
    assert Document("file:///a", "python", "x😀y").row_and_column(Position(0, character), encoding) == (
        0,
        expected,
    )


JOINED = [
    ("a line feed behind a carriage return", "a\rb", (1, 0), (1, 0), "\n", ["a", "b"]),
    ("what stood between the two is deleted", "a\rx\nb", (1, 0), (1, 1), "", ["a", "b"]),
    ("a carriage return before a line feed", "a\nb", (0, 1), (0, 1), "\r", ["a", "b"]),
    ("text of several lines between them is removed", "a\rx\ny\nb", (1, 0), (2, 1), "", ["a", "b"]),
    ("a carriage return alone stays alone", "a\nb", (1, 0), (1, 0), "\r", ["a", "", "b"]),
    ("the last line end is removed", "a\r\n", (0, 1), (1, 0), "", ["a"]),
]


@pytest.mark.parametrize(
    ("text", "start", "end", "new", "lines"), [row[1:] for row in JOINED], ids=[row[0] for row in JOINED]
)
def test_carriage_return_and_line_feed_are_joined(
    text: str, start: tuple[int, int], end: tuple[int, int], new: str, lines: list[str]
) -> None:
    """A CR and an LF that become adjacent are one line end."""
    document = Document("file:///a", "python", text)
    document.edit(Position(*start), Position(*end), new)
    assert contents(document) == lines


@pytest.mark.parametrize("char", NO_LINE_ENDS)
def test_only_lf_cr_and_crlf_end_a_line(char: str) -> None:
    """Form feeds, U+2028 and their like are text, in a document with either line end."""
    assert contents(Document("file:///a", "text", f"a{char}b\nc")) == [f"a{char}b", "c"]
    assert contents(Document("file:///a", "text", f"a{char}b\r\nc")) == [f"a{char}b", "c"]


EOLS = [
    ("", "\n"),
    ("one line", "\n"),
    ("a\r\nb\r\nc\n", "\r\n"),
    ("a\nb\nc\r\n", "\n"),
    ("a\rb\rc", "\r"),
    ("a\n\r\n", "\n"),
]


@pytest.mark.parametrize(("text", "eol"), EOLS)
def test_most_frequent_line_end_is_used(text: str, eol: str) -> None:
    """New lines get the line end of the cursor; in a document without any it is a line feed."""
    assert Document("file:///a", "text", text).cursor(Position(0, 0)).eol == eol


def test_first_typed_line_end_is_used() -> None:
    """A document without a line end gets the one of its first edits."""
    document = Document("file:///a", "text", "")
    document.edit(Position(0, 0), Position(0, 0), "a\r\nb\r\n")
    assert document.cursor(Position(2, 0)).eol == "\r\n"


def test_change_without_a_range_replaces_the_text() -> None:
    """A change without a range is the whole new text, with its own lines, size, line end and version."""
    document = Document("file:///a", "text", "a\nb", 1)
    document.replace("x\r\ny\r\n", 2)
    assert (document.text, document.size, document.version) == ("x\r\ny\r\n", 6, 2)
    assert document.cursor(Position(9, 9)).eol == "\r\n"


def test_cursor_does_not_change_with_its_document() -> None:
    """A snapshot taken before an edit shows the text before the edit."""
    document = Document("file:///a", "text", "one\ntwo\nthree", 1)
    cursor = document.cursor(Position(1, 2))
    document.edit(Position(0, 0), Position(2, 1), "gone", "utf-16")
    assert (cursor.prefix, cursor.suffix, cursor.version) == ("one\ntw", "o\nthree", 1)


def test_repr_has_no_text() -> None:
    """The text of a document is never printed by accident."""
    document = Document("file:///a", "text", "my secret\nplans", 3)
    cursor = document.cursor(Position(0, 2))
    for word in ("my", "secret", "plans"):
        assert word not in repr(document)
        assert word not in repr(cursor)


BIG = "value = compute(1, 2, 3)  # a line like any other\n" * 100_000


def test_edit_keeps_other_lines() -> None:
    """All but the edited lines of a large document are the very same objects afterwards."""
    document = Document("file:///a", "python", BIG)
    before = all_lines(document)
    document.edit(Position(50_000, 4), Position(50_002, 4), "x\ny\nz")
    after = all_lines(document)
    assert all(one is two for one, two in zip(before[:50_000], after[:50_000], strict=True))
    assert all(one is two for one, two in zip(before[50_003:], after[50_003:], strict=True))


def test_large_document_is_split_lazily() -> None:
    """To open one takes a copy; a key needs the lines of its block, and a few around."""
    document = Document("file:///a", "python", BIG)
    document.edit(Position(50_000, 4), Position(50_000, 4), "x")
    document.cursor(Position(50_000, 5))
    split = [block for block in document._lines._chunks if isinstance(block, list)]
    assert 1 <= sum(map(len, split)) < document.line_count / 10


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (0, 5),
        (3_000, 14_000),
        (8_000, 14_000),
        (7_000, 7_003),
        (19_990, 30_000),
        (5, 5),
        (9, 3),
        (20_000, 20_001),
    ],
)
def test_lines_between_rows_of_several_blocks(first: int, last: int) -> None:
    """A large text is split into blocks; the last line has no end."""
    lines = [f"line {number}\n" for number in range(20_000)]
    assert Lines("".join(lines)).between(first, last) == [*lines, ""][first:last]


@pytest.mark.parametrize("row", [0, 50_000, 99_999])
def test_edit_needs_little_memory(row: int) -> None:
    """Typing into a document of 5 MB allocates less than a thousandth of it, even for a moment."""
    document = Document("file:///a", "python", BIG)
    document.edit(Position(row, 0), Position(row, 0), "x")  # The first key splits a block into lines.
    tracemalloc.start()
    try:
        for at in range(20):
            document.edit(Position(row, at), Position(row, at), "x")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < document.size / 1_000


def test_edits_do_not_use_memory() -> None:
    """Typing and deleting the same lines again and again ends with the memory it began with."""
    document = Document("file:///a", "python", "def f():\n    return 1\n" * 50)
    size = document.size

    def lap(count: int) -> None:
        for _ in range(count // 2):
            document.edit(Position(7, 2), Position(7, 2), "typed\n😀 text")
            document.edit(Position(7, 2), Position(8, 7), "")

    tracemalloc.start()
    try:
        lap(5_000)
        before, _ = tracemalloc.get_traced_memory()
        lap(20_000)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert document.size == size
    assert after - before < 20_000  # A byte per edit; a kept edit would take fifty.


def test_line_of_5_mb_is_edited() -> None:
    """A document of a single huge line is edited and read like any other."""
    document = Document("file:///a", "json", "0123456789" * 500_000)
    document.edit(Position(0, 4_999_990), Position(0, 4_999_995), "é")
    cursor = document.cursor(Position(0, 4_999_991))
    assert (cursor.head[-3:], cursor.rest) == ("89é", "56789")
    assert document.size == 4_999_996


TEN = "".join(f"line {row}\n" for row in range(10))


@pytest.mark.parametrize(
    ("start", "end", "text", "row"),
    [
        ((8, 0), (8, 4), "x", 5),
        ((5, 0), (5, 4), "x\ny\nz", 5),
        ((6, 0), (9, 0), "", 5),
        ((2, 0), (2, 0), "new\nnew\n", 7),
        ((2, 0), (4, 0), "", 3),
        ((3, 0), (6, 0), "", 3),
        ((3, 0), (6, 0), "one\n", 4),
        ((3, 0), (6, 0), "one\ntwo\nthree\nfour\n", 5),
        ((4, 6), (5, 0), "", 4),
        ((0, 0), (9, 0), "", 0),
    ],
)
def test_mark_moves_with_its_line(start: tuple[int, int], end: tuple[int, int], text: str, row: int) -> None:
    """It moves with edits above it; the mark of a removed line moves to the line in its place."""
    document = Document("file:///a", "text", TEN)
    mark = document.mark(5)
    document.edit(Position(*start), Position(*end), text, "utf-32")
    assert mark.row == row


def test_lines_around_a_mark() -> None:
    """Existing rows above and below are returned; afterwards the mark does not move."""
    document = Document("file:///a", "text", TEN)
    mark, other = document.mark(1), document.mark(9)
    assert document.take_marked(mark, 3, 1) == "line 0\nline 1\nline 2\n"
    document.edit(Position(0, 0), Position(0, 0), "new\n")
    assert (mark.row, other.row) == (1, 10)
    assert document.take_marked(other, 1, 5) == "line 8\nline 9\n"
    assert document.take_marked(document.mark(2), 0, 0) == "line 1\n"


def test_number_of_marks_is_limited() -> None:
    """The oldest is dropped for a new one."""
    document = Document("file:///a", "text", TEN)
    marks = [document.mark(5) for _ in range(MAX_MARKS + 1)]
    document.edit(Position(0, 0), Position(0, 0), "new\n")
    assert [mark.row for mark in marks] == [5, *[6] * MAX_MARKS]


def test_rows_have_line_feeds() -> None:
    """The document may have other line ends. A change without a range counts, too."""
    document = Document("file:///a", "text", "a\r\nb\rc\nd")
    assert document.text_of_rows(0, 3) == "a\nb\nc\n"
    assert document.text_of_rows(3, 9) == "d"
    assert document.changes == 1
    document.replace("x")
    document.edit(Position(0, 0), Position(0, 0), "y")
    assert document.changes == 3


@pytest.mark.parametrize(
    ("start", "end", "blank"),
    [
        ((0, 1), (0, 4), True),
        ((0, 0), (0, 4), False),
        ((0, 1), (1, 0), False),
        ((1, 0), (1, 0), True),
        ((0, 2), (0, 9), False),
    ],
)
def test_blanks_between_two_positions(start: tuple[int, int], end: tuple[int, int], blank: bool) -> None:
    """The text between them on one line must be blank."""
    assert (
        Document("file:///a", "text", "a \t b\n\nc").is_whitespace_between(Position(*start), Position(*end))
        is blank
    )


def test_replaced_lines_of_an_edit() -> None:
    """The result has the lines before and after, without their ends, and the first row."""
    document = Document("file:///a", "text", TEN)
    replaced = document.edit(Position(2, 1), Position(3, 2), "x\ny")
    assert replaced == (2, ("line 2", "line 3"), ("lx", "yne 3"))


def test_too_long_lines_end_the_snapshot() -> None:
    """They and the text beyond them are not a part of the cursor."""
    long = "x" * (MAX_LINE_CHARACTERS + 1)
    document = Document("file:///a", "text", f"a\n{long}\nb\nc\nd\n{long}\ne")
    cursor = document.cursor(Position(3, 0))
    assert (cursor.above, cursor.below) == (("b\n",), ("d\n",))
    plain = Document("file:///a", "text", "a\n" + "x" * (MAX_LINE_CHARACTERS - 1) + "\nb").cursor(
        Position(2, 0)
    )
    assert len(plain.above) == 2


def test_number_of_lines_of_a_cursor() -> None:
    """The limit applies above and below."""
    document = Document("file:///a", "text", "x\n" * (3 * MAX_LINES_AROUND))
    cursor = document.cursor(Position(MAX_LINES_AROUND + 5, 0))
    assert (len(cursor.above), len(cursor.below)) == (MAX_LINES_AROUND, MAX_LINES_AROUND)
    assert document.cursor(Position(3, 0)).above == ("x\n",) * 3
