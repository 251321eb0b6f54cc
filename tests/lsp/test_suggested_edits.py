"""A next edit as a client applies it: a text in place of a range, and where it is looked for."""

from itertools import product
from pathlib import Path

import pytest

from midfill.core.document import Document, Encoding, Position
from midfill.core.edit_rules import DocumentSnapshot, Hunk, SuggestedEdit
from midfill.lsp.edit_requests import lsp_edit
from midfill.lsp.edit_search import EditSearchInput, find_edit

URI = "file:///w/a.py"
TEXT = ("def f(a):", "    return '🧪'", "", "f(1)")


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("ending", [True, False])
@pytest.mark.parametrize("after", [(), ("f(2)",), ("    return '🧫'",), ("f(2)", "", "f(3)")])
def test_applied_edit_replaces_the_lines(eol: str, ending: bool, after: tuple[str, ...]) -> None:
    """Any lines, by any number of others, with the document's line ends, also where the last line has none."""
    encodings: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
    for row, count, encoding in product(range(5), range(3), encodings):
        before = TEXT[row : row + count]
        if len(before) < count or not (before or after):
            continue
        document = Document(URI, "python", eol.join(TEXT) + eol * ending, 1)
        text, span = lsp_edit(SuggestedEdit(URI, row, before, after), document, encoding)
        start, end = (Position(span[side]["line"], span[side]["character"]) for side in ("start", "end"))
        document.edit(start, end, text, encoding)
        expected = [*TEXT[:row], *after, *TEXT[row + count :]]
        lines = [document.line(at) for at in range(document.line_count)]
        assert lines[: len(expected)] == expected or not expected
        assert not any(lines[len(expected) :])
        assert "\r\n" not in document.text.replace("\r\n", "") if eol == "\r\n" else "\r" not in document.text


def test_edit_of_a_closed_document_has_whole_lines() -> None:
    """Its length is not known."""
    text, span = lsp_edit(SuggestedEdit(URI, 3, ("a", "b"), ("c",)), None, "utf-16")
    assert (text, span["start"]["line"], span["end"]["line"]) == ("c\n", 3, 5)


RENAMED = tuple(
    Hunk(URI, row, (f"price_{row} = compute_total(item)",), (f"price_{row} = compute_sum(item)",), "", "")
    for row in range(5)
)


def test_next_edit_is_found_in_a_document_that_was_not_edited() -> None:
    """The user has gone from the edited document, which is closed, to the next one."""
    here = DocumentSnapshot("file:///w/b.py", "python", "y = compute_total(b)\nz = 1\n")
    found = find_edit(EditSearchInput(RENAMED, (here,), (), None), here.uri)
    assert found is not None
    assert (found.uri, found.after) == (here.uri, ("y = compute_sum(b)",))
    assert find_edit(EditSearchInput((), (here,), (), None), here.uri) is None


def test_file_that_cannot_be_read_has_no_edit(tmp_path: Path) -> None:
    """The index may know files that have gone."""
    here = DocumentSnapshot(URI, "python", "price_0 = compute_sum(item)\n")
    gone = str(tmp_path / "gone.py")
    assert find_edit(EditSearchInput(RENAMED, (here,), (), lambda word: [gone]), URI) is None


def test_document_that_was_edited_last_is_searched_first() -> None:
    """Earlier edits were in the user's present document; both documents have a place."""
    line = "\n" * 10 + "z = compute_total(b)\n"
    here, edited = (DocumentSnapshot(uri, "python", line) for uri in ("file:///w/b.py", URI))
    earlier = tuple(hunk._replace(uri=here.uri) for hunk in RENAMED[:2])
    found = find_edit(
        EditSearchInput((*RENAMED[:3], *earlier, RENAMED[-1]), (here, edited), (), None), here.uri
    )
    assert found is not None
    assert found.uri == edited.uri


def test_closed_files_of_the_same_language_are_searched(tmp_path: Path) -> None:
    """Files that contain the renamed name; open documents and other languages are left out."""
    asked: list[str] = []
    names = ("other.go", "open.py", "closed.py")
    paths = [tmp_path / name for name in names]
    for path in paths:
        path.write_text("z = compute_total(b)\r\n", "utf-8", newline="")

    def find_files(word: str) -> list[str]:
        asked.append(word)
        return [str(path) for path in paths]

    here = DocumentSnapshot(URI, "python", "def compute_sum(items):\n    return 1\n")
    opened = DocumentSnapshot(paths[1].as_uri(), "python", "nothing\n")
    found = find_edit(EditSearchInput(RENAMED, (here, opened), (), find_files), URI)
    assert found is not None
    assert (found.uri, found.after) == (paths[2].as_uri(), ("z = compute_sum(b)",))
    assert set(asked) == {"compute_total"}


@pytest.mark.parametrize(
    ("old", "new", "searched"), [("total", "summe", False), ("compute_total", "compute_sum", True)]
)
def test_short_name_is_not_searched_in_closed_files(old: str, new: str, searched: bool) -> None:
    """It is too common to be the same name there; it is renamed in the file of the edits."""
    hunks = tuple(Hunk(URI, row, (f"x{row} = {old}",), (f"x{row} = {new}",), "", "") for row in range(5))
    asked: list[str] = []

    def find_files(word: str) -> list[str]:
        asked.append(word)
        return []

    text = "\n" * 10
    here = DocumentSnapshot(URI, "python", text)
    assert find_edit(EditSearchInput(hunks, (here,), (), find_files), URI) is None
    assert ({*asked} == {old}) is searched
    with_place = DocumentSnapshot(URI, "python", f"{text}y = {old}\n")
    assert find_edit(EditSearchInput(hunks, (with_place,), (), None), URI) is not None
