"""Messages that are valid JSON and invalid LSP affect no other message, on every transport."""

import json
from typing import Any

import pytest

from midfill.lsp.dispatch import MIN_MSGSPEC_BYTES, parsed
from tests.client import Json, LspClient, LspError
from tests.loopback.client import Loopback
from tests.lsp.editor import SERVE, Page, answer, running
from tests.lsp.sockets import OPTIONS, listening

pytestmark = pytest.mark.anyio

INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32600, -32601, -32602
PLACE: Json = {"textDocument": {"uri": "file:///x.py"}, "position": {"line": 0, "character": 0}}

MALFORMED: list[Json] = [
    {"method": "textDocument/inlineCompletion", "params": PLACE},
    {"method": "textDocument/completion", "params": PLACE},
    {"method": "initialize", "params": {}},
    {"method": "shutdown"},
    {"method": ["shutdown"]},
    {"method": {"a": 1}},
    {"method": None},
    {"method": 5, "id": {}},
    {"id": [1], "method": "shutdown"},
    {"id": None, "method": "textDocument/inlineCompletion", "params": PLACE},
    {"id": True, "method": "shutdown"},
    {"method": "workspace/executeCommand", "params": {"command": "midfill.stats"}},
    {"method": "workspace/didChangeWorkspaceFolders", "params": {"event": {"added": [{"uri": "file:///a"}]}}},
    {"method": "workspace/didChangeConfiguration", "params": {"settings": {"midfill": {"model": "\ud800"}}}},
    {"method": "textDocument/didOpen", "params": {"textDocument": {"uri": 5, "text": 6}}},
    {"method": "textDocument/didChange", "params": {"textDocument": {"uri": {}}, "contentChanges": 5}},
    {"method": "$/cancelRequest", "params": {"id": 10**30}},
    {"method": "$/cancelRequest", "params": {"id": {}}},
    {"method": "textDocument/didShowCompletion", "params": 10**30},
    {"id": 77, "result": None},
    {"id": {}, "error": None},
]


@pytest.mark.parametrize("option", OPTIONS)
async def test_malformed_messages_do_not_end_a_socket_server(bare: dict[str, str], option: str) -> None:
    """An exception would close the connection, and with it the server."""
    async with listening(bare, option) as server, server.client() as client:
        await client.initialize(server.token)
        for message in MALFORMED:
            await client.send(message)
        assert await client.is_alive()
        assert "Traceback" not in await server.errors()


@pytest.mark.parametrize("message", MALFORMED, ids=lambda message: json.dumps(message)[:60])
async def test_message_after_a_malformed_one_is_read(
    server: LspClient, loopback: Loopback, message: Json
) -> None:
    """The message after a malformed one in the same read is answered without further input."""
    page = Page(server, "behind = ▮\n")
    with server.together():
        server.send({"jsonrpc": "2.0", **message})
        call = page.ask()
    assert (await answer(call))["items"]


@pytest.mark.parametrize(
    "params",
    [
        {"processId": 10**30},
        {"processId": -1},
        {"processId": True},
        {"processId": "7"},
        {"workspaceFolders": [{"uri": "file:///folder"}]},
        {"workspaceFolders": [{"uri": "file:///folder", "name": 5}, {"name": "x"}, 7, None]},
        {"workspaceFolders": "file:///folder"},
        {"rootUri": 5},
        {"rootUri": "file:///\ud800"},
        {"initializationOptions": 5},
    ],
    ids=str,
)
async def test_partly_malformed_initialize_is_accepted(bare: dict[str, str], params: Json) -> None:
    """The valid parts of it are used."""
    async with await LspClient.start(SERVE, bare) as client:
        given = {"processId": None, "rootUri": None, "capabilities": {}, **params}
        result = await answer(client.request("initialize", given))
        assert result["serverInfo"]["name"] == "midfill"
        stats = await answer(client.request("workspace/executeCommand", {"command": "midfill.stats"}))
        assert not any(stats["session"].values())


async def test_refused_initialize_may_be_repeated(bare: dict[str, str]) -> None:
    """A notification or a malformed message neither initializes the server nor ends it."""
    async with await LspClient.start(SERVE, bare) as client:
        client.notify("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        shapeless: list[Any] = [None, 5, [], {"capabilities": 5}]
        for params in shapeless:
            with pytest.raises(LspError) as caught:
                await answer(client.request("initialize", params))
            assert caught.value.code == INVALID_PARAMS
        assert await client.initialize()
        assert await client.exit() == 0


@pytest.mark.parametrize(
    "method",
    [
        "textDocument/didOpen",
        "textDocument/didChange",
        "workspace/didChangeConfiguration",
        "workspace/didChangeWorkspaceFolders",
        "textDocument/didShowCompletion",
        "initialized",
        "$/cancelRequest",
        "$/setTrace",
    ],
)
async def test_notification_with_an_id_is_refused(server: LspClient, loopback: Loopback, method: str) -> None:
    """Every request is answered, for any method."""
    with pytest.raises(LspError) as caught:
        await answer(server.request(method, {}))
    assert caught.value.code == INVALID_REQUEST
    assert "is a notification" in str(caught.value)


@pytest.mark.parametrize("method", ["window/logMessage", "textDocument/hover", "a/b"])
async def test_unsupported_method_is_refused(server: LspClient, loopback: Loopback, method: str) -> None:
    """Known to LSP or not, a request is answered and a notification ignored."""
    server.notify(method, {})
    with pytest.raises(LspError) as caught:
        await answer(server.request(method, {}))
    assert caught.value.code == METHOD_NOT_FOUND


async def test_unknown_methods_without_parameters_are_not_malformed(
    server: LspClient, loopback: Loopback
) -> None:
    """An unknown method has another error than a malformed message."""
    server.messages.clear()
    server.send({"jsonrpc": "2.0", "id": "bare", "method": "midfill/none"})
    await answer(server.request("workspace/executeCommand", {"command": "midfill.stats"}))
    (response,) = [message for message in server.messages if message.get("id") == "bare"]
    assert response["error"]["code"] == METHOD_NOT_FOUND


async def test_ids_of_any_size_are_returned(server: LspClient, loopback: Loopback) -> None:
    """An id is returned as it was sent, even a lone surrogate or a number above 64 bits."""
    page = Page(server, "large_ids = ▮\n")
    params = {"textDocument": {"uri": page.uri}, "position": page.position}
    numbers: list[Any] = [10**30, "\ud83d", 1.5]
    for number in numbers:
        server.send({"jsonrpc": "2.0", "id": number, "method": "textDocument/completion", "params": params})
    while not all(server.answers[number] for number in numbers):
        await answer(server.request("workspace/executeCommand", {"command": "midfill.stats"}))


async def test_document_without_a_language_is_completed(server: LspClient, loopback: Loopback) -> None:
    """The language is null."""
    loopback.behave(text="fine")
    languages: list[Any] = [None, 5, []]
    for number, language in enumerate(languages):
        uri = f"file:///project/no-language-{number}.py"
        text = f"no_language_{number} = "
        item = {"uri": uri, "languageId": language, "version": None, "text": text}
        server.notify("textDocument/didOpen", {"textDocument": item})
        listed = await answer(server.complete(uri, (0, len(text))))
        assert [item["insertText"] for item in listed["items"]] == ["fine"]


async def test_lone_surrogate_in_a_uri_is_accepted(server: LspClient, loopback: Loopback) -> None:
    """A document whose URI is no path is completed like one that has none."""
    loopback.behave(text="fine")
    for number, uri in enumerate(("file:///half/\ud83d.py", "untitled:\udc00", "file:///raw/\udcff.py")):
        assert await Page(server, f"half_a_name_{number} = ▮\n", uri=uri).texts() == ["fine"]


@pytest.mark.parametrize("start", [-1, -(10**30), 3, 10**30])
async def test_invalid_selected_range_is_ignored(server: LspClient, loopback: Loopback, start: int) -> None:
    """The range is not returned either."""
    loopback.behave(text="(path)")
    page = Page(server, f"at_{abs(start) % 97} = json.lo▮\n")
    end = page.position if start < 0 else {"line": 0, "character": 2}
    span = {"start": {"line": 0, "character": start}, "end": end}
    for item in await page.items(selected={"range": span, "text": "load"}):
        assert item["range"]["start"]["character"] == item["range"]["end"]["character"] == page.place[1]
        assert item["insertText"] == "(path)"


async def test_lone_surrogate_in_a_setting_is_reported(env: dict[str, str], loopback: Loopback) -> None:
    """It is reported like any other wrong value; the other settings apply."""
    loopback.behave(text="fine")
    half = "\ud83d"
    wrong = {"completion": {"stop": [half], "max_tokens": 7}, half: half, "timing": {half: 1}}
    async with running(env, wrong) as client:
        message = await client.until("window/showMessage")
        assert "completion.stop" in message["message"]
        assert await Page(client, "half_a_character = ▮\n").texts() == ["fine"]
        client.settings = {"midfill": {**wrong, "prompt": {half: 5}}}
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await answer(client.request("workspace/executeCommand", {"command": "midfill.stats"}))
        assert await Page(client, "half_of_another = ▮\n").texts() == ["fine"]
        assert "Traceback" not in client.stderr
    assert {call["body"]["max_tokens"] for call in loopback.log(path="/completions")} == {7}


@pytest.mark.parametrize("strange", ['"\\ud800"', str(10**30), "NaN", "1e999"])
def test_large_body_is_decoded_like_a_small_one(strange: str) -> None:
    """The faster decoder for large bodies passes unsupported bodies to the other one."""
    small = b'{"jsonrpc": "2.0", "id": 1, "method": "x", "params": [%b]}' % strange.encode()
    large = small + b" " * MIN_MSGSPEC_BYTES
    assert repr(parsed(large)) == repr(parsed(small))
