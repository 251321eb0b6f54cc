"""The settings of clients: when the server requests them, when they apply, and the messages for wrong ones."""

from pathlib import Path
from typing import Any

import pytest

from tests.client import Json, LspClient
from tests.loopback.client import Loopback
from tests.lsp.editor import SERVE, Page, answer, running

pytestmark = pytest.mark.anyio

PULLS: Json = {
    "textDocument": {"inlineCompletion": {}},
    "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}},
}
PUSHES: Json = {"textDocument": {"inlineCompletion": {}}}
OFF: Json = {"enabled": False}


async def change(client: LspClient, settings: Any = None) -> None:
    """Report changed settings, and let the server apply them; it requests them if the client supports that."""
    client.notify("workspace/didChangeConfiguration", {"settings": settings})
    await settled(client)


async def settled(client: LspClient) -> None:
    """Wait until the server has handled all messages so far, and the answers to its own requests."""
    for _ in range(3):
        await answer(
            client.request("workspace/executeCommand", {"command": "midfill.stats", "arguments": []})
        )


async def offers(client: LspClient) -> bool:
    return bool(await Page(client, "switched = ▮\n").items())


async def test_settings_are_requested_and_applied(env: dict[str, str], loopback: Loopback) -> None:
    """A client with `workspace/configuration` gets a request after `initialized` and after each change."""
    async with running(env, capabilities=PULLS) as client:
        asked = await client.until("workspace/configuration")
        assert asked == {"items": [{"section": "midfill"}]}
        registered = await client.until("client/registerCapability")
        (registration,) = registered["registrations"]
        assert registration["method"] == "workspace/didChangeConfiguration"
        assert registration["registerOptions"] == {"section": "midfill"}
        await settled(client)
        assert await offers(client)
        client.settings = {"midfill": OFF}
        await change(client)
        assert not await offers(client)
        client.settings = {"midfill": None}
        await change(client)
        assert client.received("window/showMessage") == []


async def test_pushed_settings_are_accepted_in_each_form(env: dict[str, str], loopback: Loopback) -> None:
    """Without a section, in ours, or with dotted names, as clients differ; the latest message counts as a whole."""
    async with running(env, capabilities=PUSHES) as client:
        for settings in (OFF, {"midfill": OFF}, {"midfill.enabled": False}):
            assert await offers(client)
            await change(client, settings)
            assert not await offers(client), settings
            await change(client, {"midfill": {}})
        assert await offers(client)
        assert client.received("workspace/configuration") == []


async def test_settings_of_initialize_apply_to_the_first_request(
    env: dict[str, str], loopback: Loopback
) -> None:
    """A request right after `initialized` already uses them, before the backend is known."""
    async with running(env, {"trigger": {"mode": "manual"}}) as client:
        page = Page(client, "first_request = ▮\n")
        with client.together():
            automatic, manual = page.ask(), page.ask(manual=True)
        assert await answer(automatic) == {"items": []}
        assert (await answer(manual))["items"]


async def test_camel_case_is_accepted(env: dict[str, str], loopback: Loopback) -> None:
    """Editors' settings in camelCase are equivalent."""
    async with running(
        env, {"trigger": {"languagesOff": ["ruby"]}, "completion": {"maxTokens": 7}}
    ) as client:
        assert await Page(client, "ruby_off = ▮\n", language="ruby").items() == []
        assert await Page(client, "python_on = ▮\n").items()
        assert client.received("window/showMessage") == []
    (call,) = loopback.log(path="/completions")
    assert call["body"]["max_tokens"] == 7


async def test_wrong_settings_are_reported_once(env: dict[str, str], loopback: Loopback) -> None:
    """One message names each wrong key and the expected value.

    The other settings apply, and no message is repeated.
    """
    wrong = {"popop": "x", "completion": {"max_lines": "many"}, "trigger": {"languages_off": ["ruby"]}}
    async with running(env, wrong, capabilities=PUSHES) as client:
        message = await client.until("window/showMessage")
        assert message["type"] == 2
        for words in ("popop", "did you mean popup?", "completion.max_lines", "many"):
            assert words in message["message"]
        assert await Page(client, "wrong_but = ▮\n").items()
        assert await Page(client, "wrong_but = ▮\n", language="ruby").items() == []
        for _ in range(3):
            await change(client, wrong)
        assert len(client.received("window/showMessage")) == 1


async def test_settings_that_are_no_object_are_reported(env: dict[str, str], loopback: Loopback) -> None:
    """A value that is no object is reported; the server continues, and calls the model once it is fixed."""
    async with running(env, capabilities=PUSHES) as client:
        for settings in ("yes", 7, [1], True):
            client.messages.clear()
            client.notify("workspace/didChangeConfiguration", {"settings": {"midfill": settings}})
            message = await client.until("window/showMessage")
            assert "must be an object" in message["message"]
            assert not await offers(client)
        await change(client, {"midfill": {}})
        assert await offers(client)


async def test_key_in_a_wrong_setting_is_not_shown(env: dict[str, str], loopback: Loopback) -> None:
    """A key in the wrong setting is reported without its value."""
    secret = "sk-" + "5ecre7" * 5
    async with running(env, {"api_key": secret, "model": secret}) as client:
        await client.until("window/showMessage")
        await settled(client)
        assert secret not in str(client.messages[1:]) + client.stderr


class RefusingClient(LspClient):
    """A client that answers each of the server's requests with an error."""

    def send(self, message: Json) -> None:
        if "method" not in message:
            message = {"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32601, "message": "no"}}
        super().send(message)


async def test_settings_stay_when_the_client_refuses(env: dict[str, str]) -> None:
    """It supports `workspace/configuration`, but answers with an error: the earlier settings stay in force."""
    async with await RefusingClient.start(SERVE, env) as client:
        await client.initialize(PULLS, OFF)
        await client.until("workspace/configuration")
        await settled(client)
        assert not await offers(client)
        assert client.received("window/showMessage") == []


async def test_malformed_settings_answer_does_not_end_the_server(
    env: dict[str, str], loopback: Loopback
) -> None:
    """For any value instead of settings the server continues; values that may be settings are reported."""
    replies: list[object] = [None, [], [None], [[]], [{}, {}], {}, [7], "what?", [{}]]
    async with await LspClient.start(SERVE, env) as client:
        client.replies["workspace/configuration"] = lambda _: replies[0]
        await client.initialize(PULLS)
        while replies:
            await change(client)
            assert await offers(client) == (replies[0] not in ([7], "what?")), replies
            replies.pop(0)
        assert "Traceback" not in client.stderr


async def test_workspace_folder_settings_apply_while_it_is_open(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """A folder's `.midfill.toml` applies while the folder is open; folders may be added and removed later."""
    (tmp_path / ".midfill.toml").write_text("[completion]\nmax_tokens = 9\n", "utf-8")
    folder = {"uri": tmp_path.as_uri(), "name": "project"}

    async def max_tokens(client: LspClient) -> int:
        loopback.reset()
        await Page(client, f"folders_{len(client.messages)} = ▮\n").items()
        asked: int = loopback.log(path="/completions")[0]["body"]["max_tokens"]
        return asked

    async def folders(client: LspClient, added: list[Json], removed: list[Json]) -> None:
        event = {"added": added, "removed": removed}
        client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        await settled(client)

    async with running(env, root=folder["uri"]) as client:
        assert await max_tokens(client) == 9
        await folders(client, [], [folder])
        assert await max_tokens(client) > 9
        await folders(client, [folder], [])
        assert await max_tokens(client) == 9


async def test_workspace_cannot_change_the_address(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """Its `.midfill.toml` cannot send the text and the key elsewhere; the attempt is reported."""
    elsewhere = 'base_url = "http://127.0.0.1:9"\napi_key_command = "touch stolen"\n'
    (tmp_path / ".midfill.toml").write_text(elsewhere, "utf-8")
    async with running(env, root=tmp_path.as_uri()) as client:
        message = await client.until("window/showMessage")
        assert "base_url" in message["message"]
        assert "api_key_command" in message["message"]
        assert await offers(client)
    assert len(loopback.log(path="/completions")) == 1


async def test_broken_settings_file_is_reported_with_its_line(env: dict[str, str], tmp_path: Path) -> None:
    """File, line, column and the expected value; the server continues without calls."""
    broken = tmp_path / "config.toml"
    broken.write_text('enabled = true\nmodel = deepseek"\n', "utf-8")
    async with running({**env, "MIDFILL_CONFIG": str(broken)}) as client:
        message = (await client.until("window/showMessage"))["message"]
        assert f"{broken}, line 2, column 9" in message
        assert "quotes" in message
        assert not await offers(client)
