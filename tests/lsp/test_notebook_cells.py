"""The cells of a notebook as the client reports them: their order, texts and notebook."""

from typing import Any

import pytest

from midfill.core.document import Position
from midfill.lsp.documents import Documents

BOOK = "file:///w/a.ipynb"
CODE, MARKUP = 2, 1


def cell(name: str, text: str = "") -> dict[str, Any]:
    return {"uri": name, "languageId": "python", "version": 1, "text": text or f"{name} = 1"}


def listed(name: str, kind: int = CODE) -> dict[str, Any]:
    return {"kind": kind, "document": name}


def opened(*names: str, unlisted: tuple[str, ...] = ()) -> Documents:
    """Return the documents of a notebook; `unlisted` cells are missing in its list."""
    documents = Documents()
    book = {"uri": BOOK, "cells": [listed(name) for name in names]}
    found = documents.notebook_opened(
        {"notebookDocument": book, "cellTextDocuments": [*map(cell, [*unlisted, *names])]}
    )
    assert [one.uri for one in found] == [*unlisted, *names]
    return documents


def changed(documents: Documents, **cells: Any) -> list[tuple[str, str]]:
    """Report a change of the cells; return the changed cells and their inserted texts."""
    params = {"notebookDocument": {"uri": BOOK}, "change": {"cells": cells}}
    return [(document.uri, edit.inserted) for document, edit in documents.notebook_changed(params)]


def in_order(documents: Documents, name: str) -> list[str]:
    """Return the lines of all cells as the model reads them for the cell with this name."""
    document = documents.get(name)
    assert document is not None
    cursor = documents.around(document.cursor(Position(0, 0), "utf-16"))
    lines = [*cursor.above, cursor.head + cursor.rest + cursor.end, *cursor.below]
    return [line.strip() for line in lines if line.strip()]


def test_cells_are_in_the_order_of_the_notebook() -> None:
    """Not in that of their texts; a cell without a place comes last."""
    documents = opened("a", "b", "c", unlisted=("z",))
    for name in "abcz":
        assert in_order(documents, name) == ["a = 1", "b = 1", "c = 1", "z = 1"]
        assert documents.notebook_of(name) == BOOK
    assert documents.notebook_of("y") == ""


def test_prose_is_commented() -> None:
    """A cell of markup is no code."""
    documents = Documents()
    book = {"uri": BOOK, "cells": [listed("a", MARKUP), listed("b")]}
    markdown = {**cell("a", "Load it"), "languageId": "markdown"}
    documents.notebook_opened({"notebookDocument": book, "cellTextDocuments": [markdown, cell("b")]})
    assert in_order(documents, "b") == ["# Load it", "b = 1"]


@pytest.mark.parametrize(
    ("array", "added", "closed", "expected"),
    [
        ({"start": 1, "deleteCount": 0, "cells": [listed("x")]}, ["x"], [], "a x b c"),
        ({"start": 1, "deleteCount": 1, "cells": [listed("x")]}, ["x"], ["b"], "a x c"),
        ({"start": 0, "deleteCount": 2}, [], ["a", "b"], "c"),
        ({"start": 2, "cells": [listed("x")]}, ["x"], [], "a b x c"),
        ({"start": 0, "deleteCount": 2, "cells": [listed("b"), listed("a")]}, [], [], "b a c"),
        ({"cells": [listed("x")]}, ["x"], [], "a b c x"),
        ({}, ["x"], [], "a b c x"),
        ({}, [], ["a"], "b c"),
    ],
)
def test_changed_structure(array: dict[str, Any], added: list[str], closed: list[str], expected: str) -> None:
    """Cells are added, removed and moved."""
    documents = opened("a", "b", "c")
    opening, closing = [cell(name) for name in added], [{"uri": name} for name in closed]
    assert changed(documents, structure={"array": array, "didOpen": opening, "didClose": closing}) == []
    assert in_order(documents, "c") == [f"{name} = 1" for name in expected.split()]
    for name in closed:
        assert documents.get(name) is None
        assert documents.notebook_of(name) == ""


def test_changed_text_of_cells() -> None:
    """Each cell has its edit and its version; a cell that is not open is ignored."""
    documents = opened("a", "b")
    place = {"line": 0, "character": 0}
    contents = [
        {
            "document": {"uri": name, "version": 7},
            "changes": [{"range": {"start": place, "end": place}, "text": name}],
        }
        for name in ("b", "y", "a")
    ]
    assert changed(documents, textContent=contents) == [("b", "b"), ("a", "a")]
    document = documents.get("b")
    assert document is not None
    assert (document.text, document.version) == ("bb = 1", 7)


def test_closed_notebook_closes_its_cells() -> None:
    """Also those that the client does not name; each is reported once, while it is still open."""
    documents = opened("a", "b")
    closing: list[tuple[str, bool]] = []
    documents.closing = lambda uri: closing.append((uri, documents.get(uri) is not None))
    documents.notebook_closed({"notebookDocument": {"uri": BOOK}, "cellTextDocuments": [{"uri": "b"}]})
    assert sorted(closing) == [("a", True), ("b", True)]
    assert [*documents] == []
    assert documents.notebook_of("a") == ""
    documents.notebook_closed({"notebookDocument": {"uri": BOOK}})
    assert len(closing) == 2


def test_change_of_an_unknown_notebook_opens_its_cells() -> None:
    """They stand alone."""
    documents = Documents()
    changed(documents, structure={"array": {"start": 0, "cells": [listed("a")]}, "didOpen": [cell("a")]})
    assert in_order(documents, "a") == ["a = 1"]
    assert documents.notebook_of("a") == ""


@pytest.mark.parametrize("item", [{**cell("a"), "text": 5}, {**cell("a"), "uri": None}])
def test_document_without_a_text_or_an_address_is_refused(item: dict[str, Any]) -> None:
    """The notification is malformed, and nothing is opened."""
    documents = Documents()
    with pytest.raises(TypeError):
        documents.opened({"textDocument": item})
    assert [*documents] == []
