"""The model's next edit over the wire, for each kind of backend, through both requests."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.client import Json, LspClient, edit
from tests.loopback.client import Loopback
from tests.lsp.editor import TIMEOUT_S, Page, answer, running
from tests.lsp.test_next_edits import accept, edits, replace, request_edits, run

pytestmark = pytest.mark.anyio

TEXT = "def area(width, height):\n    return width * height\n\n\nprint(area(2, 3))\nsave(1)\n"
NEW = "def area(width, height, depth):\n    return width * height * depth\n\n\nprint(area(2, 3))\nsave(1)\n"
"""The model's text after an argument was added."""
OLD_LINE, NEW_LINE = (text.split("\n")[1] for text in (TEXT, NEW))
COPILOT, OURS = "textDocument/copilotInlineEdit", "midfill/nextEdit"
SECRET = "ghp_" + "a1B2c3D4e5" * 4

KINDS: dict[str, tuple[Json, str, str]] = {
    "deepseek": ({"edits": {"backend": "deepseek"}}, f"{NEW}```", "/beta/chat/completions"),
    "deepseek by json": (
        {"edits": {"backend": "deepseek", "format": "json"}},
        json.dumps({"edits": [{"original": OLD_LINE, "updated": NEW_LINE}]}),
        "/beta/chat/completions",
    ),
    "openai-chat": (
        {"edits": {"backend": "mine"}, "backends": [{"name": "mine", "like": "openai-chat"}]},
        f"```python\n{NEW}```",
        "/v1/chat/completions",
    ),
    "inception": (
        {"edits": {"backend": "mine"}, "backends": [{"name": "mine", "like": "inception"}]},
        NEW,
        "/v1/edit/completions",
    ),
    "zeta by ollama": (
        {"edits": {"backend": "mine", "model": "zeta-2"}, "backends": [{"name": "mine", "like": "ollama"}]},
        f"{NEW}>>>>>>> UPDATED",
        "/api/generate",
    ),
    "zeta 2.1 by llama.cpp": (
        {"edits": {"backend": "mine", "format": "zeta-2.1"}, "backends": [{"name": "mine", "like": "llamacpp"}]},
        f"<|marker_1|>\n{NEW}<|marker_2|>",
        "/completion",
    ),
    "sweep by vllm": (
        {"edits": {"backend": "mine", "model": "sweep-7b"}, "backends": [{"name": "mine", "like": "openai"}]},
        f"{NEW}<|file_sep|>",
        "/v1/completions",
    ),
}  # fmt: skip
"""The settings of each kind, the model's answer, and the path of the request."""


def options(kind: str, loopback: Loopback) -> Json:
    backend_name = KINDS[kind][0]
    listed = [{**entry, "base_url": loopback.url} for entry in backend_name.get("backends", ())]
    return {**backend_name, "backends": listed}


def set_answer(kind: str, loopback: Loopback, text: str = "", **how: Any) -> None:
    models = ("deepseek-flash", "gpt-4.1-mini", "mercury-edit-2", "zeta-2", "sweep-7b")
    loopback.behave(text=text or KINDS[kind][1], models=models, **how)


def calls_of(loopback: Loopback, kind: str, calls: int = 0) -> list[dict[str, Any]]:
    return loopback.log(calls, idle=True, path=KINDS[kind][2])


def add_argument(page: Page) -> None:
    replace(page, 0, 22, 22, ", depth")
    page.before, page.after = page.text[:29], page.text[29:]


@pytest.mark.parametrize(("kind", "method"), [*((kind, COPILOT) for kind in KINDS), ("deepseek", OURS)])
async def test_each_kind_of_backend_offers_the_edit(
    env: dict[str, str], loopback: Loopback, kind: str, method: str
) -> None:
    """The edit has the format of the model-free one; its acceptance causes no second call."""
    set_answer(kind, loopback)
    key = {"INCEPTION_API_KEY": "k" * 30, "OPENAI_API_KEY": "k" * 30}
    async with running({**env, **key}, options=options(kind, loopback)) as client:
        page = Page(client, TEXT)
        add_argument(page)
        (offered,) = await edits(page, method)
        assert offered["textDocument"] == {"uri": page.uri, "version": 2}
        assert offered["range"]["start"] == offered["range"]["end"] == {"line": 1, "character": 25}
        assert offered["text"] == " * depth"
        client.notify("textDocument/didShowInlineEdit", {"item": {"command": offered["command"]}})
        accept(page, offered)
        await run(client, offered["command"]["command"], *offered["command"]["arguments"])
        assert page.text == NEW
        page.before, page.after = NEW[:60], NEW[60:]
        assert await edits(page, method) == []
        [call] = calls_of(loopback, kind, 1)
        assert "area(width, height, depth)" in str(call["body"])
        client.check()


@pytest.mark.parametrize("answer", ["", "{", '{"edits": []}'])
async def test_empty_json_answer_is_no_edit(env: dict[str, str], loopback: Loopback, answer: str) -> None:
    """DeepSeek may return an empty content (its guide to JSON output)."""
    loopback.behave(text=answer)
    async with running(env, options=options("deepseek by json", loopback)) as client:
        page = Page(client, TEXT)
        add_argument(page)
        assert await edits(page, OURS) == []
        [call] = calls_of(loopback, "deepseek by json", 1)
        assert call["body"]["response_format"] == {"type": "json_object"}
        assert call["body"]["messages"][-1]["role"] == "user"
        client.check()


async def test_model_edits_are_off_by_default(env: dict[str, str], loopback: Loopback) -> None:
    set_answer("deepseek", loopback)
    async with running(env) as client:
        page = Page(client, TEXT)
        add_argument(page)
        assert await edits(page, OURS) == []
        assert loopback.log(path="chat/completions") == []


async def on(client: LspClient, text: str = TEXT, **page: str) -> Page:
    opened = Page(client, text, **page)
    add_argument(opened)
    return opened


async def test_model_is_not_called_if_a_rule_fits(env: dict[str, str], loopback: Loopback) -> None:
    """The user's own edit, offered at the next place, comes first."""
    set_answer("deepseek", loopback)
    async with running(env, options=options("deepseek", loopback)) as client:
        page = Page(client, "connection = 1\nuse(connection)\n")
        replace(page, 0, 0, 10, "channel")
        (offered,) = await edits(page)
        assert offered["range"]["start"]["line"] == 1
        assert calls_of(loopback, "deepseek") == []


async def test_refused_edit_is_not_offered_again(env: dict[str, str], loopback: Loopback) -> None:
    set_answer("deepseek", loopback)
    async with running(env, options=options("deepseek", loopback)) as client:
        page = await on(client)
        (offered,) = await edits(page)
        await run(client, "midfill.editRefused", *offered["command"]["arguments"])
        assert await edits(page) == []
        replace(page, 5, 5, 6, "2")
        assert await edits(page) == []
        assert len(calls_of(loopback, "deepseek")) == 2


@pytest.mark.parametrize(
    "text",
    [
        NEW.replace(", depth)", ")"),  # The typed text is removed.
        NEW.replace(" * depth", " * depth ("),  # A bracket stays open.
        "I am sorry, but I cannot see an edit.",
        "",
        "```",
    ],
)
async def test_unsuitable_edits_are_not_offered(env: dict[str, str], loopback: Loopback, text: str) -> None:
    set_answer("deepseek", loopback)
    loopback.behave(text=text)
    async with running(env, options=options("deepseek", loopback)) as client:
        assert await edits(await on(client)) == []
        assert len(calls_of(loopback, "deepseek", 1)) == 1
        assert client.received("window/showMessage") == []


async def test_keystroke_ends_the_call(env: dict[str, str], loopback: Loopback) -> None:
    """The request is answered empty, and the connection is closed."""
    set_answer("deepseek", loopback, first_token_ms=50, token_ms=500)
    async with running(env, options=options("deepseek", loopback)) as client:
        page = await on(client)
        call = request_edits(page)
        async with asyncio.timeout(TIMEOUT_S):
            while not loopback.log(path="chat/completions"):
                await asyncio.sleep(0.05)
        client.change(page.uri, edit((5, 0), (5, 0), "x"))
        assert (await answer(call))["edits"] == []
        [seen] = calls_of(loopback, "deepseek", 1)
        assert seen["end"] == "aborted"


async def test_newer_request_supersedes_an_older_one(env: dict[str, str], loopback: Loopback) -> None:
    """Both are answered; one call of the model serves the newer one."""
    set_answer("deepseek", loopback, first_token_ms=1500)
    async with running(env, options=options("deepseek", loopback)) as client:
        page = await on(client)
        older = request_edits(page)
        async with asyncio.timeout(TIMEOUT_S):
            while not loopback.log(path="chat/completions"):
                await asyncio.sleep(0.05)
        newer = request_edits(page)
        assert (await answer(older))["edits"] == []
        assert len((await answer(newer))["edits"]) == 1
        assert len(calls_of(loopback, "deepseek", 1)) == 1


async def test_secrets_are_not_sent(env: dict[str, str], loopback: Loopback) -> None:
    """A key in the file or in an edit is masked, and text of secret and excluded files is omitted."""
    set_answer("deepseek", loopback)
    backend_name = {**options("deepseek", loopback), "trigger": {"paths_off": ["private/"]}}
    async with running(env, options=backend_name) as client:
        for uri in ("file:///project/.env", "file:///project/private/a.py"):
            other = await on(client, TEXT.replace("print", "hidden"), uri=uri)
            assert await edits(other) == []
        assert calls_of(loopback, "deepseek") == []
        page = Page(client, TEXT + f'token = "{SECRET}"\n')
        replace(page, 5, 5, 6, f'"{SECRET}"')
        add_argument(page)
        (offered,) = await edits(page)
        assert offered["text"] == " * depth"
        [call] = calls_of(loopback, "deepseek", 1)
        assert SECRET not in str(call["body"])
        assert "hidden" not in str(call["body"])
        assert "***" in str(call["body"])


async def test_broken_settings_of_the_folder_stop_model_edits(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """They may have excluded everything, so no model is called."""
    set_answer("deepseek", loopback)
    (tmp_path / ".midfill.toml").write_text("enabled = fals\n", "utf-8")
    async with running(env, options=options("deepseek", loopback), root=tmp_path.as_uri()) as client:
        assert await edits(await on(client, uri=f"{tmp_path.as_uri()}/area.py")) == []
        assert calls_of(loopback, "deepseek") == []


@pytest.mark.parametrize(
    ("context", "is_told"), [({}, True), ({"enabled": False}, False), ({"sources": ["search"]}, False)]
)
async def test_edits_of_other_documents_are_in_the_prompt(
    env: dict[str, str], loopback: Loopback, context: Json, is_told: bool
) -> None:
    """The settings can exclude other files."""
    set_answer("deepseek", loopback)
    backend_name = {**options("deepseek", loopback), "context": context}
    async with running(env, options=backend_name) as client:
        replace(Page(client, "elsewhere = 1\n"), 0, 12, 13, "22")
        await edits(await on(client))
        [call] = calls_of(loopback, "deepseek", 1)
        assert ("elsewhere = 22" in str(call["body"])) == is_told


async def test_error_is_reported_once(env: dict[str, str], loopback: Loopback) -> None:
    """The breaker then pauses next edits; completions are requested as before."""
    set_answer("deepseek", loopback)
    loopback.fail("503", times=0)
    async with running(env, options=options("deepseek", loopback)) as client:
        page = await on(client)
        assert await edits(page) == []
        assert await edits(page) == []
        assert len(calls_of(loopback, "deepseek", 1)) == 1
        assert len(client.received("window/showMessage")) == 1
        loopback.behave(faults=[], text="x")
        page.before, page.after = page.text + "\nsave", ""
        client.change(page.uri, edit((6, 0), (6, 0), "\nsave"))
        await page.items()
        assert loopback.log(1, path="/beta/completions")


async def test_ledger_counts_the_call_and_the_edit(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    set_answer("deepseek", loopback)
    home = {**env, "XDG_DATA_HOME": str(tmp_path)}
    async with running(home, options=options("deepseek", loopback)) as client:
        page = await on(client)
        (offered,) = await edits(page)
        client.notify("textDocument/didShowInlineEdit", {"item": {"command": offered["command"]}})
        accept(page, offered)
        await run(client, "midfill.editAccepted", *offered["command"]["arguments"])
        async with asyncio.timeout(TIMEOUT_S):
            while rows(tmp_path, "SELECT backend, accepted FROM edits") != [("deepseek", 1)] or not rows(
                tmp_path, "SELECT backend FROM calls WHERE output > 0"
            ):
                await asyncio.sleep(0.05)


async def test_no_call_above_the_cap(env: dict[str, str], loopback: Loopback, tmp_path: Path) -> None:
    """A call of the next edit counts towards the day's cap."""
    set_answer("deepseek", loopback)
    home = {**env, "XDG_DATA_HOME": str(tmp_path)}
    backend_name = {**options("deepseek", loopback), "caps": {"tokens_per_day": 10}}
    async with running(home, options=backend_name) as client:
        page = await on(client)
        assert await edits(page) != []
        async with asyncio.timeout(TIMEOUT_S):
            while not any(
                "cap is reached" in note["message"] for note in client.received("window/showMessage")
            ):
                await asyncio.sleep(0.05)
        replace(page, 5, 5, 6, "2")
        assert await edits(page) == []
        assert len(calls_of(loopback, "deepseek")) == 1


def rows(home: Path, query: str) -> list[Any]:
    try:
        with closing(sqlite3.connect(home / "midfill" / "ledger.sqlite3")) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.Error:
        return []
