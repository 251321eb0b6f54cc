"""The server with the recorded capabilities of each editor."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.client import Json, LspClient
from tests.loopback.client import Loopback
from tests.lsp.editor import SERVE, Page, answer

pytestmark = pytest.mark.anyio

CLIENTS = Path(__file__).parent / "clients"
INDENT = "    "


def unchanged(text: str) -> str:
    return text


def indented_again(text: str) -> str:
    """Helix adds the line's indentation to each further line of a popup's text."""
    return text.replace("\n", "\n" + INDENT)


@dataclass(frozen=True)
class Editor:
    """A recorded client: its encoding, whether it draws inline, and its change of a popup's text."""

    file: str
    encoding: str
    inline: bool
    draws: Callable[[str], str] = unchanged

    @property
    def params(self) -> Json:
        recorded: Json = json.loads((CLIENTS / f"{self.file}.json").read_text("utf-8"))
        return {"processId": None, "rootUri": None, "workspaceFolders": None, **recorded}


EDITORS = [
    Editor("vscode", "utf-16", inline=True),
    Editor("neovim", "utf-8", inline=True),
    Editor("lsp-mode", "utf-32", inline=True),
    Editor("eglot", "utf-32", inline=False),
    Editor("helix", "utf-8", inline=False, draws=indented_again),
]


@asynccontextmanager
async def started(editor: Editor, env: dict[str, str]) -> AsyncIterator[tuple[LspClient, Json]]:
    async with await LspClient.start(SERVE, env) as client:
        result = await answer(client.request("initialize", editor.params))
        client.notify("initialized", {})
        yield client, result["capabilities"]


async def offered(editor: Editor, page: Page) -> tuple[str, Json]:
    """Return the text that the editor would insert, and the range that it would replace."""
    if editor.inline:
        (item,) = await page.items()
        return item["insertText"], item["range"]
    (item,) = await page.popup()
    return editor.draws(item["textEdit"]["newText"]), item["textEdit"]["range"]


@pytest.mark.parametrize("editor", EDITORS, ids=lambda editor: editor.file)
async def test_completion_is_inserted_at_the_cursor(
    editor: Editor, env: dict[str, str], loopback: Loopback
) -> None:
    """The cases are after an emoji, with CRLF, on several lines and within a line, in each editor's encoding."""
    loopback.behave(text=["if (ready) {\n        return load('🧪');\n    }\n", "1, 2"])
    async with started(editor, env) as (client, capabilities):
        check_capabilities(editor, capabilities)

        before, after = "function fetch() {\r\n    /* 🧑‍🚀é */ ", "\r\n}\r\n"
        block = Page(client, before + "▮" + after, language="javascript", encoding=editor.encoding)
        text, span = await offered(editor, block)
        assert span == {"start": block.position, "end": block.position}
        wanted = "if (ready) {\r\n        return load('🧪');\r\n    }"
        if editor.file == "neovim":  # Its buffers hold no line ends; it writes them itself.
            assert "\r" not in text
            text = text.replace("\n", "\r\n")
        assert block.accepted(text, span) == before + wanted + after

        middle = Page(client, "label = '😀'; plot(▮)\n", encoding=editor.encoding)
        text, span = await offered(editor, middle)
        assert span["start"]["line"] == span["end"]["line"] == 0
        assert middle.accepted(text, span) == "label = '😀'; plot(1, 2)\n"

        assert client.received("window/showMessage") == []
        assert await client.exit() == 0


def check_capabilities(editor: Editor, capabilities: Json) -> None:
    assert capabilities["positionEncoding"] == editor.encoding
    assert capabilities["inlineCompletionProvider"] == {}, "null or nothing, and no client asks"
    assert capabilities["textDocumentSync"]["openClose"] is True
    assert capabilities["textDocumentSync"]["change"] == 2
    assert ("completionProvider" in capabilities) is not editor.inline
    commands = capabilities["executeCommandProvider"]["commands"]
    assert {"midfill.accepted", "midfill.toggle", "midfill.snooze", "midfill.stats"} <= set(commands)
    assert ("notebookDocumentSync" in capabilities) is (editor.file == "vscode")


async def test_popup_setting_overrides_the_capabilities(env: dict[str, str], loopback: Loopback) -> None:
    """The setting `popup` overrules capabilities: `always` offers one beside ghost text, `never` offers none."""
    recorded: dict[str, Any] = {editor.file: editor.params for editor in EDITORS}
    for file, setting, wanted in [("vscode", "always", True), ("helix", "never", False)]:
        async with await LspClient.start(SERVE, env) as client:
            params = {**recorded[file], "initializationOptions": {"popup": setting}}
            result = await answer(client.request("initialize", params))
            assert ("completionProvider" in result["capabilities"]) is wanted


async def test_emacs_gets_no_status(env: dict[str, str], loopback: Loopback) -> None:
    """lsp-mode shows a warning for each unknown notification, so it gets none."""
    loopback.behave(text="answer")
    async with started(EDITORS[2], env) as (client, _):
        assert await Page(client, "the_answer = ▮", encoding="utf-32").texts() == ["answer"]
        assert client.received("midfill/status") == []


async def test_popup_item_filter_starts_with_the_word_before_the_cursor(
    env: dict[str, str], loopback: Loopback
) -> None:
    """Editors filter a popup by that word."""
    loopback.behave(text="urn total * rate")
    async with started(EDITORS[4], env) as (client, _):
        page = Page(client, "def tax(total, rate):\n    ret▮\n", encoding="utf-8")
        (item,) = await page.popup()
        assert item["filterText"].startswith("ret")
        assert item["label"] == "return total * rate"
        assert page.accepted(item["textEdit"]["newText"], item["textEdit"]["range"]).endswith(
            "    return total * rate\n"
        )
