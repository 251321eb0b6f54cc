"""A wrong setting of the backend, the connection or the exclusions stops all calls until it is fixed."""

from pathlib import Path

import pytest

from tests.client import Json
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, running
from tests.lsp.test_configuration import PUSHES, change, settled
from tests.lsp.test_failures import KNOWN

pytestmark = pytest.mark.anyio

ERROR = 1
WRONG: list[Json] = [
    {"backend": "locall"},
    {"baseUrl": "localhost:8000"},
    {"baseUrl": "http://999.999.999.999"},
    {"baseUrl": "http://gateway.example"},
    {"enabled": "false"},
    {"trigger": {"pathsOff": "*.py"}},
    {"network": {"proxy": "proxy.example:3128"}},
    {"network.caFile": 5},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
async def test_wrong_setting_stops_all_calls(
    env: dict[str, str], loopback: Loopback, tmp_path: Path, wrong: Json
) -> None:
    """No call, no key command, empty lists, one message and a red status; after the fix, calls continue at once."""
    run = tmp_path / "run"
    key = {"api_key_command": f"touch {run}", "popup": "always"}
    async with running({**env, "DEEPSEEK_API_KEY": ""}, {**key, **wrong}, capabilities=PUSHES) as client:
        message = await client.until("window/showMessage")
        assert message["type"] == ERROR
        assert "No backend is called until this is fixed." in message["message"]
        page = Page(client, KNOWN)
        assert await page.items() == []
        assert await page.items(manual=True) == []
        assert await page.popup() == []
        await settled(client)
        status = client.received("midfill/status")[-1]
        assert (status["state"], status["backend"]) == ("error", "")
        assert "No backend is called" in status["message"]
        assert len(client.received("window/showMessage")) == 1
        assert not run.exists()
    assert loopback.log() == []


async def test_calls_resume_when_the_setting_is_fixed(env: dict[str, str], loopback: Loopback) -> None:
    """After the fix the settings are as before; a second mistake of that kind is reported again."""
    wrong = {"backend": "deepsek"}
    async with running(env, {}, capabilities=PUSHES) as client:
        for times in (1, 2):
            assert await Page(client, "mended = ▮\n").items()
            calls = len(loopback.log(path="/completions"))
            await change(client, wrong)
            await change(client, wrong)
            assert await Page(client, "wrong = ▮\n").items() == []
            assert client.received("midfill/status")[-1]["state"] == "error"
            assert len(loopback.log(path="/completions")) == calls
            while len(client.received("window/showMessage")) < times:  # Messages in a row come with a pause.
                await settled(client)
            await change(client, {"backend": "deepseek"})
            assert client.received("midfill/status")[-1]["state"] == "ready"


async def test_wrong_setting_ends_a_call_in_flight(env: dict[str, str], loopback: Loopback) -> None:
    """A mistake during a call ends the call; its request is answered empty."""
    loopback.behave(faults=[{"kind": "stall", "times": 0}])
    async with running(env, {}, capabilities=PUSHES) as client:
        call = Page(client, KNOWN).ask()
        while not loopback.log(path="/completions"):
            await settled(client)
        await change(client, {"trigger": {"pathsOff": "*.py"}})
        assert await call == {"items": []}


async def test_broken_workspace_file_stops_all_calls(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """It may have excluded everything, so there is no call while its folder is open."""
    (tmp_path / ".midfill.toml").write_text("enabled = fals\n", "utf-8")
    async with running(env, root=tmp_path.as_uri()) as client:
        message = await client.until("window/showMessage")
        assert f"{tmp_path / '.midfill.toml'}, line 1, column 11" in message["message"]
        assert await Page(client, "kept_back = ▮\n").items() == []
        folder = {"uri": tmp_path.as_uri(), "name": "project"}
        client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folder]}})
        await settled(client)
        assert await Page(client, "kept_back = ▮\n").items()
