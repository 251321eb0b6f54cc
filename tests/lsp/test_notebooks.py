"""A notebook over `notebookDocument/*`: the model reads its cells in order, as one document."""

from typing import Any

import pytest

from tests.client import Json, LspClient, edit
from tests.loopback.client import Loopback
from tests.lsp.editor import answer

pytestmark = pytest.mark.anyio

CODE, MARKUP = 2, 1


class Notebook:
    """A notebook in the server; a cell is a pair of language and text."""

    def __init__(self, server: LspClient, name: str, *cells: tuple[str, str]) -> None:
        self.server = server
        self.uri = f"file:///project/{name}.ipynb"
        self.cells = [self._document(number, *cell) for number, cell in enumerate(cells)]
        book = {"uri": self.uri, "notebookType": "jupyter-notebook", "version": 1}
        listed = [self._listed(cell) for cell in self.cells]
        opened = {"notebookDocument": {**book, "cells": listed}, "cellTextDocuments": self.cells[::-1]}
        server.notify("notebookDocument/didOpen", opened)

    def _document(self, number: int, language: str, text: str) -> Json:
        uri = f"{self.uri.replace('file://', 'vscode-notebook-cell:')}#W{number}"
        return {"uri": uri, "languageId": language, "version": 1, "text": text}

    def _listed(self, document: Json) -> Json:
        kind = MARKUP if document["languageId"] == "markdown" else CODE
        return {"kind": kind, "document": document["uri"]}

    def change(self, cells: Json) -> None:
        changed = {"notebookDocument": {"uri": self.uri, "version": 2}, "change": {"cells": cells}}
        self.server.notify("notebookDocument/didChange", changed)

    def insert(self, at: int, language: str, text: str) -> None:
        document = self._document(len(self.cells), language, text)
        self.cells.insert(at, document)
        array = {"start": at, "deleteCount": 0, "cells": [self._listed(document)]}
        self.change({"structure": {"array": array, "didOpen": [document], "didClose": []}})

    async def ask(self, number: int, place: tuple[int, int]) -> Any:
        return (await answer(self.server.complete(self.cells[number]["uri"], place)))["items"]


def sent_prompt(loopback: Loopback) -> tuple[str, str]:
    """Return the prompt and the suffix of the last call."""
    body = loopback.log(calls=1, path="/completions")[-1]["body"]
    return body["prompt"], body["suffix"]


async def test_other_cells_are_in_the_prompt(server: LspClient, loopback: Loopback) -> None:
    """Cells are in order, with prose and magics as comments; cells of other languages are omitted.

    The range is the cell's.
    """
    loopback.behave(text="mean()")
    book = Notebook(
        server,
        "around",
        ("markdown", "# Load\nthe data"),
        ("python", "%matplotlib inline\nimport pandas as pd\ndf = pd.read_csv(path)"),
        ("sql", "select 1"),
        ("python", "%%bash\nls"),
        ("python", "!ls\ndf."),
        ("python", "print(average)"),
    )
    (item,) = await book.ask(4, (1, 3))
    assert item["range"]["start"] == {"line": 1, "character": 3}
    prompt, suffix = sent_prompt(loopback)
    assert prompt == (
        "# # Load\n# the data\n\n# %matplotlib inline\nimport pandas as pd\ndf = pd.read_csv(path)\n\n"
        "# %%bash\n# ls\n\n# !ls\ndf."
    )
    assert suffix.strip() == "print(average)"


async def test_inserted_cell_is_read_in_its_place(server: LspClient, loopback: Loopback) -> None:
    """Cells are added and moved; typing in the last one does not change the start of the prompt."""
    loopback.behave(text="total")
    book = Notebook(server, "between", ("python", "first = 1"), ("python", "last = "))
    book.insert(1, "python", "second = 2")
    assert await book.ask(2, (0, 7))
    assert sent_prompt(loopback)[0] == "first = 1\n\nsecond = 2\n\nlast = "
    changes = [edit((0, 7), (0, 7), "s")]
    uri = book.cells[2]["uri"]
    book.change({"textContent": [{"document": {"uri": uri, "version": 2}, "changes": changes}]})
    await book.ask(2, (0, 8))
    assert sent_prompt(loopback)[0] == "first = 1\n\nsecond = 2\n\nlast = s"
