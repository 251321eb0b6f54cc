"""Text of a model, a service or a folder has no control effect in an editor."""

import os
import re
from itertools import count
from pathlib import Path

import pytest

from tests.client import LspClient
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, running

pytestmark = pytest.mark.anyio

RAW = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\U000e0000-\U000e007f]"
)
_numbers = count()
EVIL = ("\0", "\x1b[31m", "\x9b", "\b\b", "\u202e", "\u2066", "\u2028", "\U000e0041", "\ufeff")


@pytest.mark.parametrize("evil", EVIL, ids=ascii)
async def test_items_have_no_control_characters(server: LspClient, loopback: Loopback, evil: str) -> None:
    """At the head, within and at the end of an answer; the visible part is shown."""
    for text in (
        f"{evil}width * height",
        f"width{evil} * height",
        f"width * height{evil}",
        f"w()\n{evil}x = 1",
    ):
        loopback.behave(text=text)
        page = Page(server, f"area{next(_numbers)} = ▮\n")  # Otherwise it is known from before.
        items = await page.items(manual=True)
        for item in items:
            assert not RAW.search(item["insertText"])
        for item in await page.popup():
            assert not RAW.search(item["textEdit"]["newText"] + item["label"] + item["filterText"])
        if text.startswith("width * height"):
            assert {item["insertText"] for item in items} == {"width * height"}


async def test_right_to_left_document_keeps_balanced_marks(server: LspClient, loopback: Loopback) -> None:
    """Other marks are removed."""
    loopback.behave(text="'\u2067שלום\u2069' + '\u202e'")
    texts = await Page(server, "# שלום\nname = ▮\n").texts(manual=True)
    assert texts
    assert all(text.startswith("'\u2067שלום\u2069'") and "\u202e" not in text for text in texts)


async def test_documentation_is_one_markdown_block(server: LspClient, loopback: Loopback) -> None:
    """An answer with a fence does not end its Markdown block; otherwise an image could be fetched."""
    loopback.behave(text="f('````')\n````\n![x](https://evil.test/?x)\n````\n")
    page = Page(server, "text = ▮\n")
    shown = [item["documentation"]["value"] for item in await page.popup()]
    assert shown
    for value in shown:
        first, *_, last = value.split("\n")
        fence = first.removesuffix("python")
        assert set(fence) == {"`"}
        assert last == fence
        assert value.count(fence) == 2


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
async def test_names_in_messages_are_escaped(env: dict[str, str], loopback: Loopback, tmp_path: Path) -> None:
    """The folder of a workspace, the text in its settings, and the model names of the service."""
    folder = tmp_path / "evil\x1b]0;\x07\u202e\n!(y)"
    folder.mkdir()
    (folder / ".midfill.toml").write_text("nonsense = 1")
    loopback.behave(models=["a\u202e\x9b"])
    async with running(env, {"model": "b\u202e"}, root=folder.as_uri()) as client:
        await Page(client, "text = ▮\n").items()
        shown = client.received("window/showMessage")
        assert len(shown) >= 2
        for message in shown:
            assert not RAW.search(message["message"].replace("\n", ""))
        assert "evil\\x1b]0;\\x07\\u202e\\x0a!(y)" in shown[0]["message"]
        for status in client.received("midfill/status"):
            assert not RAW.search(status["message"])
