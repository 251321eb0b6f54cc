"""The ledger, the caps and the balance in real servers: several at once, killed, and with limits."""

import asyncio
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.client import LspClient
from tests.loopback.client import Loopback
from tests.lsp.editor import TIMEOUT_S, Page, answer, running

pytestmark = pytest.mark.anyio


@pytest.fixture
def home(env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """An environment with a separate data folder."""
    return {**env, "XDG_DATA_HOME": str(tmp_path)}


def rows(home: Mapping[str, str], query: str) -> list[Any]:
    """Return the rows of the ledger."""
    with closing(sqlite3.connect(Path(home["XDG_DATA_HOME"], "midfill", "ledger.sqlite3"))) as connection:
        return connection.execute(query).fetchall()


async def written(home: Mapping[str, str], query: str, expected: list[Any]) -> None:
    """Wait until a query has the expected result."""
    until = time.monotonic() + TIMEOUT_S
    found: list[Any] = []
    while found != expected and time.monotonic() < until:
        await asyncio.sleep(0.05)
        try:
            found = rows(home, query)
        except sqlite3.Error:
            found = []
    assert found == expected


async def stats(client: LspClient) -> Any:
    return await answer(client.request("workspace/executeCommand", {"command": "midfill.stats"}))


async def test_shown_and_accepted_suggestions_are_inferred(home: dict[str, str], loopback: Loopback) -> None:
    """VS Code reports neither: a sent suggestion counts as shown, an inserted piece as accepted."""
    loopback.behave(text="fetch(first, second)")
    async with running(home, name="Visual Studio Code") as client:
        page = Page(client, "counted = ▮\n")
        (item,) = await page.items()
        client.change(page.uri, {"range": item["range"], "text": "fetch"})
        page.before += "fetch"
        await written(home, "SELECT words, accepted, whole FROM suggestions", [(1, 5, 0)])
        (item,) = await page.items()
        assert item["insertText"] == "(first, second)"
        client.change(page.uri, {"range": item["range"], "text": item["insertText"]})
        command = item["command"]
        await answer(
            client.request(
                "workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]}
            )
        )
        await written(home, "SELECT words, accepted, whole FROM suggestions", [(1, 20, 1)])
        await written(
            home, "SELECT editor, language, outcome FROM calls", [("visual studio code", "python", "whole")]
        )
        today = (await stats(client))["periods"]["today"]
        assert (today["paid_calls"], today["shown"], today["accepted"], today["characters"]) == (1, 1, 1, 20)


async def test_reports_of_the_editor_replace_the_inference(home: dict[str, str], loopback: Loopback) -> None:
    """After the client's first report, only its reports count."""
    loopback.behave(text="fetch()")
    async with running(home, name="Neovim") as client:
        (item,) = await Page(client, "first = ▮\n").items()
        client.notify("textDocument/didShowCompletion", {"item": item})
        await Page(client, "second = ▮\n").items()
        await written(home, "SELECT count(*) FROM calls", [(2,)])
        await written(home, "SELECT count(*) FROM suggestions", [(1,)])


async def test_reasoning_model_has_more_time(home: dict[str, str], loopback: Loopback) -> None:
    """A manual request has more time, and the status shows it; its tokens are recorded, its reasoning is not shown.

    A repeated request sends the first answer, and gets another one.
    """
    home["MIDFILL_BACKEND"] = "deepseek-chat"
    timing = {"firstTokenMs": 300, "totalMs": 300, "thinkMs": 15_000}
    options = {"timing": timing, "completion": {"think": True, "alternatives": 1}}
    loopback.behave(text=" fetch()", first_token_ms=900)
    async with running(home, options) as client:
        await client.until("midfill/status", lambda status: status["backend"])  # The start takes longer.
        page = Page(client, "thought = ▮\n")
        assert await page.texts(manual=True) == ["fetch()"]
        assert "busy" in [status["state"] for status in client.received("midfill/status")]
        loopback.behave(text=" send()", first_token_ms=900)
        assert await page.texts(manual=True) == ["send()", "fetch()"]
        first, second = loopback.log(path="/chat/completions")
        assert first["body"]["thinking"] == {"type": "enabled"}
        assert "fetch()" in second["body"]["messages"][2]["content"]
        reported = [(call["usage"]["completion_tokens"],) for call in (first, second)]
        await written(home, "SELECT output FROM calls WHERE paid ORDER BY at", reported)


async def test_killed_server_loses_only_the_call_in_progress(
    home: dict[str, str], loopback: Loopback
) -> None:
    """Both write at once; a killed server loses at most the call in progress."""
    loopback.behave(text="fetch()", first_token_ms=5, token_ms=2)
    async with running(home) as one, running(home) as other:
        for number in range(25):
            await asyncio.gather(*(Page(client, f"one{number} = ▮\n").items() for client in (one, other)))
        await written(home, "SELECT count(*) FROM calls WHERE paid", [(50,)])
        loopback.behave(text="fetch()", first_token_ms=5_000)
        Page(one, "under = ▮\n").ask()
        await asyncio.to_thread(loopback.log, 51, path="/completions")
        await one.kill()
        loopback.behave(text="fetch()", first_token_ms=0)
        await Page(other, "after = ▮\n").items()
        await written(home, "SELECT count(*) FROM calls WHERE paid", [(51,)])
        assert rows(home, "PRAGMA integrity_check") == [("ok",)]
    assert len(loopback.log(path="/completions")) == 52
    assert len({number for (number,) in rows(home, "SELECT number FROM calls")}) == 51


async def test_cap_is_reported_and_enforced(home: dict[str, str], loopback: Loopback) -> None:
    """At 80 % a warning, then the embedded engine; a manual request asks the user once; a raised cap allows calls."""
    loopback.behave(text="fetch()")
    home["MIDFILL_BACKEND"] = "deepseek"
    async with running(home, {"caps": {"tokens_per_day": 1}}) as client:
        asked: list[Any] = []
        client.replies["window/showMessageRequest"] = asked.append
        await Page(client, "first = ▮\n").items()
        reported = await client.until(
            "window/showMessage", lambda message: "cap is reached" in message["message"]
        )
        assert reported["type"] == 2
        calls = len(loopback.log(path="/completions"))
        await Page(client, "second = ▮\n").items()
        assert len(loopback.log(path="/completions")) == calls
        status = client.received("midfill/status")[-1]
        assert (status["state"], "today's cap is reached" in status["message"]) == ("offline", True)
        for number in range(2):
            await Page(client, f"hand{number} = ▮\n").items(manual=True)
        async with asyncio.timeout(TIMEOUT_S):
            while not asked:
                await asyncio.sleep(0.02)
        assert len(asked) == 1
        assert len(loopback.log(path="/completions")) == calls
        client.settings = {"midfill": {"caps": {"tokens_per_day": 10**9}}}
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await stats(client)
        assert await Page(client, "third = ▮\n").texts() == ["fetch()"]
        assert len(loopback.log(path="/completions")) == calls + 1


async def test_near_cap_is_reported(home: dict[str, str], loopback: Loopback) -> None:
    """At 80 %, whichever server spent it; calls continue."""
    loopback.behave(text="fetch()")
    async with running(home) as client:
        assert await Page(client, "first = ▮\n").texts() == ["fetch()"]
        await written(home, "SELECT count(*) FROM calls", [(1,)])
    [(spent,)] = rows(home, "SELECT sum(cached + missed + output) FROM calls")
    async with running(home, {"caps": {"tokens_per_day": int(spent * 1.2)}}) as client:
        reported = await client.until(
            "window/showMessage", lambda message: "near the cap" in message["message"]
        )
        assert f"{spent} of {int(spent * 1.2)} tokens" in reported["message"]
        assert await Page(client, "second = ▮\n").texts() == ["fetch()"]
        await client.until("window/showMessage", lambda message: "cap is reached" in message["message"])


async def test_manual_request_exceeds_the_cap_if_the_user_agrees(
    home: dict[str, str], loopback: Loopback
) -> None:
    """Automatic requests stay without a call."""
    loopback.behave(text="fetch()")
    async with running(home, {"caps": {"tokens_per_day": 1}}) as client:
        client.replies["window/showMessageRequest"] = lambda params: params["actions"][0]
        await Page(client, "first = ▮\n").items()
        await client.until("window/showMessage", lambda message: "cap is reached" in message["message"])
        calls = len(loopback.log(path="/completions"))
        for number in range(100):
            if await Page(client, f"hand{number} = ▮\n").texts(manual=True) == ["fetch()"]:
                break
        assert len(loopback.log(path="/completions")) > calls
        calls = len(loopback.log(path="/completions"))
        assert await Page(client, "second = ▮\n").texts() == []
        assert len(loopback.log(path="/completions")) == calls


async def test_low_balance_is_reported_before_the_first_call(
    home: dict[str, str], loopback: Loopback
) -> None:
    """The first server requests it; the others of this hour read it from the ledger."""
    for _ in range(2):
        async with running(home, {"caps": {"low_balance": 1_000}}) as client:
            reported = await client.until(
                "window/showMessage", lambda message: "balance" in message["message"]
            )
            assert "110.00" in reported["message"]
            assert not loopback.log(path="/completions")
            await written(home, "SELECT count(*) FROM balances", [(1,)])
    assert len(loopback.log(path="/balance")) == 1


@pytest.mark.parametrize(("balances", "left"), [([("USD", "0.00")], "0.00 USD"), ([], "nothing")])
async def test_empty_account_is_reported_before_the_first_call(
    home: dict[str, str], loopback: Loopback, balances: list[tuple[str, str]], left: str
) -> None:
    """The API reports a low balance, with any settings; it is requested once, not by each server."""
    loopback.behave(balances=balances, has_credit=False)
    for _ in range(2):
        async with running(home) as client:
            reported = await client.until(
                "window/showMessage", lambda message: "balance" in message["message"]
            )
            assert f"account is {left}: too little for a call. Top up at platform" in reported["message"]
            assert not loopback.log(path="/completions")
            await written(home, "SELECT count(*) FROM balances", [(1,)])
    assert len(loopback.log(path="/balance")) == 1


async def test_disabled_ledger_writes_nothing(home: dict[str, str], loopback: Loopback) -> None:
    """The setting switches the ledger off, and the command reports this."""
    loopback.behave(text="fetch()")
    async with running(home, {"ledger": {"enabled": False}}) as client:
        assert await Page(client, "off = ▮\n").texts() == ["fetch()"]
        assert (await stats(client))["periods"]["today"]["calls"] == 0
    assert not Path(home["XDG_DATA_HOME"], "midfill").exists()


async def test_unwritable_ledger_is_reported_once(
    home: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """Completion continues."""
    loopback.behave(text="fetch()")
    Path(tmp_path, "midfill").write_text("in the way", "utf-8")
    async with running(home) as client:
        for number in range(3):
            assert await Page(client, f"off{number} = ▮\n").texts() == ["fetch()"]
        await client.until("window/showMessage", lambda message: "not recorded" in message["message"])
        messages = [message["message"] for message in client.received("window/showMessage")]
        assert len([message for message in messages if "not recorded" in message]) == 1
