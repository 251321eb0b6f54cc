"""Each folder of a workspace has its own settings, which apply only to that folder."""

import asyncio
from itertools import count, repeat
from pathlib import Path
from typing import Any

import pytest

from tests.client import Json, LspClient
from tests.loopback.client import Loopback
from tests.lsp.editor import SERVE, Page, answer

pytestmark = pytest.mark.anyio

PULLS: Json = {
    "textDocument": {"inlineCompletion": {}},
    "workspace": {"configuration": True, "workspaceFolders": True},
}


class Workspace:
    """A client with two folders, `open` and `closed`, and settings for each."""

    def __init__(self, client: LspClient, root: Path) -> None:
        self.client = client
        self.open, self.closed = ((root / name).as_uri() for name in ("open", "closed"))
        self.settings: dict[str, Json] = {}
        client.replies["workspace/configuration"] = self._configuration

    def _configuration(self, params: Any) -> Any:
        return [self.settings.get(item.get("scopeUri", ""), {}) for item in params["items"]]

    async def start(self, *uris: str) -> None:
        folders = [{"uri": uri, "name": uri.rpartition("/")[2]} for uri in uris]
        await answer(
            self.client.request(
                "initialize", {"processId": None, "workspaceFolders": folders, "capabilities": PULLS}
            )
        )
        self.client.notify("initialized", {})

    async def sends(self, folder: str, *, manual: bool = False) -> list[Json]:
        """Return the suggestions in a new file of a folder."""
        uri = f"{folder}/file{len(self.client.messages)}.py"
        return await Page(self.client, "answer = ▮\n", uri=uri).items(manual=manual)


async def test_excluded_folder_is_not_sent(env: dict[str, str], loopback: Loopback, tmp_path: Path) -> None:
    """This applies to the first request and to manual ones; the other folder is completed."""
    async with await LspClient.start(SERVE, env) as client:
        workspace = Workspace(client, tmp_path)
        workspace.settings = {workspace.closed: {"enabled": False}}
        await workspace.start(workspace.open, workspace.closed)
        assert await workspace.sends(workspace.closed) == []
        assert await workspace.sends(workspace.closed, manual=True) == []
        assert loopback.log(path="/completions") == []
        assert await workspace.sends(workspace.open)


async def test_excluded_folder_is_no_context_of_another(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """The prompt has neither its edits nor its files from an outer folder's index."""
    inner = tmp_path / "open" / "inner"
    inner.mkdir(parents=True)
    (inner / "kept.py").write_text("def discount_rate(hushed):\n    return hushed\n", "utf-8")
    (tmp_path / "open" / "shared.py").write_text("def discount_rate(shared):\n    return shared\n", "utf-8")
    async with await LspClient.start(SERVE, env) as client:
        workspace = Workspace(client, tmp_path)
        workspace.settings = {workspace.closed: {"enabled": False}, inner.as_uri(): {"enabled": False}}
        await workspace.start(workspace.open, workspace.closed, inner.as_uri())
        for folder in (workspace.closed, inner.as_uri()):
            page = Page(client, "▮\n", uri=f"{folder}/edited.py")
            page.type("hushed_edit = 1\n")
            assert await page.items(manual=True) == []
        prompt = ""
        for number in count():  # The index is built in the background.
            uri = f"{workspace.open}/file{number}.py"
            text = f"def price_{number}(amount):\n    return amount * discount_rate(▮\n"
            page = Page(client, text, uri=uri)
            for key in "ab":  # A context that comes too late for a call is there at the next.
                page.type(key)
                await page.items(manual=True)
                await asyncio.sleep(0.1)
            prompt = loopback.log(path="/completions")[-1]["body"]["prompt"]
            assert "hushed" not in prompt
            if "shared" in prompt:
                break
        assert "shared" in prompt


async def test_context_is_off_in_a_folder_that_disables_it(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """Its documents get nothing of the other folder, whose documents are unaffected."""
    async with await LspClient.start(SERVE, env) as client:
        workspace = Workspace(client, tmp_path)
        workspace.settings = {workspace.closed: {"context": {"enabled": False}}}
        await workspace.start(workspace.open, workspace.closed)
        Page(client, "▮\n", uri=f"{workspace.open}/edited.py").type("lately = 1\n")
        prompts = {}
        for folder in (workspace.closed, workspace.open):
            page = Page(client, f"# {folder[-4:]}\nanswer = ▮\n", uri=f"{folder}/file.py")
            for key in repeat("a"):
                page.type(key)
                await page.items(manual=True)
                prompts[folder] = loopback.log(path="/completions")[-1]["body"]["prompt"]
                if "lately" in prompts[folder] or (
                    folder == workspace.closed and page.before.endswith("aaa")
                ):
                    break
                await asyncio.sleep(0.1)
    assert "lately" in prompts[workspace.open]
    assert "lately" not in prompts[workspace.closed]


async def test_first_request_waits_for_the_folder_settings(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """A request that arrives with `initialized`, before the client's settings, is answered nevertheless."""
    async with await LspClient.start(SERVE, env) as client:
        workspace = Workspace(client, tmp_path)
        workspace.settings = {workspace.closed: {"enabled": False}}
        with client.together():
            begun = client.request(
                "initialize",
                {
                    "processId": None,
                    "workspaceFolders": [{"uri": workspace.open}, {"uri": workspace.closed}],
                    "capabilities": PULLS,
                },
            )
            client.notify("initialized", {})
            kept = Page(client, "answer = ▮\n", uri=f"{workspace.closed}/a.py").ask()
            sent = Page(client, "answer = ▮\n", uri=f"{workspace.open}/b.py").ask()
        await answer(begun)
        assert (await answer(kept))["items"] == []
        assert (await answer(sent))["items"]
        assert len(loopback.log(path="/completions")) == 1


async def test_paths_off_and_limits_apply_per_folder(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """Patterns exclude files of their own folder; tokens and prompt follow the folder's settings."""
    async with await LspClient.start(SERVE, env) as client:
        workspace = Workspace(client, tmp_path)
        narrow = {
            "trigger": {"pathsOff": ["/keys/"]},
            "completion": {"maxTokens": 7},
            "prompt": {"prefixTokens": 64},
        }
        workspace.settings = {workspace.closed: narrow}
        await workspace.start(workspace.open, workspace.closed)
        assert await workspace.sends(f"{workspace.closed}/keys") == []
        assert await workspace.sends(f"{workspace.open}/keys")
        uri = f"{workspace.closed}/long.py"
        assert await Page(client, "number = 12345 + 67890\n" * 200 + "limited = ▮\n", uri=uri).items()
        first, second = (call["body"] for call in loopback.log(path="/completions"))
        assert first["max_tokens"] > second["max_tokens"] == 7
        assert len(second["prompt"]) < 1_000


async def test_changed_folder_settings_are_applied(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """A folder that is added later has its own settings, too."""
    async with await LspClient.start(SERVE, env) as client:
        workspace = Workspace(client, tmp_path)
        await workspace.start(workspace.open)
        assert await workspace.sends(workspace.open)
        workspace.settings = {workspace.open: {"enabled": False}, workspace.closed: {"enabled": False}}
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        event = {"added": [{"uri": workspace.closed, "name": "closed"}], "removed": []}
        client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        assert await workspace.sends(workspace.closed) == []
        assert await workspace.sends(workspace.open) == []
        assert len(loopback.log(path="/completions")) == 1


async def test_settings_file_applies_to_its_own_folder_only(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """`.midfill.toml` restricts its own folder only."""
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / ".midfill.toml").write_text("enabled = false\n", "utf-8")
    async with await LspClient.start(SERVE, env) as client:
        workspace = Workspace(client, tmp_path)
        await workspace.start(workspace.open, workspace.closed)
        assert await workspace.sends(workspace.closed) == []
        assert await workspace.sends(workspace.open)
