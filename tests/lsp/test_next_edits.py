"""The next edit over the wire, in the format of Copilot's language server."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.client import Json, LspClient, LspError, edit
from tests.lsp.editor import TIMEOUT_S, Page, answer, running

pytestmark = pytest.mark.anyio

TEXT = "total = 0\nprint(total)\nsave(total)\nload(total)\n"


def request_edits(page: Page, method: str = "textDocument/copilotInlineEdit", **identifier: Any) -> Any:
    document = {"uri": page.uri, **identifier}
    params = {"textDocument": document, "position": page.position, "context": {"triggerKind": 2}}
    return page.client.request(method, params)


async def edits(page: Page, method: str = "textDocument/copilotInlineEdit") -> list[Json]:
    found: list[Json] = (await answer(request_edits(page, method)))["edits"]
    return found


def replace(page: Page, row: int, first: int, last: int, text: str) -> None:
    """Replace some characters of a row."""
    lines = page.text.split("\n")
    lines[row] = lines[row][:first] + text + lines[row][last:]
    page.client.change(page.uri, edit((row, first), (row, last), text))
    page.before, page.after = "\n".join(lines), ""


def rename(page: Page) -> None:
    replace(page, 0, 0, 5, "amount")
    replace(page, 1, 6, 11, "amount")


def accept(page: Page, offered: Json) -> None:
    start, end = offered["range"]["start"], offered["range"]["end"]
    page.client.change(page.uri, {"range": offered["range"], "text": offered["text"]})
    assert start["line"] == end["line"]
    lines = page.text.split("\n")
    line = lines[start["line"]]
    lines[start["line"]] = line[: start["character"]] + offered["text"] + line[end["character"] :]
    page.before, page.after = "\n".join(lines), ""


async def run(client: LspClient, command: str, *arguments: Any) -> Any:
    return await answer(
        client.request("workspace/executeCommand", {"command": command, "arguments": list(arguments)})
    )


async def test_accepted_edit_is_followed_by_the_next(bare: dict[str, str]) -> None:
    """Accepting one makes the next ready, until none is left."""
    async with running(bare) as client:
        page = Page(client, TEXT)
        assert await edits(page) == []
        rename(page)
        (offered,) = await edits(page)
        assert offered["textDocument"] == {"uri": page.uri, "version": 3}
        assert offered["text"] == "amount"
        assert offered["range"] == {
            "start": {"line": 2, "character": 5},
            "end": {"line": 2, "character": 10},
        }
        client.notify("textDocument/didShowInlineEdit", {"item": {"command": offered["command"]}})
        accept(page, offered)
        await run(client, offered["command"]["command"], *offered["command"]["arguments"])
        (offered,) = await edits(page)
        accept(page, offered)
        await run(client, offered["command"]["command"], *offered["command"]["arguments"])
        assert await edits(page) == []
        assert page.text == TEXT.replace("total", "amount")


async def test_refused_edit_is_not_offered_again(bare: dict[str, str]) -> None:
    async with running(bare) as client:
        page = Page(client, TEXT)
        rename(page)
        (offered,) = await edits(page)
        await run(client, "midfill.editRefused", *offered["command"]["arguments"])
        assert all(other["range"] != offered["range"] for other in await edits(page))
        assert client.received("window/showMessage") == []


async def test_edit_ignored_three_times_is_not_offered_again(bare: dict[str, str]) -> None:
    async with running(bare) as client:
        page = Page(client, "connection = 1\nuse(connection)\n")
        replace(page, 0, 0, 10, "channel")
        for _ in range(3):
            (offered,) = await edits(page)
            client.notify("textDocument/didShowInlineEdit", {"item": {"command": offered["command"]}})
        assert await edits(page) == []


async def test_each_edit_request_is_answered_once(bare: dict[str, str]) -> None:
    """A newer request supersedes an older one, a key both; a cancelled one is answered as cancelled."""
    async with running(bare) as client:
        page = Page(client, TEXT)
        rename(page)
        older, newer = request_edits(page), request_edits(page)
        assert (await answer(older))["edits"] == []
        assert len((await answer(newer))["edits"]) == 1
        page.client.change(page.uri, edit((3, 0), (3, 0), "x"))  # A request after a key waits for a pause.
        call = request_edits(page)
        page.client.change(page.uri, edit((3, 1), (3, 1), "y"))
        assert (await answer(call))["edits"] == []
        call = request_edits(page)
        client.cancel(call)
        with pytest.raises(LspError, match="cancelled"):
            await answer(call)
        client.check()


async def test_outdated_document_version_gets_no_edit(bare: dict[str, str]) -> None:
    async with running(bare) as client:
        page = Page(client, TEXT)
        rename(page)
        assert (await answer(request_edits(page, version=1)))["edits"] == []
        assert (await answer(request_edits(page, version=3)))["edits"] != []


async def test_next_edits_have_their_own_toggle_and_snooze(bare: dict[str, str]) -> None:
    async with running(bare) as client:
        page = Page(client, TEXT)
        rename(page)
        assert await run(client, "midfill.toggleEdits") is False
        assert await edits(page) == []
        assert await run(client, "midfill.toggleEdits") is True
        await run(client, "midfill.snoozeEdits")
        assert await edits(page) == []
        await run(client, "midfill.snoozeEdits", 0)
        assert await edits(page) != []


async def test_setting_disables_next_edits(bare: dict[str, str]) -> None:
    async with running(bare, options={"edits": {"enabled": False}}) as client:
        page = Page(client, TEXT)
        rename(page)
        assert await edits(page) == []


async def test_secret_file_gets_no_edit(bare: dict[str, str]) -> None:
    async with running(bare) as client:
        page = Page(client, TEXT, uri="file:///project/.env")
        rename(page)
        assert await edits(page) == []


async def test_edit_in_a_secret_file_is_not_offered_elsewhere(bare: dict[str, str]) -> None:
    """A secret file is not a source of rules."""
    async with running(bare) as client:
        secret, page = Page(client, TEXT, uri="file:///project/.env"), Page(client, TEXT)
        rename(secret)
        assert await edits(page) == await edits(page, "midfill/nextEdit") == []


@pytest.mark.parametrize("opened", [True, False])
async def test_no_edit_is_offered_in_a_secret_file(
    bare: dict[str, str], tmp_path: Path, opened: bool
) -> None:
    """The excluded file may be open or in the folder; the similar edit is found in another file only."""
    lines = "".join(f"f{row}(connection)\n" for row in range(6))
    for name in (".env.py", "id_rsa", "secrets.py", "credentials.py"):
        (tmp_path / name).write_text("x(connection)\n", "utf-8")
    async with running(bare, root=tmp_path.as_uri()) as client:
        page = Page(client, lines, uri=f"{tmp_path.as_uri()}/page.py")
        if opened:
            for name in (".env.py", "secrets.py"):
                Page(client, "x(connection)\n", uri=f"{tmp_path.as_uri()}/{name}")
        for row in range(6):
            replace(page, row, 3, 13, "channel")
        assert await edits(page, "midfill/nextEdit") == []
        other = Page(client, "x(connection)\n", uri=f"{tmp_path.as_uri()}/other.py")
        (offered,) = await edits(page, "midfill/nextEdit")
        assert offered["textDocument"]["uri"] == other.uri


async def test_no_edit_while_a_completion_is_shown(env: dict[str, str], loopback: Any) -> None:
    loopback.behave(text=", file")
    async with running(env) as client:
        page = Page(client, TEXT)
        replace(page, 0, 0, 5, "amount")
        replace(page, 1, 6, 11, "")
        page.before, page.after = "amount = 0\nprint(", ")\nsave(total)\nload(total)\n"
        page.type("amount")
        assert await page.items()
        assert await edits(page) == []
        await run(client, "midfill.dismissed", page.uri)
        assert await edits(page) != []


async def test_edit_is_offered_in_another_document(bare: dict[str, str], tmp_path: Path) -> None:
    """An edit of midfill may be in another document; Copilot's requests get those of their document only."""
    lines = "".join(f"f{row}(connection)\n" for row in range(6))
    async with running(bare) as client:
        page, other = Page(client, lines), Page(client, "x(connection)\n")
        for row in range(6):
            replace(page, row, 3, 13, "channel")
        assert await edits(page) == []
        (offered,) = await edits(page, "midfill/nextEdit")
        assert offered["textDocument"] == {"uri": other.uri, "version": 1}
        assert (offered["range"]["start"], offered["text"]) == ({"line": 0, "character": 3}, "hannel")


async def test_edit_uses_the_encoding_and_line_ends(bare: dict[str, str]) -> None:
    async with running(bare) as client:
        page = Page(client, "a = total\r\nb = total\r\n😀 = total\r\n")
        replace(page, 0, 4, 9, "amount")
        replace(page, 1, 4, 9, "amount")
        (offered,) = await edits(page)
        assert offered["range"]["start"] == {"line": 2, "character": 5}


async def test_ledger_counts_next_edits(bare: dict[str, str], tmp_path: Path) -> None:
    home = {**bare, "XDG_DATA_HOME": str(tmp_path)}
    async with running(home) as client:
        page = Page(client, TEXT)
        rename(page)
        (offered,) = await edits(page)
        client.notify("textDocument/didShowInlineEdit", {"item": {"command": offered["command"]}})
        accept(page, offered)
        await run(client, "midfill.editAccepted", *offered["command"]["arguments"])
        (offered,) = await edits(page)
        await run(client, "midfill.editRefused", *offered["command"]["arguments"])
        async with asyncio.timeout(TIMEOUT_S):
            while _rows(tmp_path) != [(1, 0), (0, 1)]:
                await asyncio.sleep(0.05)


def _rows(home: Path) -> list[Any]:
    try:
        with closing(sqlite3.connect(home / "midfill" / "ledger.sqlite3")) as connection:
            return connection.execute("SELECT accepted, refused FROM edits ORDER BY number").fetchall()
    except sqlite3.Error:
        return []


async def test_copilot_client_without_reports_is_counted(bare: dict[str, str], tmp_path: Path) -> None:
    """sidekick.nvim is such a client: a shown edit is recorded once per document version."""
    async with running({**bare, "XDG_DATA_HOME": str(tmp_path)}) as client:
        page = Page(client, "connection = 1\nuse(connection)\n")
        replace(page, 0, 0, 10, "channel")
        commands = [of["command"] for _ in range(3) for of in await edits(page)]
        assert commands == [commands[0]] * 3
        assert await edits(page) == []
        async with asyncio.timeout(TIMEOUT_S):
            while _rows(tmp_path) != [(0, 0)]:
                await asyncio.sleep(0.05)
