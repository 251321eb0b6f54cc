"""The snapshot of a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.cursor import MAX_LINES_AROUND, Cursor, LineEnd, normalized_line_ends, with_line_ends
from midfill.core.document import Document, Position

EOLS: list[LineEnd] = ["\n", "\r\n", "\r"]
lines = st.lists(st.text(st.sampled_from("ab é漢😀({"), max_size=6), min_size=1, max_size=6)


def test_snapshot_has_the_nearest_lines() -> None:
    """A snapshot holds the nearest lines above and below, for a document of any size."""
    document = Document("file:///a", "text", "".join(f"{row}\n" for row in range(3 * MAX_LINES_AROUND)))
    cursor = document.cursor(Position(MAX_LINES_AROUND + 500, 1))
    assert (len(cursor.above), cursor.above[0], cursor.above[-1]) == (
        MAX_LINES_AROUND,
        "500\n",
        f"{MAX_LINES_AROUND + 499}\n",
    )
    assert (len(cursor.below), cursor.below[0]) == (MAX_LINES_AROUND, f"{MAX_LINES_AROUND + 501}\n")


@pytest.mark.parametrize("eol", EOLS)
def test_prefix_and_suffix_have_line_feeds(eol: LineEnd) -> None:
    """The model's text has line feeds, for any line ends of the document."""
    cursor = Document("file:///a", "text", eol.join(["a", "bc", "d", ""])).cursor(Position(1, 1))
    assert (cursor.prefix, cursor.suffix, cursor.end, cursor.eol) == ("a\nb", "c\nd\n", eol, eol)


@given(above=lines, below=lines, typed=lines, eol=st.sampled_from(EOLS), data=st.data())
def test_advanced_cursor_equals_typing(
    above: list[str], below: list[str], typed: list[str], eol: LineEnd, data: st.DataObject
) -> None:
    """A cursor advanced by a text equals the cursor after that text is inserted."""
    text = eol.join([*above, *below])
    document = Document("file:///a", "text", text + eol)
    row = len(above) - 1
    replaced = data.draw(st.integers(0, len(document.line(row)) - (column := len(above[-1]))))
    cursor = document.cursor(Position(row, column), "utf-32")
    document.edit(
        Position(row, column),
        Position(row, column + replaced),
        with_line_ends("\n".join(typed), eol),
        "utf-32",
    )
    end = Position(row + len(typed) - 1, len(typed[-1]) + (column if len(typed) == 1 else 0))
    assert cursor.advanced("\n".join(typed), replaced) == document.cursor(end, "utf-32")


@given(st.lists(st.sampled_from(["a", "\n", "\r\n", "\r", "\u2028"])).map("".join))
def test_unified_line_ends_are_line_feeds(text: str) -> None:
    """Every line end becomes one line feed, and nothing else changes."""
    counted = len(Document("file:///a", "text", text)._lines) - 1
    assert "\r" not in normalized_line_ends(text)
    assert normalized_line_ends(text).count("\n") == counted
    assert normalized_line_ends(text).replace("\n", "") == text.replace("\r", "").replace("\n", "")


@pytest.mark.parametrize("eol", EOLS)
def test_line_ends_are_restored(eol: LineEnd) -> None:
    """Text with line feeds gets the document's line ends, and back."""
    assert with_line_ends("a\nb\n", eol) == f"a{eol}b{eol}"
    assert normalized_line_ends(with_line_ends("a\nb\n", eol)) == "a\nb\n"


def test_equal_cursors_have_the_same_hash() -> None:
    """The cache of what is known about a cursor finds an equal one, and no other."""
    document = Document("file:///a", "python", "a\nb\nc\n")
    place = Position(1, 1)
    one, same = document.cursor(place), document.cursor(place)
    document.edit(Position(2, 0), Position(2, 1), "d")
    other = document.cursor(place)
    assert len({one, same}) == 1
    assert len({one, other}) == 2


def test_default_cursor_is_in_an_empty_document() -> None:
    """The defaults of a cursor are those of an empty, untitled document."""
    assert Document("", "", "").cursor(Position(0, 0)) == Cursor()
