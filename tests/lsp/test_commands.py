"""`workspace/executeCommand`, and the status that clients show."""

import asyncio
import re
from itertools import groupby, pairwise
from typing import Any

import pytest

from tests.client import LspClient, LspError
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, answer, running

pytestmark = pytest.mark.anyio


async def run(client: LspClient, name: str, *arguments: Any) -> Any:
    params = {"command": f"midfill.{name}", "arguments": list(arguments)}
    return await answer(client.request("workspace/executeCommand", params))


async def offers(client: LspClient, language: str = "python", *, manual: bool = False) -> bool:
    return bool(await Page(client, "commanded = ▮\n", language=language).items(manual=manual))


async def test_toggle_switches_completion_off_and_on(env: dict[str, str], loopback: Loopback) -> None:
    """The command returns whether completion is on; manual requests are answered anyway, and the status shows it."""
    async with running(env) as client:
        assert await offers(client)
        assert await run(client, "toggle") is False
        status = await client.until("midfill/status", lambda status: status["state"] == "paused")
        assert "switched off" in status["message"]
        assert not await offers(client)
        assert await offers(client, manual=True)
        assert await run(client, "toggle") is True
        assert await offers(client)
        assert client.received("midfill/status")[-1]["state"] == "ready"


async def test_toggle_switches_one_language(env: dict[str, str], loopback: Loopback) -> None:
    """The argument is the language."""
    async with running(env) as client:
        assert await run(client, "toggle", "ruby") is False
        assert not await offers(client, "ruby")
        assert await offers(client, "python")
        assert await run(client, "toggle", "ruby") is True
        assert await offers(client, "ruby")


async def test_snooze_pauses_completion(env: dict[str, str], loopback: Loopback) -> None:
    """The argument is minutes, ten by default; 0 ends the snooze."""
    async with running(env) as client:
        await run(client, "snooze")
        status = await client.until("midfill/status", lambda status: status["state"] == "paused")
        assert re.search(r"until \d\d:\d\d", status["message"])
        assert not await offers(client)
        await run(client, "snooze", 0)
        assert await offers(client)
        client.messages.clear()
        await run(client, "snooze", 0.001)
        await client.until("midfill/status", lambda status: status["state"] == "paused")
        while client.received("midfill/status")[-1]["state"] != "ready":
            await asyncio.sleep(0.02)
        assert await offers(client)


async def test_dismissed_suggestion_is_not_offered_again(server: LspClient, loopback: Loopback) -> None:
    """A dismissed suggestion is offered again at its place only after a manual request."""
    loopback.behave(text="unwanted()")
    page = Page(server, "dismissed = ▮\n")
    assert await page.texts() == ["unwanted()"]
    await run(server, "dismissed", page.uri)
    assert await page.texts() == []
    assert "unwanted()" in await page.texts(manual=True)


async def test_accept_line_inserts_the_first_line(env: dict[str, str], loopback: Loopback) -> None:
    """The first line is inserted by an edit, if the client supports it; the rest is offered without another call."""
    loopback.behave(text="if ready:\n        go()\n")
    capabilities = {"textDocument": {"inlineCompletion": {}}, "workspace": {"applyEdit": True}}
    async with running(env, capabilities=capabilities) as client:
        client.replies["workspace/applyEdit"] = lambda _: {"applied": True}
        page = Page(client, "def line(ready):\n    ▮\n")
        assert await page.texts() == ["if ready:\n        go()"]
        line = await run(client, "acceptLine", page.uri)
        ((edited,),) = (await client.until("workspace/applyEdit"))["edit"]["changes"].values()
        assert edited["newText"] == line
        assert line.startswith("if ready:")
        assert edited["range"] == {"start": page.position, "end": page.position}
        client.change(page.uri, {"range": edited["range"], "text": line})
        page.before += line
        (rest,) = await page.texts()
        assert line + rest == "if ready:\n        go()"
        assert len(loopback.log(path="/completions")) == 1


async def test_stats_count_requests_calls_and_suggestions(env: dict[str, str], loopback: Loopback) -> None:
    """Requests, calls, billed tokens, and the outcomes of the suggestions."""
    loopback.behave(text="fetch()")
    async with running(env) as client:
        page = Page(client, "counted = ▮\n")
        (item,) = await page.items()
        assert await page.texts() == ["fetch()"]
        await run(client, "accepted", *item["command"]["arguments"])
        stats = (await run(client, "stats"))["session"]
        billed = loopback.log(path="/completions")[0]["usage"]
        assert stats["requests"] == 2
        assert stats["cached"] == 1
        assert stats["calls"] == 1
        assert stats["accepted"] == 1
        assert stats["prompt_tokens"] == billed["prompt_tokens"]
        assert stats["output_tokens"] == billed["completion_tokens"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("accepted", []),
        ("accepted", [None]),
        ("accepted", ["file:///unknown.py", 0, "more"]),
        ("dismissed", [7]),
        ("dismissed", ["file:///unknown.py"]),
        ("acceptLine", []),
        ("acceptLine", ["file:///unknown.py"]),
        ("stats", [[], {}]),
    ],
)
async def test_unknown_documents_in_arguments_are_ignored(
    server: LspClient, name: str, arguments: list[Any]
) -> None:
    """A command about an unknown document does nothing, and is answered."""
    await run(server, name, *arguments)


@pytest.mark.parametrize("arguments", [["soon"], [{}], [[1]]])
async def test_malformed_arguments_are_refused(server: LspClient, arguments: list[Any]) -> None:
    """Invalid arguments are answered with an error, and the server continues."""
    with pytest.raises(LspError):
        await run(server, "snooze", *arguments)
    assert await offers(server)


async def test_unknown_commands_are_refused(server: LspClient) -> None:
    """An unknown command is answered with an error."""
    with pytest.raises(LspError):
        await run(server, "unheard-of")
    assert isinstance(await run(server, "stats"), dict)


async def test_status_is_busy_during_a_call(env: dict[str, str], loopback: Loopback) -> None:
    """`busy` during a call, `ready` afterwards; no status is repeated."""
    loopback.behave(text="ready", first_token_ms=50)
    async with running(env) as client:
        assert await Page(client, "status = ▮\n").texts() == ["ready"]
        await run(client, "stats")
        statuses = client.received("midfill/status")
        assert [state for state, _ in groupby(status["state"] for status in statuses)][-2:] == [
            "busy",
            "ready",
        ]
        fields = {"state", "message", "backend", "kind", "offers", "usage"}
        assert all(set(status) == fields for status in statuses)
        assert all(left != right for left, right in pairwise(statuses))


async def test_status_names_the_backend(
    env: dict[str, str], bare: dict[str, str], loopback: Loopback
) -> None:
    """The status names the backend that answers: DeepSeek, or the embedded engine."""
    for environment, name in [(env, "deepseek"), (bare, "local")]:
        async with running(environment) as client:
            await offers(client)
            await run(client, "stats")
            assert client.received("midfill/status")[-1]["backend"] == name


async def test_why_explains_each_position(env: dict[str, str], loopback: Loopback) -> None:
    """The document may be open or not; without a position, the latest request is explained."""
    options = {"trigger": {"languages_off": ["ruby"], "max_file_kb": 1}}
    async with running(env, options) as client:
        page = Page(client, "silence = ▮\n")
        assert await run(client, "why", page.uri, "python") == {"typing": "", "last": ""}
        loopback.behave(text="")
        assert await page.items(manual=True) == []
        assert "nothing to suggest" in (await run(client, "why", page.uri, "python"))["last"]
        assert "ruby" in (await run(client, "why", "file:///a.rb", "ruby"))["typing"]
        assert "secrets" in (await run(client, "why", "file:///project/.env", "dotenv"))["typing"]
        large = Page(client, "#" * 2_000 + "▮")
        assert "larger than 1 KiB" in (await run(client, "why", large.uri, "python"))["typing"]
        await run(client, "snooze", 5)
        assert "snoozed until" in (await run(client, "why", page.uri, "python"))["typing"]
        assert set(await run(client, "why")) == {"typing", "last"}


async def test_cancelled_command_is_answered_once(env: dict[str, str]) -> None:
    """A command that is cancelled while it reads in a thread is answered once."""
    async with running(env) as client:
        arguments = {"command": "midfill.toggle", "arguments": ["cobol"]}
        await answer(client.request("workspace/executeCommand", arguments))
        with client.together():
            call = client.request("workspace/executeCommand", {"command": "midfill.stats", "arguments": []})
            client.cancel(call)
        with pytest.raises(LspError, match="-32800"):
            await answer(call)
        await answer(client.request("workspace/executeCommand", arguments))
        assert client.answers[call.id] == 1
