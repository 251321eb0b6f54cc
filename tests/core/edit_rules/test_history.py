"""Edits as hunks: merged while a line is typed, moved by edits above, removed when they are undone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.document import Document, Position
from midfill.core.edit_rules import History, Hunk
from midfill.core.edit_rules.history import MAX_LINES

HERE, THERE = "file:///w/here.py", "file:///w/there.py"
TEXT = "".join(f"line {row}\n" for row in range(20))


class EditedDocuments:
    """Two documents and their edits."""

    def __init__(self) -> None:
        self.documents = {uri: Document(uri, "python", TEXT) for uri in (HERE, THERE)}
        self.history = History()

    def put(self, start: tuple[int, int], end: tuple[int, int], text: str, uri: str = HERE) -> None:
        replaced = self.documents[uri].edit(Position(*start), Position(*end), text)
        self.history.edited(uri, replaced)

    def type(self, row: int, column: int, text: str) -> None:
        for key in text:
            self.put((row, column), (row, column), key)
            row, column = (row + 1, 0) if key == "\n" else (row, column + 1)

    def line(self, uri: str, row: int) -> str:
        document = self.documents[uri]
        return document.line(row) if 0 <= row < document.line_count else ""

    @property
    def hunks(self) -> list[Hunk]:
        return self.history.hunks(self.line)


def test_typed_line_is_one_hunk() -> None:
    documents = EditedDocuments()
    documents.type(3, 6, " and more")
    assert documents.hunks == [Hunk(HERE, 3, ("line 3",), ("line 3 and more",), "line 2", "line 4")]


def test_typed_new_lines_are_one_hunk() -> None:
    documents = EditedDocuments()
    documents.type(3, 6, "\nnew\nnewer")
    assert documents.hunks == [Hunk(HERE, 4, (), ("new", "newer"), "line 3", "line 4")]


def test_adjacent_lines_are_two_hunks() -> None:
    documents = EditedDocuments()
    documents.put((3, 0), (3, 4), "row")
    documents.put((4, 0), (4, 4), "row")
    assert [(hunk.row, hunk.after) for hunk in documents.hunks] == [(3, ("row 3",)), (4, ("row 4",))]


def test_line_beside_one_that_was_typed_is_another_hunk() -> None:
    """Above it and below it, however many keys the line took."""
    documents = EditedDocuments()
    documents.type(3, 6, " and more")
    documents.put((2, 0), (2, 4), "row")
    documents.put((4, 0), (4, 4), "row")
    assert [hunk.row for hunk in documents.hunks] == [3, 2, 4]


def test_removed_line_is_one_hunk() -> None:
    documents = EditedDocuments()
    documents.put((3, 0), (4, 0), "")
    assert documents.hunks == [Hunk(HERE, 3, ("line 3",), (), "line 2", "line 4")]


def test_undone_edit_is_no_hunk() -> None:
    documents = EditedDocuments()
    documents.put((3, 0), (3, 4), "row")
    documents.put((3, 0), (3, 3), "line")
    assert documents.hunks == []


def test_edits_above_move_a_hunk() -> None:
    documents = EditedDocuments()
    documents.put((9, 0), (9, 4), "row")
    documents.put((2, 0), (2, 0), "one\ntwo\n")
    documents.put((2, 0), (2, 0), "one\ntwo\n", THERE)
    assert [(hunk.uri, hunk.row) for hunk in documents.hunks] == [(HERE, 11), (HERE, 2), (THERE, 2)]


def test_hunk_edited_again_is_the_newest() -> None:
    documents = EditedDocuments()
    documents.put((9, 0), (9, 4), "row")
    documents.put((2, 0), (2, 4), "row")
    documents.put((9, 0), (9, 3), "column")
    assert [(hunk.row, hunk.before, hunk.after) for hunk in documents.hunks] == [
        (2, ("line 2",), ("row 2",)),
        (9, ("line 9",), ("column 9",)),
    ]


@pytest.mark.parametrize(("lines", "hunks"), [(MAX_LINES, 1), (MAX_LINES + 1, 0)])
def test_paste_of_many_lines_is_no_hunk(lines: int, hunks: int) -> None:
    documents = EditedDocuments()
    documents.put((2, 0), (2, 0), "pasted\n" * lines)
    assert len(documents.hunks) == hunks


def test_replaced_document_has_no_hunks() -> None:
    documents = EditedDocuments()
    documents.put((2, 0), (2, 4), "row")
    documents.history.forget(HERE)
    assert documents.hunks == []


Edits = list[tuple[int, int, int, int, str]]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 21), st.integers(0, 8), st.integers(0, 3), st.integers(0, 8),
            st.sampled_from(["", "x", "\n", "a\nb", "new\n", "line 3\n"]),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_hunks_match_the_document(edits: Edits) -> None:
    """After any edits, the lines of each hunk are the document's, and no two hunks share one."""
    documents = EditedDocuments()
    for row, column, rows, until, text in edits:
        documents.put((row, column), (row + rows, until), text)
    lines = documents.documents[HERE].text.split("\n")
    covered: list[int] = []
    for hunk in documents.hunks:
        assert tuple(lines[hunk.row : hunk.row + len(hunk.after)]) == hunk.after
        covered += range(hunk.row, hunk.row + len(hunk.after))
    assert len(covered) == len(set(covered))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_hunks_have_no_line_ends(end: str) -> None:
    document = Document(HERE, "python", end.join(["one", "two", "three"]))
    assert document.edit(Position(1, 0), Position(1, 3), "2").before == ("two",)


def test_line_next_to_a_removed_one_is_another_hunk() -> None:
    """This holds above it and below it; a change that includes the place of the removed line extends its hunk."""
    for row in (2, 3):
        documents = EditedDocuments()
        documents.put((3, 0), (4, 0), "")
        documents.put((row, 0), (row, 4), "row")
        assert len(documents.hunks) == 2, row
    documents = EditedDocuments()
    documents.put((3, 0), (4, 0), "")
    documents.put((2, 0), (4, 0), "row\n")
    assert [(hunk.row, hunk.before, hunk.after) for hunk in documents.hunks] == [
        (2, ("line 2", "line 3", "line 4"), ("row",))
    ]


def test_only_the_changed_lines_of_a_replacement_are_a_hunk() -> None:
    """A formatter may replace many lines, of which most stay as they are."""
    documents = EditedDocuments()
    documents.put((2, 0), (8, 6), "line 2\nline 3\nrow 4\nline 5\nline 6\nline 7\nline 8")
    assert documents.hunks == [Hunk(HERE, 4, ("line 4",), ("row 4",), "line 3", "line 5")]


@pytest.mark.parametrize(
    ("row", "hunks"),
    [
        (8, [(10, ("row 9",)), (8, ("new",))]),
        (9, [(9, ("new", "row 9"))]),
        (10, [(9, ("row 9", "new"))]),
        (11, [(9, ("row 9",)), (11, ("new",))]),
    ],
)
def test_line_inserted_beside_an_edit_extends_it(row: int, hunks: list[tuple[int, tuple[str, ...]]]) -> None:
    """One that is not adjacent is another edit."""
    documents = EditedDocuments()
    documents.put((9, 0), (9, 4), "row")
    documents.put((row, 0), (row, 0), "new\n")
    assert [(hunk.row, hunk.after) for hunk in documents.hunks] == hunks


@pytest.mark.parametrize("row", [5, 6, 7])
def test_inserted_lines_may_be_edited_one_by_one(row: int) -> None:
    """The other ones stay as they were inserted."""
    documents = EditedDocuments()
    documents.put((5, 0), (5, 0), "one\ntwo\nthree\n")
    documents.put((row, 0), (row, 0), "my ")
    lines = tuple("my " * (at == row) + text for at, text in enumerate(("one", "two", "three"), 5))
    assert documents.hunks == [Hunk(HERE, 5, (), lines, "line 4", "line 5")]


def test_change_beyond_an_edit_keeps_the_lines_of_both() -> None:
    """It replaces the inserted lines, and one line above and one below them."""
    documents = EditedDocuments()
    documents.put((5, 0), (5, 0), "one\ntwo\n")
    documents.put((4, 0), (8, 0), "three\n")
    assert documents.hunks == [Hunk(HERE, 4, ("line 4", "line 5"), ("three",), "line 3", "line 6")]


def test_number_of_edits_is_limited() -> None:
    """The oldest ones are dropped."""
    documents = EditedDocuments()
    text = "".join(f"line {row}\n" for row in range(100))
    documents.documents[HERE] = Document(HERE, "python", text)
    for row in range(0, 80, 2):
        documents.put((row, 0), (row, 4), "row")
    assert [hunk.row for hunk in documents.hunks] == list(range(16, 80, 2))
