"""The answer to `initialize` is sent without pygls, and equals pygls's answer."""

import asyncio
import itertools
import json
import sys
from typing import Any, get_args

import pytest
from lsprotocol.types import METHOD_TO_TYPES
from pygls.lsp.server import LanguageServer

from midfill.core.document import Encoding
from midfill.lsp.capabilities import COMMANDS, initialize_result
from midfill.lsp.dispatch import IS_REQUEST
from midfill.lsp.handshake import SETTING
from midfill.lsp.lazy_pygls import PYGLS_METHODS
from midfill.lsp.pygls_server import PyglsServer
from midfill.lsp.server import Server
from midfill.settings.setting_specs import setting_specs
from tests.client import CAPABILITIES, Json, LspClient
from tests.lsp.editor import SERVE, Page, answer, running

pytestmark = pytest.mark.anyio

ENCODINGS: list[list[str] | None] = [
    None,
    [],
    ["utf-8"],
    ["utf-16"],
    ["utf-32", "utf-8"],
    ["utf-7"],
    ["utf-7", "utf-8"],
]
NOTEBOOKS: list[Json | None] = [None, {}, {"synchronization": {"dynamicRegistration": True}}]


class _NoClient:
    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


@pytest.mark.parametrize("popup", [False, True])
@pytest.mark.parametrize(("encodings", "notebooks"), list(itertools.product(ENCODINGS, NOTEBOOKS)))
async def test_initialize_result_equals_that_of_pygls(
    encodings: list[str] | None, notebooks: Json | None, popup: bool
) -> None:
    """For any client capabilities, our answer is that of pygls with the same commands and features."""
    capabilities = {"general": {"positionEncodings": encodings}, "notebookDocument": notebooks}
    params = {"processId": None, "rootUri": None, "capabilities": capabilities}
    commands = dict.fromkeys(COMMANDS, lambda *arguments: None)
    pygls = PyglsServer(commands, lambda params: None, popup=popup)
    theirs = pygls.begin(params, _NoClient())
    assert initialize_result(params, popup=popup) == theirs


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, "utf-16"),
        ([], "utf-16"),
        (["utf-7"], "utf-16"),
        (["utf-8"], "utf-8"),
        (["utf-32"], "utf-32"),
        (["utf-16"], "utf-16"),
        (["utf-7", "utf-8"], "utf-8"),
    ],
)
def test_position_encoding_is_one_that_the_client_offers(offered: list[str] | None, chosen: str) -> None:
    """UTF-16, which every client knows, if it offers none that midfill knows."""
    params = {"capabilities": {"general": {"positionEncodings": offered}}}
    assert initialize_result(params, popup=False)["capabilities"]["positionEncoding"] == chosen
    assert (
        initialize_result({"capabilities": {}}, popup=False)["capabilities"]["positionEncoding"] == "utf-16"
    )


async def test_every_command_is_announced() -> None:
    """The announced commands are the existing ones, in the same order."""
    server = Server(_NoClient(), {}, lambda code: None)
    assert tuple(server._commands.by_name) == COMMANDS
    assert {*server._handlers, *PYGLS_METHODS} == {*IS_REQUEST}
    await server.close()


def test_methods_are_those_of_the_specification() -> None:
    """Requests and notifications are those of LSP; Copilot's and midfill's own are not in LSP."""
    known = {
        method: METHOD_TO_TYPES[method][1] is not None for method in IS_REQUEST if method in METHOD_TO_TYPES
    }
    assert {method: IS_REQUEST[method] for method in known} == known
    assert {*IS_REQUEST} - {*known} == {
        "textDocument/didShowCompletion",
        "textDocument/didPartiallyAcceptCompletion",
        "textDocument/copilotInlineEdit",
        "textDocument/didShowInlineEdit",
        "textDocument/didFocus",
        "midfill/nextEdit",
    }


def test_pygls_has_a_handler_for_each_forwarded_method() -> None:
    """Each method that is passed on has a handler in pygls."""
    assert {*LanguageServer("test", "1").protocol.fm.builtin_features} >= PYGLS_METHODS


@pytest.mark.parametrize("encoding", get_args(Encoding))
async def test_positions_use_the_negotiated_encoding(env: dict[str, str], encoding: str) -> None:
    """Positions are read in the encoding that the early answer names."""
    capabilities = {**CAPABILITIES, "general": {"positionEncodings": [encoding]}}
    async with running(env, capabilities=capabilities) as client:
        assert client.capabilities["positionEncoding"] == encoding
        page = Page(client, "s = '😀'; print(▮", encoding=encoding)
        assert await page.items() is not None
        client.check()


async def test_pygls_is_imported_after_the_first_suggestion(env: dict[str, str]) -> None:
    """From the start to the accepted suggestion nothing imports pygls; the first other command does."""
    argv = (sys.executable, "-X", "importtime", "-m", "midfill", "serve")
    async with await LspClient.start(argv, env) as client:
        await client.initialize()
        page = Page(client, "def area(width, height):\n    return ▮\n")
        item = (await page.items())[0]
        await answer(client.request("workspace/executeCommand", item["command"]))
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await page.items()
        assert not {"pygls", "lsprotocol.types"} & imported(client.stderr)
        page_of_another = Page(client, "x = ▮\n")
        with client.together():
            toggled = client.request(
                "workspace/executeCommand", {"command": "midfill.toggle", "arguments": []}
            )
            nothing = page_of_another.ask()
        assert await answer(toggled) is False
        assert (await answer(nothing))["items"] == []
        assert {"pygls", "lsprotocol.types"} <= imported(client.stderr)
        await client.exit()


def imported(log: str) -> set[str]:
    """Return the modules in the output of `python -X importtime`."""
    return {line.rpartition("|")[2].strip() for line in log.splitlines() if line.startswith("import time:")}


async def raw(env: dict[str, str], *bodies: Any, split: int = 0) -> LspClient:
    """Start a server and send it messages in one write, or in pieces of `split` bytes."""
    client = await LspClient.start(SERVE, env)
    data = b""
    for body in bodies:
        encoded = json.dumps(body).encode()
        data += b"Content-Length: %d\r\n\r\n%b" % (len(encoded), encoded)
    for start in range(0, len(data), split or len(data)):
        client.write(data[start : start + (split or len(data))])
        await asyncio.sleep(0)
    return client


INITIALIZE: Json = {
    "jsonrpc": "2.0",
    "id": "a",
    "method": "initialize",
    "params": {"processId": None, "capabilities": CAPABILITIES},
}


async def answers(client: LspClient, count: int) -> list[Json]:
    """Return the answers to our requests once there are that many."""
    async with asyncio.timeout(20):
        while len(found := [one for one in client.messages if "method" not in one]) < count:
            client.check()
            await asyncio.sleep(0.02)
    return found


@pytest.mark.parametrize("split", [0, 1, 60, 200])
async def test_messages_sent_with_initialize_are_all_handled(env: dict[str, str], split: int) -> None:
    """All messages of a client that does not wait for the answer are handled, in order and once."""
    uri = "file:///work/early.py"
    opened = {"uri": uri, "languageId": "python", "version": 1, "text": "x = \n"}
    asked = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 4}}
    client = await raw(
        env,
        INITIALIZE,
        {"jsonrpc": "2.0", "method": "initialized", "params": {}},
        {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": opened}},
        {"jsonrpc": "2.0", "id": "b", "method": "textDocument/inlineCompletion", "params": asked},
        {"jsonrpc": "2.0", "id": "c", "method": "shutdown"},
        split=split,
    )
    async with client:
        found = await answers(client, 3)
        client.notify("exit")
        assert await client.ended() == 0
    assert sorted(client.answers) == ["a", "b", "c"]
    assert set(client.answers.values()) == {1}
    assert found[0]["result"]["serverInfo"]["name"] == "midfill"


FIRST: dict[str, Json] = {
    "no initialize": {"jsonrpc": "2.0", "id": "a", "method": "shutdown"},
    "no JSON-RPC": {"id": "a", "method": "initialize", "params": {"capabilities": {}}},
    "no id": {"jsonrpc": "2.0", "method": "initialize", "params": {"capabilities": {}}},
    "an id that is none": {**INITIALIZE, "id": True},
    "no parameters": {"jsonrpc": "2.0", "id": "a", "method": "initialize"},
    "capabilities of another kind": {**INITIALIZE, "params": {"capabilities": [1]}},
    "folders of another kind": {
        **INITIALIZE,
        "params": {"capabilities": {}, "workspaceFolders": [{"uri": "file:///%00"}]},
    },
    "a root of another kind": {**INITIALIZE, "params": {"capabilities": {}, "rootUri": {"a": 1}}},
    "half a surrogate": {**INITIALIZE, "params": {"capabilities": {}, "initializationOptions": "\ud800"}},
}


@pytest.mark.parametrize("first", FIRST.values(), ids=FIRST)
async def test_malformed_first_message_is_answered_at_most_once(env: dict[str, str], first: Json) -> None:
    """Any first message is answered as it would be later, and so is a valid `initialize` after it."""
    async with await raw(env, first, {**INITIALIZE, "id": "z"}) as client:
        async with asyncio.timeout(20):
            while "z" not in client.answers:
                client.check()
                await asyncio.sleep(0.02)
        assert client.answers["a"] <= 1
        assert client.answers["z"] == 1


@pytest.mark.parametrize(
    ("options", "setting", "offered"),
    [
        ({}, "", False),
        ({"popup": "always"}, "", True),
        ({"midfill": {"popup": "always"}}, "", True),
        ({"midfill.popup": "always"}, "", True),
        ({}, 'popup = "always"\n', True),
        ({}, '"p\\u006fpup" = "always"\n', True),
        ({}, "# nothing of it\n", False),
    ],
)
async def test_popup_follows_the_setting(
    env: dict[str, str], tmp_path: Any, options: Json, setting: str, offered: bool
) -> None:
    """The answer follows the setting from any source, early or not."""
    config = tmp_path / "config.toml"
    config.write_text(setting, "utf-8")
    async with running({**env, "MIDFILL_CONFIG": str(config)}, options) as client:
        assert ("completionProvider" in client.capabilities) == offered


def test_workspace_cannot_set_the_popup() -> None:
    """The early answer does not read the folders, because they cannot change it."""
    assert setting_specs()[SETTING].workspace == "never"
