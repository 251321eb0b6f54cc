"""Documents of every kind, and positions anywhere: no error, and no wait for other documents."""

import pytest

from tests.client import Json, LspClient, edit, whole
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, answer, running

pytestmark = pytest.mark.anyio

NOTHING: Json = {"items": []}


async def test_unopened_document_gets_an_empty_list(server: LspClient, loopback: Loopback) -> None:
    """Requests get an empty list; changes and closings are ignored."""
    uri = "file:///never.py"
    item = {"uri": uri, "version": 2}
    server.notify("textDocument/didChange", {"textDocument": item, "contentChanges": [whole("x")]})
    server.notify("textDocument/didClose", {"textDocument": item})
    assert await answer(server.complete(uri, (0, 0))) == NOTHING
    assert await answer(server.complete(uri, (0, 0), manual=True)) == NOTHING
    assert loopback.log(path="/completions") == []


@pytest.mark.parametrize("place", [(0, 99), (7, 0), (2**31 - 1, 2**31 - 1), (2**53, 0), (1, 0)])
async def test_positions_outside_the_text_are_clamped(
    server: LspClient, loopback: Loopback, place: tuple[int, int]
) -> None:
    """A character after the line's end means its end (LSP 3.18, "Position"); a line after the last, the text's end."""
    loopback.behave(text="more")
    page = Page(server, f"outside_{place[0]}_{place[1]} = 1\n")
    (item, *_) = (await answer(server.complete(page.uri, place, manual=True)))["items"]
    last = item["range"]["end"]
    assert (last["line"], last["character"]) in {(0, len(page.text) - 1), (1, 0)}


@pytest.mark.parametrize(
    "position", [{"line": -1, "character": 0}, {"line": 0, "character": -3}, {"line": 0.5, "character": 0}]
)
async def test_invalid_positions_get_one_answer(server: LspClient, position: Json) -> None:
    """Negative or invalid numbers get one answer, an error or a list."""
    page = Page(server, "impossible = 1\n")
    params = {"textDocument": {"uri": page.uri}, "position": position, "context": {"triggerKind": 1}}
    call = server.request("textDocument/inlineCompletion", params)
    while not server.answers[call.id]:
        await answer(server.request("workspace/executeCommand", {"command": "midfill.stats"}))


async def test_empty_file_is_completed_on_manual_request_only(server: LspClient, loopback: Loopback) -> None:
    """The document is empty, so an automatic request causes no call; a manual one does."""
    loopback.behave(text="import os")
    page = Page(server, "▮")
    assert await page.items() == []
    assert "import os" in await page.texts(manual=True)


@pytest.mark.parametrize(
    "text", ["\0\1\2\x7f\x80\xff" * 50, "a\x0cb\x85c\u2028d\u2029e", "\ufeffx = ", "e\u0301\u200d" * 9]
)
async def test_unusual_characters_are_ordinary_text(server: LspClient, loopback: Loopback, text: str) -> None:
    """Binary text, form feeds, Unicode's own line ends and byte order marks are characters like others."""
    loopback.behave(text="odd")
    page = Page(server, text + "▮\n")
    await page.items(manual=True)
    page.type("y")
    (item, *_) = await page.items(manual=True)
    assert page.accepted(item["insertText"], item["range"]).startswith(page.before)


async def test_lone_surrogates_are_accepted(server: LspClient, loopback: Loopback) -> None:
    """JSON can contain a lone surrogate; completion works around it, and the answer can be sent."""
    loopback.behave(text="half")
    page = Page(server, "half = '\ud83d' + ▮\n")
    page.type("\udc00a")
    (item, *_) = await page.items(manual=True)
    assert item["insertText"]
    assert item["range"]["end"]["line"] == 0
    sent = loopback.log(calls=1, path="/completions")[0]["body"]
    assert sent["prompt"].encode()


async def test_line_of_5_mb_is_completed(server: LspClient, loopback: Loopback) -> None:
    """It is opened, edited and completed like any other, and so is the next line."""
    loopback.behave(text="end")
    page = Page(server, "a😀 = 'b'; " * 500_000 + "▮")
    page.type("tail = ")
    assert await page.texts() == ["end"]
    page.type("\nnext = ")
    assert await page.texts() == ["end"]
    assert len(loopback.log(path="/completions")[0]["body"]["prompt"]) < 50_000


async def test_file_of_10_mb_is_completed(env: dict[str, str], loopback: Loopback) -> None:
    """A file just under the limit is completed, in its middle, too; one above it is not."""
    loopback.behave(text="big()")
    line = "value = compute(value, 12345)\n"
    half = line * (5_000_000 // len(line))
    async with running(env) as client:
        page = Page(client, half + "middle = ▮\n" + half)
        assert await page.texts() == ["big()"]
        client.change(page.uri, edit((0, 0), (0, 0), "#" * 600_000 + "\n"))
        assert await answer(client.complete(page.uri, (page.place[0] + 1, page.place[1]))) == NOTHING
        assert await Page(client, "small = ▮\n").texts() == ["big()"]


async def test_edits_of_every_kind_are_applied(server: LspClient, loopback: Loopback) -> None:
    """Several in one notification, across lines, the whole text, at invalid positions: the last text is used."""
    page = Page(server, "one\r\ntwo\r\nthree\r\n▮")
    server.change(page.uri, edit((0, 3), (1, 0), " "), edit((0, 7), (9, 9), ""))
    server.change(page.uri, whole("reset = 1\n"), edit((0, 8), (0, 9), ""))
    server.change(page.uri, edit((0, 99), (0, 99), "4"))
    (_, *_) = (await answer(server.complete(page.uri, (0, 9), manual=True)))["items"]
    assert loopback.log(path="/completions")[0]["body"]["prompt"].endswith("reset = 4")


async def test_malformed_edits_are_skipped(server: LspClient, loopback: Loopback) -> None:
    """An invalid change is skipped, and the document stays usable."""
    page = Page(server, "malformed = ▮\n")
    document = {"uri": page.uri, "version": 9}
    malformed: list[object] = [
        None,
        5,
        [None],
        [{}],
        [{"range": {}, "text": "x"}],
        [{"text": 7}],
        {"text": "x"},
    ]
    for changes in malformed:
        server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
    shapeless: list[object] = [None, [], {}, {"textDocument": None}, {"textDocument": {"uri": 5}}]
    for params in shapeless:
        for method in ("didOpen", "didChange", "didClose", "didSave"):
            server.notify(f"textDocument/{method}", params)
    page.type("4")
    assert isinstance(await page.items(), list)
    assert loopback.log(calls=1, path="/completions")[0]["body"]["prompt"].endswith("malformed = 4")


async def test_second_open_replaces_the_text(server: LspClient, loopback: Loopback) -> None:
    """If a client opens a document twice, the newest text counts."""
    first = Page(server, "open_once = ▮\n")
    second = Page(server, "open_twice = ▮\n", uri=first.uri)
    await second.items()
    assert loopback.log(path="/completions")[0]["body"]["prompt"].endswith("open_twice = ")


NOTEBOOK = "file:///project/book.ipynb"


def cell(number: int, text: str) -> Json:
    uri = f"vscode-notebook-cell:/project/book.ipynb#cell{number}"
    return {"uri": uri, "languageId": "python", "version": 1, "text": text}


async def test_notebook_cells_are_synchronized_by_notebook_notifications(
    server: LspClient, loopback: Loopback
) -> None:
    """`notebookDocument/*` adds, changes and removes cells, and each is completed as a document."""
    loopback.behave(text="celled()")
    first, second = cell(1, "cell_one = "), cell(2, "cell_two = ")
    book = {"uri": NOTEBOOK, "notebookType": "jupyter-notebook", "version": 1, "cells": []}
    server.notify("notebookDocument/didOpen", {"notebookDocument": book, "cellTextDocuments": [first]})
    assert len((await answer(server.complete(first["uri"], (0, 11))))["items"]) == 1

    structure = {"array": {"start": 1, "deleteCount": 0}, "didOpen": [second], "didClose": []}
    content = {"document": {"uri": first["uri"], "version": 2}, "changes": [edit((0, 11), (0, 11), "4")]}
    changed = {"uri": NOTEBOOK, "version": 2}
    cells = {"cells": {"structure": structure, "textContent": [content]}}
    server.notify("notebookDocument/didChange", {"notebookDocument": changed, "change": cells})
    assert len((await answer(server.complete(second["uri"], (0, 11))))["items"]) == 1
    await answer(server.complete(first["uri"], (0, 12)))
    prompts = [call["body"]["prompt"] for call in loopback.log(calls=3, path="/completions")]
    assert [prompt.rpartition("\n")[2] for prompt in prompts] == [
        "cell_one = ",
        "cell_two = ",
        "cell_one = 4",
    ]

    closed = {"notebookDocument": {"uri": NOTEBOOK}, "cellTextDocuments": [{"uri": first["uri"]}]}
    server.notify("notebookDocument/didClose", closed)
    for uri in (first["uri"], second["uri"]):
        assert await answer(server.complete(uri, (0, 11))) == NOTHING


async def test_notebook_cells_are_completed_as_plain_documents(server: LspClient, loopback: Loopback) -> None:
    """Clients without notebook synchronisation open each cell as a text document."""
    loopback.behave(text="plain()")
    uri = "vscode-notebook-cell:/project/other.ipynb#W0sZmlsZQ%3D%3D"
    page = Page(server, "plain_cell = ▮", uri=uri)
    assert await page.texts() == ["plain()"]
