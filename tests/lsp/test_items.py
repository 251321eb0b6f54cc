"""A request's parameters as a place, and a reply as items of a list or a popup."""

from typing import Any

import pytest

from midfill.core.answers import Answer
from midfill.core.completion import Completion
from midfill.core.document import Document, Position
from midfill.core.model import Prompt
from midfill.engine import Reply, Suggestion
from midfill.lsp.client import Client
from midfill.lsp.items import (
    RequestPosition,
    document_of,
    inline_items,
    nothing_for,
    popup_items,
    position_of,
)

URI = "file:///a.py"


def document(text: str = "é = 1\nvalue = fo)\r\nlast") -> Document:
    return Document(URI, "python", text, 1)


def placed(of: Document, line: int, character: int, selected: Any = None) -> RequestPosition:
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
    answer = Answer(Prompt("", ""), text, "deepseek", "m", whole=True, finish="stop", call_id=1)
    return Suggestion.of(answer, Completion(text, replace))


def reply(*texts: str, replace: int = 0) -> Reply:
    return Reply(tuple(suggestion(text, replace) for text in texts))


def span(line: int, start: int, end: int) -> dict[str, Any]:
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def test_where_a_completion_is_asked_for() -> None:
    """In the client's units."""
    of = document()
    place = placed(of, 1, 10)
    assert (place.cursor.head, place.cursor.rest, place.line, place.start, place.line_count) == (
        "value = fo",
        ")",
        1,
        10,
        3,
    )
    emoji = placed(document("😀x = "), 0, 6)
    assert (emoji.cursor.head, emoji.start) == ("😀x = ", 6)
    assert (
        position_of(
            {"position": {"line": 0, "character": 4}}, document("é = "), "utf-8", lambda c: c
        ).cursor.head
        == "é ="
    )


def test_what_an_inline_item_replaces() -> None:
    """From the cursor on; all of what it takes over."""
    place = placed(document(), 1, 10)
    (item,) = inline_items(reply("o(1)", replace=1), place, Client())["items"]
    assert (item["insertText"], item["range"]) == ("o(1)", span(1, 10, 11))
    assert item["command"] == {"title": "Accepted", "command": "midfill.accepted", "arguments": [URI, 0]}
    items = inline_items(reply("a", "b"), place, Client())["items"]
    assert [one["command"]["arguments"][1] for one in items] == [0, 1]
    assert inline_items(Reply(), place, Client()) == {"items": []}


@pytest.mark.parametrize(("client", "text"), [("", "a\r\nb"), ("neovim", "a\nb")])
def test_line_ends_are_those_that_the_client_takes(client: str, text: str) -> None:
    """The document's, but for clients that insert them as they are."""
    place = placed(document("x\r\ny = \r\n"), 1, 4)
    (item,) = inline_items(reply("a\nb"), place, Client(name=client))["items"]
    assert item["insertText"] == text


def test_a_selected_item_is_continued() -> None:
    """As if it stood in the document; the whole of it is inserted."""
    of = document()
    place = placed(of, 1, 10, selected("format", 8, 10))
    assert (place.cursor.head, place.start, place.selected) == ("value = format", 8, "format")
    (item,) = inline_items(reply("(1)"), place, Client())["items"]
    assert (item["insertText"], item["range"]) == ("format(1)", span(1, 8, 10))


@pytest.mark.parametrize(
    "odd",
    [
        selected("x", 8, 10, line=0), selected("x", 8, 10, until=2), selected("x", 8, 11), selected("x", 9, 8),
        selected("x", -1, 10),
    ],
)  # fmt: skip
def test_a_selection_elsewhere_is_none(odd: dict[str, Any]) -> None:
    """On another line, behind the cursor, or turned round."""
    place = placed(document(), 1, 10, odd)
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
    ],
)
def test_a_reply_that_was_outdated(
    start: tuple[int, int], end: tuple[int, int], text: str, left: list[str]
) -> None:
    """What was typed on its line since must begin it; after any other change nothing of it fits."""
    of = document()
    place = placed(of, 1, 10)
    assert not place.is_outdated
    assert place.still_fits(reply("o(1)", "b")) == reply("o(1)", "b")
    of.edit(Position(*start), Position(*end), text, "utf-16")
    assert place.is_outdated
    fitting = place.still_fits(reply("o(1)", "b"))
    assert [one.completion.text for one in fitting.suggestions] == left
    assert fitting.suggestions or fitting.reason == "the document has been changed since"


def test_a_popups_item() -> None:
    """Its label is the word and the first line, its documentation all of it in a fence."""
    place = placed(document(), 1, 10)
    found = popup_items(reply("o(\n    1,\n)", replace=1), place, Client())
    assert found["isIncomplete"] is True
    (item,) = found["items"]
    assert (item["label"], item["kind"], item["detail"]) == ("foo(…", 15, "midfill (deepseek)")
    assert item["documentation"] == {"kind": "markdown", "value": "```python\nfoo(\n    1,\n)\n```"}
    assert (item["filterText"], item["sortText"], item["insertTextMode"]) == ("foo(\n    1,\n)", "\0000", 1)
    assert item["textEdit"] == {"range": span(1, 10, 11), "newText": "o(\n    1,\n)"}
    assert item["command"]["arguments"] == [URI, 0]


@pytest.mark.parametrize(
    ("head", "text", "label"),
    [
        ("x = ", "a", "a"), ("x.y_1", "z", "y_1z"), ("f(", "b" * 80, "b" * 60), ("größ", "e", "größe"),
        ("x = ", "a\nb", "a…"),
    ],
)  # fmt: skip
def test_a_popups_label(head: str, text: str, label: str) -> None:
    """The word before the cursor belongs to it; it is not too long."""
    (item,) = popup_items(reply(text), placed(document(head), 0, len(head)), Client())["items"]
    assert item["label"] == label


def test_a_fence_is_longer_than_any_in_the_text() -> None:
    """So that Markdown does not end it."""
    place = placed(document("x = "), 0, 4)
    for text, fence in (("a", "```"), ("``", "```"), ("```", "````"), ("a ````` b", "``````")):
        (item,) = popup_items(reply(text), place, Client())["items"]
        assert item["documentation"]["value"] == f"{fence}python\n{text}\n{fence}"


def test_a_client_that_indents_again() -> None:
    """Helix adds the line's indentation to each line: it is left off there."""
    place = placed(document("    x = "), 0, 8)
    for name, text in (("helix", "f(\n  1,\n)"), ("", "f(\n      1,\n    )")):
        (item,) = popup_items(reply("f(\n      1,\n    )"), place, Client(name=name))["items"]
        assert item["textEdit"]["newText"] == text
    flat = placed(document("x = "), 0, 4)
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
def test_a_request_that_failed_is_answered_with_nothing(method: str, params: Any, empty: bool) -> None:
    """VS Code would show an error at every key; what names no place is told to be wrong."""
    found = nothing_for({"method": method, "params": params})
    assert found == ({"items": []} if empty else None)


def test_the_document_of_a_copilots_item() -> None:
    """It stands in the item's command; without one there is none."""
    item = {"command": {"arguments": [URI, 0]}}
    assert document_of({"params": {"item": item}}) == URI
    assert document_of({"params": {"item": {}}}) == ""
    assert document_of({"params": {"item": {"command": {"arguments": []}}}}) == ""


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
    ({"processId": (1 << 31) - 1}, {"process_id": (1 << 31) - 1}),
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
def test_what_a_client_says_of_itself(params: dict[str, Any], known: dict[str, Any]) -> None:
    """What it announces, and what is known of it by its name."""
    client = Client.from_params(params)
    assert {name: getattr(client, name) for name in known} == known


@pytest.mark.parametrize(
    ("setting", "inline", "wanted"),
    [("always", True, True), ("auto", False, True), ("auto", True, False), ("never", False, False)],
)
def test_whether_the_popup_is_used(setting: Any, inline: bool, wanted: bool) -> None:
    """By itself only where nothing else shows a completion."""
    assert Client(inline=inline).wants_popup(setting) is wanted
