"""Recent edits as pieces: merged while typing, moved by edits above, kept when a document is closed."""

import pytest

from midfill.core.context import RecentRanges
from midfill.core.edit import Span

HERE, THERE = "file:///w/here.py", "file:///w/there.py"
TEXT = [f"line {row}" for row in range(40)]


class Papers:
    """Documents that are edited line by line."""

    def __init__(self) -> None:
        self.texts = {HERE: list(TEXT), THERE: list(TEXT)}
        self.recent = RecentRanges()

    def put(self, uri: str, row: int, *lines: str) -> None:
        self.texts[uri][row:row] = lines
        self.recent.edited(uri, Span(row, 0, len(lines)))

    def cut(self, uri: str, row: int, count: int) -> None:
        del self.texts[uri][row : row + count]
        self.recent.edited(uri, Span(row, count, 0))

    def lines(self, uri: str, first: int, last: int) -> str | None:
        return "\n".join(self.texts[uri][first:last]) if uri in self.texts else None

    def shown(self, uri: str = HERE) -> list[tuple[int, list[str]]]:
        snippets = self.recent.snippets(uri, self.lines, lambda uri: uri.rpartition("/")[2])
        return [
            (snippet.line, snippet.text.split("\n")) for snippet in snippets if snippet.source == "recent"
        ]


def test_an_edit_is_shown_with_three_lines_around() -> None:
    papers = Papers()
    papers.put(THERE, 10, "new")
    ((line, lines),) = papers.shown()
    assert (line, lines) == (
        7,
        ["line 7", "line 8", "line 9", "new", "line 10", "line 11", "line 12", "line 13"],
    )


def test_typing_line_after_line_is_one_piece() -> None:
    papers = Papers()
    for row in range(10, 16):
        papers.put(THERE, row, f"new {row}")
    ((line, lines),) = papers.shown()
    assert line == 7
    assert [text for text in lines if text.startswith("new")] == [f"new {row}" for row in range(10, 16)]


def test_the_newest_comes_first_and_what_is_above_moves_the_others() -> None:
    papers = Papers()
    papers.put(THERE, 30, "first")
    papers.put(THERE, 2, "second", "third")
    (_, newest), (line, older) = papers.shown()
    assert "second" in newest
    assert (line, older[3]) == (29, "first")


@pytest.mark.parametrize("change", ["edit", "visit"])
def test_places_of_the_document_itself_are_not_among_those_of_others(change: str) -> None:
    papers = Papers()
    if change == "edit":
        papers.put(HERE, 10, "new")
    else:
        papers.recent.visited(HERE, 10)
    assert papers.shown(HERE) == []
    assert len(papers.shown(THERE)) == 1


def test_a_closed_document_is_shown_as_it_was() -> None:
    papers = Papers()
    papers.put(THERE, 10, "new")
    papers.recent.closed(THERE, papers.lines)
    del papers.texts[THERE]
    assert "new" in papers.shown()[0][1]


def test_a_document_without_a_name_is_kept_back() -> None:
    papers = Papers()
    papers.put(THERE, 10, "new")
    assert papers.recent.snippets(HERE, papers.lines, lambda uri: "") == []


def test_places_that_grow_together_are_one() -> None:
    papers = Papers()
    papers.put(THERE, 10, "one")
    papers.put(HERE, 1, "elsewhere")
    papers.put(THERE, 14, "two")
    assert [lines.count("one") + lines.count("two") for _, lines in papers.shown()] == [2]


def test_only_the_latest_places_are_remembered() -> None:
    papers = Papers()
    papers.texts = {f"file:///w/{number}.py": list(TEXT) for number in range(50)}
    for uri in papers.texts:
        papers.put(uri, 10, f"new {uri}")
    assert len(papers.shown()) == 32


def test_deleting_is_an_edit_too() -> None:
    papers = Papers()
    papers.cut(THERE, 10, 5)
    ((line, lines),) = papers.shown()
    assert (line, lines[:4]) == (7, ["line 7", "line 8", "line 9", "line 15"])


def test_only_the_last_place_that_is_looked_at_counts() -> None:
    """Moving the cursor through a document leaves one place behind, and none where something was edited."""
    papers = Papers()
    for row in (5, 20, 35):
        papers.recent.visited(THERE, row)
    assert [line for line, _ in papers.shown()] == [32]
    papers.put(THERE, 10, "new")
    papers.recent.visited(THERE, 12)
    assert [line for line, _ in papers.shown()] == [7, 33]


def test_an_edit_at_another_place_is_one_of_its_own() -> None:
    """The newest first; lines that are cut out of a place make it smaller."""
    papers = Papers()
    papers.put(THERE, 5, "a")
    papers.put(THERE, 30, "b")
    assert [line for line, _ in papers.shown()] == [27, 2]
    papers.cut(THERE, 0, 2)
    assert [line for line, _ in papers.shown()] == [0, 25]


def test_places_of_the_document_itself_have_their_own_source() -> None:
    papers = Papers()
    papers.put(THERE, 10, "there")
    papers.put(HERE, 20, "here")
    found = papers.recent.snippets(HERE, papers.lines, lambda uri: uri.rpartition("/")[2])
    assert [(snippet.path, snippet.source) for snippet in found] == [
        ("here.py", "document"),
        ("there.py", "recent"),
    ]
