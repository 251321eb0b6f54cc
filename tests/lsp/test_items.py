"""A request's parameters as a place, and a reply as items of a list or a popup."""

from typing import Any

import pytest

from midfill.core.answer_cache import CachedAnswer
from midfill.core.completion import Completion
from midfill.core.document import Document, Position
from midfill.core.model import Prompt
from midfill.engine import Reply, Suggestion
from midfill.lsp.client import Client, folders, pygls_params
from midfill.lsp.items import (
    RequestPosition,
    empty_result_for,
    inline_items,
    popup_items,
    position_of,
    uri_of,
)

URI = "file:///a.py"


def document(text: str = "é = 1\nvalue = fo)\r\nlast") -> Document:
    return Document(URI, "python", text, 1)


def request_at(of: Document, line: int, character: int, selected: Any = None) -> RequestPosition:
    params: dict[str, Any] = {"position": {"line": line, "character": character}}
    if selected is not None:
        params["context"] = {"selectedCompletionInfo": selected}
    return position_of(params, of, "utf-16", lambda cursor: cursor)


def selected(text: str, begin: int, end: int, line: int = 1, until: int | None = None) -> dict[str, Any]:
    last = line if until is None else until
    return {
        "text": text,
        "range": {"start": {"line": line, "character": begin}, "end": {"line": last, "character": end}},
    }


def suggestion(text: str, replace: int = 0) -> Suggestion:
    answer = CachedAnswer(
        Prompt("", ""), text, "deepseek", "m", complete=True, finish_reason="stop", call_id=1
    )
    return Suggestion.of(answer, Completion(text, replace))


def reply(*texts: str, replace: int = 0) -> Reply:
    return Reply(tuple(suggestion(text, replace) for text in texts))


def range_on(line: int, start: int, end: int) -> dict[str, Any]:
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def test_request_position_is_read_in_the_clients_units() -> None:
    """The position counts in the encoding of the client."""
    of = document()
    place = request_at(of, 1, 10)
    assert (place.cursor.head, place.cursor.rest, place.line, place.start, place.line_count) == (
        "value = fo",
        ")",
        1,
        10,
        3,
    )
    emoji = request_at(document("😀x = "), 0, 6)
    assert (emoji.cursor.head, emoji.start) == ("😀x = ", 6)
    assert (
        position_of(
            {"position": {"line": 0, "character": 4}}, document("é = "), "utf-8", lambda c: c
        ).cursor.head
        == "é ="
    )


def test_inline_item_replaces_from_the_cursor() -> None:
    """The range starts at the cursor and includes all replaced text."""
    place = request_at(document(), 1, 10)
    (item,) = inline_items(reply("o(1)", replace=1), place, Client())["items"]
    assert (item["insertText"], item["range"]) == ("o(1)", range_on(1, 10, 11))
    assert item["command"] == {"title": "Accepted", "command": "midfill.accepted", "arguments": [URI, 0]}
    items = inline_items(reply("a", "b"), place, Client())["items"]
    assert [one["command"]["arguments"][1] for one in items] == [0, 1]
    assert inline_items(Reply(), place, Client()) == {"items": []}


@pytest.mark.parametrize(("client", "text"), [("", "a\r\nb"), ("neovim", "a\nb")])
def test_line_ends_suit_the_client(client: str, text: str) -> None:
    """The item has the document's line ends, except for clients that insert them unchanged."""
    place = request_at(document("x\r\ny = \r\n"), 1, 4)
    (item,) = inline_items(reply("a\nb"), place, Client(name=client))["items"]
    assert item["insertText"] == text


def test_selected_popup_item_is_continued() -> None:
    """The item is completed as if it were in the document, and is inserted whole."""
    of = document()
    place = request_at(of, 1, 10, selected("format", 8, 10))
    assert (place.cursor.head, place.start, place.selected) == ("value = format", 8, "format")
    (item,) = inline_items(reply("(1)"), place, Client())["items"]
    assert (item["insertText"], item["range"]) == ("format(1)", range_on(1, 8, 10))


@pytest.mark.parametrize(
    "odd",
    [
        selected("x", 8, 10, line=0), selected("x", 8, 10, until=2), selected("x", 8, 11), selected("x", 9, 8),
        selected("x", -1, 10),
    ],
)  # fmt: skip
def test_invalid_selection_is_ignored(odd: dict[str, Any]) -> None:
    """Its range is on another line, after the cursor, or reversed."""
    place = request_at(document(), 1, 10, odd)
    assert (place.cursor.head, place.start, place.selected) == ("value = fo", 10, "")


@pytest.mark.parametrize(
    ("start", "end", "text", "left"),
    [
        ((1, 10), (1, 10), "o", ["o(1)"]),
        ((1, 10), (1, 10), "ob", []),
        ((1, 9), (1, 10), "", []),
        ((1, 11), (1, 11), "x", []),
        ((0, 0), (0, 0), "x", ["o(1)", "b"]),
        ((0, 0), (0, 0), "\n", []),
        ((1, 0), (1, 1), "w", []),
        ((1, 9), (1, 10), "p", []),
    ],
)
def test_outdated_reply_fits_only_typed_text(
    start: tuple[int, int], end: tuple[int, int], text: str, left: list[str]
) -> None:
    """The reply must start with the text typed since. After any other change it does not fit."""
    of = document()
    place = request_at(of, 1, 10)
    assert not place.is_outdated
    assert place.without_outdated(reply("o(1)", "b")) == reply("o(1)", "b")
    of.edit(Position(*start), Position(*end), text, "utf-16")
    assert place.is_outdated
    fitting = place.without_outdated(reply("o(1)", "b"))
    assert [one.completion.text for one in fitting.suggestions] == left
    assert fitting.suggestions or fitting.reason == "the document has been changed since"


def test_outdated_reply_in_a_line_of_which_a_part_is_omitted() -> None:
    """The text before the part that the cursor knows has not been compared."""
    of = document("x" * 600_000 + "y" * 700_000 + "\n")
    place = request_at(of, 0, 600_000)
    left, right = place.cursor.omitted
    assert left > 0 < right
    assert left != right
    of.edit(Position(0, 600_000), Position(0, 600_000), "o", "utf-16")
    (fitting,) = place.without_outdated(reply("o(1)", "b")).suggestions
    assert fitting.completion.text == "o(1)"
    of.edit(Position(0, 599_999), Position(0, 600_000), "y", "utf-16")
    assert not place.without_outdated(reply("o(1)", "b")).suggestions


def test_popup_item_fields() -> None:
    """The label is the word and the first line; the documentation is the whole text in a fence."""
    place = request_at(document(), 1, 10)
    found = popup_items(reply("o(\n    1,\n)", replace=1), place, Client())
    assert found["isIncomplete"] is True
    (item,) = found["items"]
    assert (item["label"], item["kind"], item["detail"]) == ("foo(…", 15, "midfill (deepseek)")
    assert item["documentation"] == {"kind": "markdown", "value": "```python\nfoo(\n    1,\n)\n```"}
    assert (item["filterText"], item["sortText"], item["insertTextMode"]) == ("foo(\n    1,\n)", "\0000", 1)
    assert item["textEdit"] == {"range": range_on(1, 10, 11), "newText": "o(\n    1,\n)"}
    assert item["command"] == {"title": "Accepted", "command": "midfill.accepted", "arguments": [URI, 0]}


@pytest.mark.parametrize(
    ("head", "text", "label"),
    [
        ("x = ", "a", "a"), ("x.y_1", "z", "y_1z"), ("f.x", "y", "xy"), ("f(", "b" * 80, "b" * 60),
        ("größ", "e", "größe"),        ("x = ", "a\nb", "a…"),
    ],
)  # fmt: skip
def test_popup_label_is_short(head: str, text: str, label: str) -> None:
    """It includes the word before the cursor."""
    (item,) = popup_items(reply(text), request_at(document(head), 0, len(head)), Client())["items"]
    assert item["label"] == label


def test_documentation_fence_is_longer_than_any_in_the_text() -> None:
    """Otherwise Markdown would end it early."""
    place = request_at(document("x = "), 0, 4)
    for text, fence in (("a", "```"), ("``", "```"), ("```", "````"), ("a ````` b", "``````")):
        (item,) = popup_items(reply(text), place, Client())["items"]
        assert item["documentation"]["value"] == f"{fence}python\n{text}\n{fence}"


def test_line_indentation_is_omitted_for_clients_that_add_it() -> None:
    """Helix adds the line's indentation to each line."""
    place = request_at(document("    x = "), 0, 8)
    for name, text in (("helix", "f(\n  1,\n)"), ("", "f(\n      1,\n    )")):
        (item,) = popup_items(reply("f(\n      1,\n    )"), place, Client(name=name))["items"]
        assert item["textEdit"]["newText"] == text
    flat = request_at(document("x = "), 0, 4)
    (item,) = popup_items(reply("f(\n)"), flat, Client(name="helix"))["items"]
    assert item["textEdit"]["newText"] == "f(\n)"


ASKED = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}


@pytest.mark.parametrize(
    ("method", "params", "empty"),
    [
        ("textDocument/inlineCompletion", ASKED, True),
        ("textDocument/completion", ASKED, True),
        ("workspace/executeCommand", ASKED, False),
        ("textDocument/completion", None, False),
        ("textDocument/completion", {**ASKED, "textDocument": {"uri": 5}}, False),
        ("textDocument/completion", {**ASKED, "position": {"line": -1, "character": 0}}, False),
        ("textDocument/completion", {**ASKED, "position": {"line": 0, "character": -1}}, False),
        ("textDocument/completion", {**ASKED, "position": {"line": "0", "character": 0}}, False),
        ("textDocument/completion", {**ASKED, "position": {"line": 0}}, False),
    ],
)
def test_failed_request_is_answered_empty(method: str, params: Any, empty: bool) -> None:
    """VS Code would show an error at every key. A request without a position gets an error."""
    found = empty_result_for({"method": method, "params": params})
    assert found == ({"items": []} if empty else None)


def test_document_of_a_copilot_item() -> None:
    """The item's command has the URI; without a command there is no document."""
    item = {"command": {"arguments": [URI, 0]}}
    assert uri_of({"params": {"item": item}}) == URI
    assert uri_of({"params": {"item": {}}}) == ""
    assert uri_of({"params": {"item": {"command": {"arguments": []}}}}) == ""


VSCODE = ("Visual Studio Code - Insiders", "VSCodium", "Code - OSS", "Visual Studio Code")
REGISTERED = {"dynamicRegistration": True}
NONE = dict.fromkeys(("workspace", "textDocument", "window", "experimental"))


def can(part: str, **abilities: Any) -> dict[str, Any]:
    """Return the parameters of a client with some abilities."""
    return {"capabilities": {part: abilities}}


CLIENTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"name": "", "process_id": None, "inline": False, "watches": False, "takes_status": True}),
    ({"clientInfo": {"name": "x"}}, {"name": "x", "reports_parts": True}),
    ({"clientInfo": {"name": "Emacs"}}, {"name": "emacs", "inline": True, "takes_status": False}),
    *(({"clientInfo": {"name": name}}, {"reports_parts": False, "inline": False}) for name in VSCODE),
    ({"processId": 7}, {"process_id": 7}),
    *(({"processId": odd}, {"process_id": None}) for odd in (0, -1, True, "7", 1 << 31, 1.5)),
    *(({"processId": valid}, {"process_id": valid}) for valid in (1, (1 << 31) - 1)),
    (can("textDocument", inlineCompletion={}), {"inline": True}),
    (can("textDocument", inlineCompletion=None), {"inline": False}),
    (can("workspace", configuration=True), {"pulls_configuration": True, "registers_configuration": False}),
    (can("workspace", didChangeConfiguration=REGISTERED), {"registers_configuration": True}),
    (can("workspace", didChangeWatchedFiles=REGISTERED), {"watches": True, "pulls_configuration": False}),
    (
        can("workspace", didChangeWatchedFiles=REGISTERED) | {"clientInfo": {"name": "emacs"}},
        {"watches": False},
    ),
    (can("window", workDoneProgress=True), {"shows_progress": True, "applies_edits": False}),
    (can("workspace", applyEdit=True), {"applies_edits": True, "shows_progress": False}),
    (can("experimental", midfill={"refresh": True}), {"refreshes": True, "defines": False, "whole": False}),
    (can("experimental", midfill={"definitions": True}), {"refreshes": False, "defines": True}),
    (can("experimental", midfill={"whole": True}), {"whole": True, "defines": False}),
    ({"capabilities": NONE}, {"inline": False, "refreshes": False}),
]


@pytest.mark.parametrize(("params", "known"), CLIENTS)
def test_client_features(params: dict[str, Any], known: dict[str, Any]) -> None:
    """They follow from the announced capabilities and from the client's name."""
    client = Client.from_params(params)
    assert {name: getattr(client, name) for name in known} == known


@pytest.mark.parametrize(
    ("setting", "inline", "wanted"),
    [("always", True, True), ("auto", False, True), ("auto", True, False), ("never", False, False)],
)
def test_popup_is_used_without_inline_completion(setting: Any, inline: bool, wanted: bool) -> None:
    """The popup is the default only for clients that show completions in no other way."""
    assert Client(inline=inline).wants_popup(setting) is wanted


A, B = ({"uri": f"file:///{name}", "name": name} for name in "ab")


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([A, B], [A, B]),
        ([{"uri": "file:///a"}], [{"uri": "file:///a", "name": "file:///a"}]),
        ([{"uri": "file:///a", "name": ""}], [{"uri": "file:///a", "name": "file:///a"}]),
        ([{"uri": "file:///a", "name": 5}], [{"uri": "file:///a", "name": "5"}]),
        ([{"name": "b"}, {"uri": None}, 7, None, A], [A]),
        ("file:///a", []),
        ([], []),
        (None, []),
    ],
)
def test_workspace_folders_of_a_client(listed: Any, found: list[dict[str, str]]) -> None:
    """Each has a name, which LSP requires; what is no folder is left out. pygls gets the same ones."""
    params = {"capabilities": {}, "workspaceFolders": listed}
    assert folders(params) == found
    assert pygls_params(params)["workspaceFolders"] == (found or None)
    assert folders({"capabilities": {}}) == []
