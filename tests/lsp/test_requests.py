"""Requests for completions: the parameters that editors send, and the answers."""

from typing import Any

import pytest

from tests.client import Json, LspClient, edit
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, answer, running
from tests.lsp.test_configuration import settled

pytestmark = pytest.mark.anyio


async def test_item_has_text_range_and_command(server: LspClient, loopback: Loopback) -> None:
    """A text, a range even if it is empty, and a command with which the editor reports the acceptance."""
    loopback.behave(text="21 * 2")
    page = Page(server, "item_answer = ▮\n")
    (item,) = await page.items()
    assert item["insertText"] == "21 * 2"
    assert item["range"] == {"start": page.position, "end": page.position}
    assert item["command"]["command"] == "midfill.accepted"
    assert item["command"]["arguments"][0] == page.uri


async def test_no_suggestion_is_an_empty_list(server: LspClient, loopback: Loopback) -> None:
    """Never null, because Neovim then keeps the old ghost text."""
    loopback.behave(text="")
    page = Page(server, "nothing_comes = ▮\n")
    assert await answer(page.ask()) == {"items": []}


@pytest.mark.parametrize(
    "extra",
    [
        {"formattingOptions": {"tabSize": 4, "insertSpaces": True}},
        {"workDoneToken": "t", "partialResultToken": 5},
        {"context": {"triggerKind": 2, "requestUuid": "e5", "requestIssuedDateTime": 17}},
        {"context": {"triggerKind": 9}},
        {"context": None},
        {"context": {}},
    ],
)
async def test_additional_parameters_are_accepted(server: LspClient, loopback: Loopback, extra: Json) -> None:
    """Additional parameters of the draft, of VS Code's interface and of Copilot are accepted."""
    loopback.behave(text="fine")
    page = Page(server, f"extra_{len(str(extra))} = ▮\n")
    params = {"textDocument": {"uri": page.uri}, "position": page.position, "context": {"triggerKind": 2}}
    result = await answer(server.request("textDocument/inlineCompletion", {**params, **extra}))
    assert [item["insertText"] for item in result["items"]] == ["fine"]


async def test_missing_context_is_accepted(server: LspClient, loopback: Loopback) -> None:
    """Old clients send only a position."""
    loopback.behave(text="fine")
    page = Page(server, "no_context = ▮\n")
    params = {"textDocument": {"uri": page.uri, "version": 1}, "position": page.position}
    result = await answer(server.request("textDocument/inlineCompletion", params))
    assert [item["insertText"] for item in result["items"]] == ["fine"]


async def test_outdated_version_gets_an_empty_list(server: LspClient, loopback: Loopback) -> None:
    """A position in an outdated text gets an empty list, and causes no call."""
    page = Page(server, "version = ▮\n")
    page.type("4")
    params = {"textDocument": {"uri": page.uri, "version": 1}, "position": page.position}
    assert await answer(server.request("textDocument/inlineCompletion", params)) == {"items": []}
    assert loopback.log(path="/completions") == []


async def test_old_clients_use_other_trigger_kinds(env: dict[str, str], loopback: Loopback) -> None:
    """A client that has sent a 0 uses VS Code's numbers: 0 is invoked, 1 automatic."""
    loopback.behave(text="fine")
    async with running(env, {"trigger": {"mode": "manual"}}) as client:
        page = Page(client, "kinds = ▮\n")

        async def items(kind: int) -> Any:
            params = {
                "textDocument": {"uri": page.uri},
                "position": page.position,
                "context": {"triggerKind": kind},
            }
            return (await answer(client.request("textDocument/inlineCompletion", params)))["items"]

        assert await items(2) == []
        assert len(await items(1)) == 1
        assert len(await items(0)) == 1
        page.type("b")
        assert await items(1) == [], "after a 0, a 1 is automatic"


async def test_old_clients_are_detected_by_fast_requests(env: dict[str, str], loopback: Loopback) -> None:
    """vscode-languageclient 9 sends 1 for automatic requests, which follow a change too soon for a user."""
    async with running(env, {"trigger": {"mode": "manual"}}) as client:
        page = Page(client, "hasty = ▮\n")
        manual = 0
        while True:
            with client.together():
                page.type("a")
                call = page.ask(manual=True)
            if await answer(call) == {"items": []}:
                break
            manual += 1
        assert manual, "one alone may be a key's"


async def test_manual_request_is_not_debounced(env: dict[str, str], loopback: Loopback) -> None:
    """It causes a call at once, also where typing causes none. An automatic request waits for the next key."""
    loopback.behave(text="at_once()")
    async with running(env, {"timing": {"debounce_min_ms": 5000, "debounce_max_ms": 5000}}) as client:
        within = Page(client, "by_key = ▮ + other(1)\n")
        assert await within.items() == []
        assert await within.items(manual=True)  # The server has started: what follows takes no second.
        waiting = Page(client, "waiting = ▮\n")
        automatic = waiting.ask()
        assert "at_once()" in await Page(client, "by_key = ▮\n").texts(manual=True)
        assert automatic.answered is None
        client.close(waiting.uri)
        assert await answer(automatic) == {"items": []}


async def test_start_of_the_prompt_stays_the_same(server: LspClient, loopback: Loopback) -> None:
    """50 keys in a long file: each prompt starts like the one before, because a cached token costs a fiftieth."""
    loopback.behave(text="")
    page = Page(server, "value = compute(12345)\n" * 2_000 + "still = ▮\n")
    for key in "abcdefghijklmnopqrstuvwxy" * 2:
        page.type(key)
        await page.items(manual=True)
    prompts = [call["body"]["prompt"] for call in loopback.log(path="/completions")]
    assert len(set(prompts)) >= 50
    assert len({prompt[:1_000] for prompt in prompts}) == 1


async def test_item_continues_the_selected_popup_item(server: LspClient, loopback: Loopback) -> None:
    """An item starts with the popup's text, in the popup's range, because VS Code draws no other."""
    loopback.behave(text="(path)")
    page = Page(server, "import json\ndata = json.lo▮\n")
    span = {"start": {"line": 1, "character": 12}, "end": page.position}
    (item,) = await page.items(selected={"range": span, "text": "load"})
    assert item["insertText"] == "load(path)"
    assert page.accepted(item["insertText"], item["range"]) == "import json\ndata = json.load(path)\n"
    (call,) = loopback.log(path="/completions")
    assert call["body"]["prompt"].endswith("data = json.load")


async def test_item_within_a_line_replaces_the_rest_of_it(server: LspClient, loopback: Loopback) -> None:
    """A range starts and ends on one line (LSP 3.18); replaced text after the cursor is repeated."""
    loopback.behave(text="\n    first,\n    second,\n")
    page = Page(server, "def mid(▮):\n    pass\n")
    for item in await page.items(manual=True):
        assert item["range"]["start"]["line"] == item["range"]["end"]["line"] == 0
        assert item["range"]["end"]["character"] == len("def mid():")
        wanted = "def mid(\n    first,\n    second,\n):\n    pass\n"
        assert page.accepted(item["insertText"], item["range"]) == wanted
        break
    else:
        pytest.fail("nothing was offered")


async def test_typing_along_causes_no_call(server: LspClient, loopback: Loopback) -> None:
    """The typed part of an answer is removed at once, without a call; the rest is unchanged."""
    loopback.behave(text="fetch_all(limit)")
    page = Page(server, "typed_through = ▮\n")
    assert await page.texts() == ["fetch_all(limit)"]
    for left in ("etch_all(limit)", "tch_all(limit)", "ch_all(limit)"):
        page.type("fetch_all(limit)"[-len(left) - 1])
        assert await page.texts() == [left]
    assert len(loopback.log(path="/completions")) == 1


async def test_renamed_document_is_completed(server: LspClient, loopback: Loopback) -> None:
    """An editor closes the old name and opens the new one."""
    loopback.behave(text="renamed")
    old = Page(server, "rename_me = ▮\n")
    server.close(old.uri)
    new = Page(server, "rename_me = ▮\n", uri="file:///project/new-name.py")
    assert await new.texts() == ["renamed"]
    assert await answer(server.complete(old.uri, (0, 12))) == {"items": []}


async def test_prompt_is_the_text_around_the_cursor(server: LspClient, loopback: Loopback) -> None:
    r"""White space and emoji are unchanged, with `\n` for `\r\n`, after changes of every kind."""
    page = Page(server, "first = '🧪'\r\n\tsecond = ▮  # rest\r\n\r\nlast = 3\r\n")
    server.change(page.uri, edit((0, 9), (0, 11), "🚀é"), edit((3, 7), (3, 8), "4"))
    await page.items(manual=True)
    call = loopback.log(path="/completions")[0]["body"]
    assert call["prompt"].endswith("first = '🚀é'\n\tsecond = ")
    assert call["suffix"].startswith("  # rest\n\nlast = 4\n")


@pytest.mark.parametrize("version", [None, 1])
@pytest.mark.parametrize("to", ["", "x\n", "in_between = 1\nstands_still = \nlast = 1\n"])
async def test_change_without_a_new_version_is_detected(
    server: LspClient, loopback: Loopback, version: int | None, to: str
) -> None:
    """A change during the call is detected by the text: an answer for another place is an empty list."""
    loopback.behave(text="answer()", held=True)
    page = Page(server, f"first = 1\nsecond = {len(to)}\nstands_still_{version}_{len(to)} = ▮\n")
    call = page.ask(manual=True)
    loopback.log(calls=1, path="/completions")
    document = {"uri": page.uri, "version": version}
    changes = [{"text": to}]
    server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
    await settled(server)
    loopback.behave(held=False)
    assert await answer(call) == {"items": []}


async def test_reply_does_not_apply_to_a_reopened_document(server: LspClient, loopback: Loopback) -> None:
    """An answer for a closed document does not apply to a new one with the same URI."""
    loopback.behave(text="answer()", held=True)
    page = Page(server, "opened = 1\nopened_anew = ▮\n")
    call = page.ask(manual=True)
    loopback.log(calls=1, path="/completions")
    with server.together():
        server.close(page.uri)
        server.open(page.uri, "")
    await settled(server)
    loopback.behave(held=False)
    assert await answer(call) == {"items": []}


@pytest.mark.parametrize("fill", ["a, ", "é😀"])
async def test_position_far_into_a_line_is_completed(
    server: LspClient, loopback: Loopback, fill: str
) -> None:
    """The range is right beyond the snapshot of the line, and after typing along."""
    loopback.behave(text="value_of(entry)")
    page = Page(server, f"[{fill * 300_000}▮\n")
    (item,) = await page.items(manual=True)
    assert item["range"] == {"start": page.position, "end": page.position}
    page.type(item["insertText"][0])
    (rest,) = await page.items()
    assert rest["insertText"] == item["insertText"][1:]
    assert rest["range"] == {"start": page.position, "end": page.position}
    assert fill * 100 in str([call["body"] for call in loopback.log(calls=1)])
