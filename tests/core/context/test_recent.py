"""Recent edits as pieces: merged while typing, moved by edits above, kept when a document is closed."""

import pytest

from midfill.core.context import RecentRanges
from midfill.core.context.recent import RecentRange
from midfill.core.edit import Span

HERE, THERE = "file:///w/here.py", "file:///w/there.py"
TEXT = [f"line {row}" for row in range(40)]


class EditedDocuments:
    """Documents that are edited line by line."""

    def __init__(self) -> None:
        self.texts = {HERE: list(TEXT), THERE: list(TEXT)}
        self.recent = RecentRanges()

    def put(self, uri: str, row: int, *lines: str) -> None:
        self.texts[uri][row:row] = lines
        self.recent.edited(uri, Span(row, 0, len(lines), None))

    def cut(self, uri: str, row: int, count: int) -> None:
        del self.texts[uri][row : row + count]
        self.recent.edited(uri, Span(row, count, 0, None))

    def lines(self, uri: str, first: int, last: int) -> str | None:
        return "\n".join(self.texts[uri][first:last]) if uri in self.texts else None

    def shown(self, uri: str = HERE) -> list[tuple[int, list[str]]]:
        snippets = self.recent.snippets(uri, self.lines, lambda uri: uri.rpartition("/")[2])
        return [
            (snippet.line, snippet.text.split("\n")) for snippet in snippets if snippet.source == "recent"
        ]


def test_edit_has_three_lines_around_it() -> None:
    documents = EditedDocuments()
    documents.put(THERE, 10, "new")
    ((line, lines),) = documents.shown()
    assert (line, lines) == (
        7,
        ["line 7", "line 8", "line 9", "new", "line 10", "line 11", "line 12", "line 13"],
    )


def test_typed_lines_are_one_snippet() -> None:
    documents = EditedDocuments()
    for row in range(10, 16):
        documents.put(THERE, row, f"new {row}")
    ((line, lines),) = documents.shown()
    assert line == 7
    assert [text for text in lines if text.startswith("new")] == [f"new {row}" for row in range(10, 16)]


def test_newest_edit_is_first_and_edits_above_move_the_others() -> None:
    documents = EditedDocuments()
    documents.put(THERE, 30, "first")
    documents.put(THERE, 2, "second", "third")
    (_, newest), (line, older) = documents.shown()
    assert "second" in newest
    assert (line, older[3]) == (29, "first")


@pytest.mark.parametrize("change", ["edit", "visit"])
def test_own_document_is_excluded_from_other_files(change: str) -> None:
    documents = EditedDocuments()
    if change == "edit":
        documents.put(HERE, 10, "new")
    else:
        documents.recent.visited(HERE, 10)
    assert documents.shown(HERE) == []
    assert len(documents.shown(THERE)) == 1


def test_closed_document_keeps_its_last_text() -> None:
    documents = EditedDocuments()
    documents.put(THERE, 10, "new")
    documents.recent.closed(THERE, documents.lines)
    del documents.texts[THERE]
    assert "new" in documents.shown()[0][1]


def test_untitled_document_is_excluded() -> None:
    documents = EditedDocuments()
    documents.put(THERE, 10, "new")
    assert documents.recent.snippets(HERE, documents.lines, lambda uri: "") == []


def test_overlapping_edits_are_merged() -> None:
    documents = EditedDocuments()
    documents.put(THERE, 10, "one")
    documents.put(HERE, 1, "elsewhere")
    documents.put(THERE, 14, "two")
    assert [lines.count("one") + lines.count("two") for _, lines in documents.shown()] == [2]


def test_number_of_edits_is_limited() -> None:
    documents = EditedDocuments()
    documents.texts = {f"file:///w/{number}.py": list(TEXT) for number in range(50)}
    for uri in documents.texts:
        documents.put(uri, 10, f"new {uri}")
    assert len(documents.shown()) == 32


def test_deletion_is_an_edit() -> None:
    documents = EditedDocuments()
    documents.cut(THERE, 10, 5)
    ((line, lines),) = documents.shown()
    assert (line, lines[:4]) == (7, ["line 7", "line 8", "line 9", "line 15"])


def test_only_the_last_cursor_position_is_kept() -> None:
    """Moving the cursor keeps one position, and none next to an edit."""
    documents = EditedDocuments()
    for row in (5, 20, 35):
        documents.recent.visited(THERE, row)
    assert [line for line, _ in documents.shown()] == [32]
    documents.put(THERE, 10, "new")
    documents.recent.visited(THERE, 12)
    assert [line for line, _ in documents.shown()] == [7, 33]
    documents.recent.visited(THERE, 25)
    assert [line for line, _ in documents.shown()] == [22, 7, 33]


def test_edit_at_another_place_is_separate() -> None:
    """The newest is first; removed lines make it smaller."""
    documents = EditedDocuments()
    documents.put(THERE, 5, "a")
    documents.put(THERE, 30, "b")
    assert [line for line, _ in documents.shown()] == [27, 2]
    documents.cut(THERE, 0, 2)
    assert [line for line, _ in documents.shown()] == [0, 25]


def test_own_document_has_its_own_source() -> None:
    documents = EditedDocuments()
    documents.put(THERE, 10, "there")
    documents.put(HERE, 20, "here")
    found = documents.recent.snippets(HERE, documents.lines, lambda uri: uri.rpartition("/")[2])
    assert [(snippet.path, snippet.source) for snippet in found] == [
        ("here.py", "document"),
        ("there.py", "recent"),
    ]


def test_closed_document_leaves_the_others_as_they_are() -> None:
    """The other document is still read, and its edits still move."""
    documents = EditedDocuments()
    documents.put(THERE, 10, "new")
    documents.put(HERE, 20, "own")
    documents.recent.closed(THERE, documents.lines)
    del documents.texts[THERE]
    documents.put(HERE, 21, "more")
    ((line, lines),) = documents.shown()
    assert (line, lines[3:4]) == (7, ["new"])
    assert [
        snippet.text.count("own\nmore") for snippet in documents.recent.snippets(THERE, documents.lines, str)
    ][:1] == [1]


@pytest.mark.parametrize(
    ("row", "ranges"),
    [(6, [(6, 7), (11, 12)]), (7, [(7, 12)]), (10, [(10, 12)]), (14, [(10, 15)]), (15, [(10, 11), (15, 16)])],
)
def test_edits_close_to_each_other_are_one_range(row: int, ranges: list[tuple[int, int]]) -> None:
    """At most three lines apart, above or below; an inserted line moves what is below it."""
    documents = EditedDocuments()
    documents.put(THERE, 10, "one")
    documents.put(THERE, row, "two")
    assert sorted((line + 3, line + len(lines) - 4) for line, lines in documents.shown()) == ranges


@pytest.mark.parametrize(
    ("row", "removed", "inserted", "expected"),
    [
        (0, 0, 2, (22, 24)),
        (0, 2, 0, (18, 20)),
        (17, 2, 0, (18, 20)),
        (18, 2, 0, (18, 20)),
        (19, 2, 0, (19, 20)),
        (21, 1, 0, (20, 21)),
        (21, 0, 3, (20, 25)),
        (22, 0, 3, (20, 25)),
        (23, 0, 3, (20, 22)),
        (10, 20, 0, (10, 10)),
    ],
)
def test_edit_moves_or_shrinks_an_older_range(
    row: int, removed: int, inserted: int, expected: tuple[int, int]
) -> None:
    """The older range is rows 20 to 22; an edit above moves it, an edit within it changes its size."""
    found = RecentRange(HERE, 20, 22)
    found.moved(Span(row, removed, inserted, None))
    assert (found.first, found.last) == expected


def test_older_edits_and_visits_are_less_relevant() -> None:
    """The score of the newest is 1, that of the next one a half; a visit has half of an edit's."""
    documents = EditedDocuments()
    documents.put(THERE, 5, "one")
    documents.put(THERE, 20, "two")
    documents.recent.visited(THERE, 35)
    found = documents.recent.snippets(HERE, documents.lines, str)
    assert [(of.line, of.score) for of in found] == [
        (32, 0.5),
        (17, 0.5),
        (2, pytest.approx(1 / 3)),
    ]


@pytest.mark.parametrize(("count", "line", "lines"), [(40, 0, 47), (41, 1, 47), (60, 20, 47)])
def test_end_of_a_long_range_is_shown(count: int, line: int, lines: int) -> None:
    """The user was there last: forty rows above the last one, and three around."""
    documents = EditedDocuments()
    documents.texts[THERE] = [f"line {row}" for row in range(90)]
    documents.put(THERE, 3, *(f"new {row}" for row in range(count)))
    ((start, shown),) = documents.shown()
    assert (start, len(shown)) == (line, lines)


def test_blank_lines_are_not_shown() -> None:
    documents = EditedDocuments()
    documents.texts[THERE] = ["", "  ", ""]
    documents.put(THERE, 1, "")
    assert documents.shown() == []


def test_closed_document_keeps_its_edits_and_loses_its_visits() -> None:
    """A range that was kept is not moved by the edits of a document that is opened again."""
    documents = EditedDocuments()
    documents.put(THERE, 10, "new")
    documents.recent.visited(THERE, 30)
    documents.put(HERE, 10, "own")
    documents.recent.visited(HERE, 30)
    documents.recent.closed(THERE, documents.lines)
    assert [line for line, _ in documents.shown()] == [7]
    own = documents.recent.snippets(THERE, documents.lines, str)
    assert [(of.line, of.source) for of in own if of.path == HERE] == [(27, "recent"), (7, "recent")]
    documents.put(THERE, 0, "first")
    documents.put(THERE, 12, "again")
    assert [(line, "new" in lines) for line, lines in documents.shown()] == [
        (9, True),
        (0, False),
        (7, True),
    ]


def test_visit_of_another_document_replaces_none() -> None:
    """The last position of each document is kept."""
    documents = EditedDocuments()
    documents.texts["file:///w/third.py"] = list(TEXT)
    documents.recent.visited(THERE, 10)
    documents.recent.visited("file:///w/third.py", 20)
    assert [line for line, _ in documents.shown()] == [17, 7]


def test_edit_beside_a_visit_is_an_edit() -> None:
    """The visit becomes a part of it."""
    documents = EditedDocuments()
    documents.recent.visited(THERE, 10)
    documents.put(THERE, 12, "new")
    found = documents.recent.snippets(HERE, documents.lines, str)
    assert [(of.line, of.score) for of in found] == [(7, 1.0)]
