"""The clients' settings: when they are requested, when they apply, and the messages for wrong ones."""

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
    """Tell of changed settings, and let the server take them; it asks for them again where it can."""
    client.notify("workspace/didChangeConfiguration", {"settings": settings})
    await settled(client)


async def settled(client: LspClient) -> None:
    """Wait until the server has handled all that was sent so far, and the answers to what it asked then."""
    for _ in range(3):
        await answer(
            client.request("workspace/executeCommand", {"command": "midfill.stats", "arguments": []})
        )


async def offers(client: LspClient) -> bool:
    return bool(await Page(client, "switched = ▮\n").items())


async def test_settings_are_pulled_and_followed(env: dict[str, str], loopback: Loopback) -> None:
    """A client that can answer `workspace/configuration` is asked after `initialized`, and after each change."""
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


async def test_settings_are_taken_as_they_are_pushed(env: dict[str, str], loopback: Loopback) -> None:
    """Bare, under our name, or under dotted names, as clients differ; the latest counts as a whole."""
    async with running(env, capabilities=PUSHES) as client:
        for settings in (OFF, {"midfill": OFF}, {"midfill.enabled": False}):
            assert await offers(client)
            await change(client, settings)
            assert not await offers(client), settings
            await change(client, {"midfill": {}})
        assert await offers(client)
        assert client.received("workspace/configuration") == []


async def test_settings_of_initialize_count_from_the_first_request(
    env: dict[str, str], loopback: Loopback
) -> None:
    """A request right behind `initialized` already heeds them, while the backend is being looked for."""
    async with running(env, {"trigger": {"mode": "manual"}}) as client:
        page = Page(client, "first_request = ▮\n")
        with client.together():
            automatic, manual = page.ask(), page.ask(manual=True)
        assert await answer(automatic) == {"items": []}
        assert (await answer(manual))["items"]


async def test_camel_case_is_taken(env: dict[str, str], loopback: Loopback) -> None:
    """Editors' settings are written in camelCase; they mean the same."""
    async with running(
        env, {"trigger": {"languagesOff": ["ruby"]}, "completion": {"maxTokens": 7}}
    ) as client:
        assert await Page(client, "ruby_off = ▮\n", language="ruby").items() == []
        assert await Page(client, "python_on = ▮\n").items()
        assert client.received("window/showMessage") == []
    (call,) = loopback.log(path="/completions")
    assert call["body"]["max_tokens"] == 7


async def test_wrong_settings_are_told_once_in_words(env: dict[str, str], loopback: Loopback) -> None:
    """One message names each wrong key and what was expected; the rest counts, and no repetition is shown."""
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


async def test_settings_of_another_shape_are_told(env: dict[str, str], loopback: Loopback) -> None:
    """What is no object is told in words; the server runs on, and asks again once it is mended."""
    async with running(env, capabilities=PUSHES) as client:
        for settings in ("yes", 7, [1], True):
            client.messages.clear()
            client.notify("workspace/didChangeConfiguration", {"settings": {"midfill": settings}})
            message = await client.until("window/showMessage")
            assert "must be an object" in message["message"]
            assert not await offers(client)
        await change(client, {"midfill": {}})
        assert await offers(client)


async def test_a_key_among_the_settings_is_not_repeated(env: dict[str, str], loopback: Loopback) -> None:
    """Somebody puts a key where none belongs; the message says so without it."""
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


async def test_a_client_that_refuses_to_answer(env: dict[str, str]) -> None:
    """It offered `workspace/configuration`, and answers with an error: what came first stays in force."""
    async with await RefusingClient.start(SERVE, env) as client:
        await client.initialize(PULLS, OFF)
        await client.until("workspace/configuration")
        await settled(client)
        assert not await offers(client)
        assert client.received("window/showMessage") == []


async def test_nonsense_for_an_answer(env: dict[str, str], loopback: Loopback) -> None:
    """Whatever comes in place of settings, the server runs on; what may have been meant as such is told."""
    replies: list[object] = [None, [], [None], [[]], [{}, {}], {}, [7], "what?", [{}]]
    async with await LspClient.start(SERVE, env) as client:
        client.replies["workspace/configuration"] = lambda _: replies[0]
        await client.initialize(PULLS)
        while replies:
            await change(client)
            assert await offers(client) == (replies[0] not in ([7], "what?")), replies
            replies.pop(0)
        assert "Traceback" not in client.stderr


async def test_workspace_folders_bring_their_settings(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """A folder's `.midfill.toml` counts while the folder is open, and a folder may come later and go again."""
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


async def test_a_cloned_repository_is_not_trusted(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """Its `.midfill.toml` cannot send the text and the key elsewhere; that it tried is told."""
    elsewhere = 'base_url = "http://127.0.0.1:9"\napi_key_command = "touch stolen"\n'
    (tmp_path / ".midfill.toml").write_text(elsewhere, "utf-8")
    async with running(env, root=tmp_path.as_uri()) as client:
        message = await client.until("window/showMessage")
        assert "base_url" in message["message"]
        assert "api_key_command" in message["message"]
        assert await offers(client)
    assert len(loopback.log(path="/completions")) == 1


async def test_broken_settings_files_are_told_with_their_place(env: dict[str, str], tmp_path: Path) -> None:
    """File, line, column and the expected value; the server continues without calls."""
    broken = tmp_path / "config.toml"
    broken.write_text('enabled = true\nmodel = deepseek"\n', "utf-8")
    async with running({**env, "MIDFILL_CONFIG": str(broken)}) as client:
        message = (await client.until("window/showMessage"))["message"]
        assert f"{broken}, line 2, column 9" in message
        assert "quotes" in message
        assert not await offers(client)
