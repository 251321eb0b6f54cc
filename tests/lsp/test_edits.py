"""The user's edit, as derived from a change notification."""

from typing import Any

import pytest

from midfill.core.document import Position
from midfill.core.edit import Edit
from midfill.lsp.documents import Documents

URI = "file:///a.py"


def change(start: int, end: int, text: str, line: int = 0) -> dict[str, Any]:
    """Return a content change on one line."""
    place = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
    return {"range": place, "text": text}


def edit(*changes: dict[str, Any]) -> Edit:
    """Return the edit of a notification with these changes."""
    documents = Documents()
    documents.opened(
        {"textDocument": {"uri": URI, "languageId": "python", "version": 1, "text": "abcdef\nxyz\n    "}}
    )
    changed = documents.changed({"textDocument": {"uri": URI, "version": 2}, "contentChanges": list(changes)})
    assert changed is not None
    return changed[1]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([change(6, 6, "g")], Edit(2, "g")),
        ([change(6, 6, "g"), change(7, 7, "h")], Edit(2, "gh")),
        ([change(5, 6, ""), change(4, 5, "")], Edit(2, "", 2)),
        ([change(6, 6, "x"), change(6, 7, "")], Edit(2, "", 0)),
        ([change(6, 6, "\n  "), change(2, 2, "y", line=1)], Edit(2, "\n  y")),
        ([change(6, 6, "g\n  "), change(2, 2, "y", line=1)], Edit(2, "g\n  y")),
        ([change(0, 0, "# "), change(0, 0, "# ", line=1)], Edit(2, "# ", changes=2, alike=True)),
        ([change(3, 3, "x", line=1), change(6, 6, "x")], Edit(2, "x", changes=2, alike=True)),
        ([change(3, 3, "x", line=1), change(6, 6, "y")], Edit(2, changes=2)),
        ([{"text": "all of it"}], Edit(2)),
        # Enter in VS Code, on a line that holds nothing but its indentation, takes that away as well.
        ([change(4, 4, "\n    ", line=2), change(0, 4, "", line=2)], Edit(2, "\n    ")),
        ([change(4, 4, "\n    ", line=2), change(0, 3, "", line=0)], Edit(2, changes=2)),
    ],
)
def test_consecutive_changes_of_a_notification_are_one_edit(
    changes: list[dict[str, Any]], expected: Edit
) -> None:
    """Changes that continue at the end of the previous one are one edit; others are several places at once."""
    assert edit(*changes)._replace(spans=()) == expected


def test_document_has_the_language_and_the_version_of_the_client() -> None:
    """A change brings its version; without a language the document has none."""
    documents = Documents()
    item = {"uri": "file:///a.go", "languageId": "go", "version": 3, "text": "x"}
    document = documents.opened({"textDocument": item})
    assert (document.language, document.version) == ("go", 3)
    place = {"line": 0, "character": 1}
    change = {"range": {"start": place, "end": place}, "text": "y"}
    documents.changed({"textDocument": {"uri": "file:///a.go", "version": 4}, "contentChanges": [change]})
    assert (document.text, document.version) == ("xy", 4)
    unnamed = documents.opened({"textDocument": {**item, "languageId": None}})
    assert unnamed.language == ""
    assert documents.changed({"textDocument": {"uri": "file:///b.go"}, "contentChanges": []}) is None


def test_positions_are_utf_16_units_before_another_unit_is_negotiated() -> None:
    """LSP's default, and what a client without a choice counts in."""
    documents = Documents()
    document = documents.opened({"textDocument": {"uri": URI, "languageId": "python", "text": "😀 = 1"}})
    documents.changed({"textDocument": {"uri": URI}, "contentChanges": [change(2, 2, "x")]})
    assert document.text == "😀x = 1"


def test_document_without_other_cells_stands_alone() -> None:
    """Its cursor is unchanged."""
    documents = Documents()
    document = documents.opened({"textDocument": {"uri": URI, "languageId": "python", "text": "a\nb"}})
    cursor = document.cursor(Position(1, 1), "utf-16")
    assert documents.around(cursor) is cursor


def test_edit_has_the_lines_that_each_change_touched() -> None:
    """With the line ends that went and came; a change of the whole text has none."""
    joined = {"start": {"line": 0, "character": 5}, "end": {"line": 1, "character": 1}}
    found = edit(change(1, 2, "\n\n", line=1), {"range": joined, "text": "-"})
    assert [(span.row, span.removed_line_ends, span.inserted_line_ends) for span in found.spans] == [
        (1, 0, 2),
        (0, 1, 0),
    ]
    first, second = (span.replaced for span in found.spans)
    assert first is not None
    assert (first.row, first.before, first.after) == (1, ("xyz",), ("x", "", "z"))
    assert second is not None
    assert (second.row, second.before, second.after) == (0, ("abcdef", "x"), ("abcde-",))
    assert edit({"text": "all of it"}).spans == ()


def test_change_after_a_whole_text_is_applied() -> None:
    """It says nothing about the user's edit, because nobody knows what the whole text has changed."""
    documents = Documents()
    item = {"uri": URI, "languageId": "python", "version": 1, "text": "before"}
    document = documents.opened({"textDocument": item})
    changes = [{"text": "after"}, change(5, 5, "!")]
    changed = documents.changed({"textDocument": {"uri": URI, "version": 2}, "contentChanges": changes})
    assert changed is not None
    assert document.text == "after!"
    assert changed[1].inserted == ""
    assert len(changed[1].spans) == 1
