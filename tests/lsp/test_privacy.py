"""Text that is never sent, and text that is never logged."""

from pathlib import Path

import pytest

from tests.client import LspClient
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, answer, running

pytestmark = pytest.mark.anyio

SECRET_FILES = [
    "file:///project/.env",
    "file:///project/.env.production",
    "file:///c%3A/project/.ENV.local",
    "file:///home/me/.aws/credentials",
    "file:///project/key.pem",
    "untitled:.env",
    "vscode-remote://ssh/project/.env",
]


@pytest.mark.parametrize("uri", SECRET_FILES)
async def test_secret_file_is_never_sent(server: LspClient, loopback: Loopback, uri: str) -> None:
    """Neither an automatic nor a manual request causes a call."""
    page = Page(server, "TOKEN=abc▮\nOTHER=\n", uri=uri, language="dotenv")
    page.type("d")
    assert await page.items() == []
    assert await page.items(manual=True) == []
    assert await page.popup() == []
    assert loopback.log(path="/completions") == []


async def test_secret_file_is_no_context(server: LspClient, loopback: Loopback) -> None:
    """The prompt of another file has no text of a secret file."""
    Page(server, "HIDDEN_VALUE=tiger\n▮", uri="file:///project/.env", language="dotenv")
    await Page(server, "tiger = HIDDEN▮\n", uri="file:///project/reader.py").items(manual=True)
    calls = loopback.log(calls=1, path="/completions")
    assert all("HIDDEN_VALUE" not in call["body"]["prompt"] + call["body"]["suffix"] for call in calls)


async def test_excluded_paths_cause_no_call(env: dict[str, str], loopback: Loopback, tmp_path: Path) -> None:
    """Excluded files cause no call, neither for manual nor for automatic requests; others do."""
    root = (tmp_path / "my project ü").as_uri()
    async with running(env, {"trigger": {"paths_off": ["/private/", "*.gen.py"]}}, root=root) as client:
        cell = root.replace("file://", "vscode-notebook-cell:") + "/private/book.ipynb#W0"
        for uri in (f"{root}/private/a.py", f"{root}/private/deep/b.py", f"{root}/src/c.gen.py", cell):
            page = Page(client, "x = pri▮\n", uri=uri)
            assert await page.items() == await page.items(manual=True) == [], uri
        assert loopback.log(path="/completions") == []
        assert await Page(client, "x = pub▮\n", uri=f"{root}/src/private/c.py").items()
    assert len(loopback.log(path="/completions")) == 1


async def test_paths_off_apply_without_a_folder(env: dict[str, str], loopback: Loopback) -> None:
    """Without an open folder, a glob matches at every depth of a path."""
    async with running(env, {"trigger": {"paths_off": ["private/**"]}}) as client:
        for uri in (
            "file:///w/private/a.py",
            "file:///w/x/private/deep/a.py",
            "vscode-remote://h/private/a.py",
        ):
            assert await Page(client, "x = pri▮\n", uri=uri).items(manual=True) == [], uri
        assert await Page(client, "x = pub▮\n", uri="file:///w/privates/c.py").items()


async def test_links_and_the_key_file_are_secret(
    env: dict[str, str], loopback: Loopback, tmp_path: Path
) -> None:
    """A link has the rules of its target, and the key file is secret; `#` in a path makes no difference."""
    (tmp_path / ".env").write_text("TOKEN=abc\n")
    (tmp_path / "key").write_text("sk-of-mine\n")
    for name, target in {"a.py": ".env", "b.py": "key", "c.py": "plain"}.items():
        (tmp_path / name).symlink_to(tmp_path / target)
    async with running(env, {"apiKeyFile": str(tmp_path / "key")}, root=tmp_path.as_uri()) as client:
        for name in ("a.py", "b.py", "key", "#c/.env", "c?/.env", "Copy of .env"):
            page = Page(client, "TOKEN=abc▮\n", uri=f"{tmp_path.as_uri()}/{name}")
            assert await page.items(manual=True) == await page.popup() == [], name
        assert loopback.log(path="/completions") == []
        assert await Page(client, "x = pub▮\n", uri=f"{tmp_path.as_uri()}/c.py").items()


async def test_too_large_files_cause_no_call(env: dict[str, str], loopback: Loopback) -> None:
    """`trigger.max_file_kb` applies to the current size, not to the size at opening."""
    async with running(env, {"trigger": {"max_file_kb": 1}}) as client:
        page = Page(client, "#" * 1021 + "\nx▮")
        assert await page.items()
        page.type("yz")
        assert await page.items() == []
        assert await page.items(manual=True) == []
    assert len(loopback.log(path="/completions")) == 1


async def test_log_has_neither_key_nor_text(env: dict[str, str], loopback: Loopback) -> None:
    """At INFO, standard error has no text of documents or answers. It has the key at no level."""
    loopback.behave(text="sesame_opened")
    for level in ("info", "debug"):
        async with running({**env, "MIDFILL_LOG": level}) as client:
            page = Page(client, "open_sesame = ▮\n")
            assert await page.texts() == ["sesame_opened"]
            loopback.fail("503", message="odd")
            page.type("zanzibar")
            await page.items()
            client.request("workspace/executeCommand", {"command": "midfill.none", "arguments": ["sesame"]})
            client.request("textDocument/inlineCompletion", {"sesame": []})
            client.notify(
                "textDocument/didChange", {"textDocument": {"uri": "x"}, "contentChanges": ["sesame"]}
            )
            await client.exit()
            assert env["DEEPSEEK_API_KEY"] not in client.stderr
            if level == "info":
                assert "sesame" not in client.stderr
                assert "zanzibar" not in client.stderr


async def test_key_is_sent_to_the_service_only(
    server: LspClient, loopback: Loopback, env: dict[str, str]
) -> None:
    """The key is in the header of its own calls, and in no message to the editor."""
    await Page(server, "authorized = ▮\n").items()
    (call,) = loopback.log(path="/completions")
    assert call["authorization"] == "sk-..." + env["DEEPSEEK_API_KEY"][-4:]
    assert env["DEEPSEEK_API_KEY"] not in str(call["body"]) + str(server.messages)


@pytest.mark.parametrize("folder", ["private", ".ssh"])
async def test_cell_of_an_excluded_notebook_is_excluded(
    env: dict[str, str], loopback: Loopback, tmp_path: Path, folder: str
) -> None:
    """A cell whose own URI says nothing is excluded with its notebook; a later cell, too."""
    book = f"{tmp_path.as_uri()}/{folder}/book.ipynb"
    options = {"trigger": {"paths_off": ["private/**"]}}
    async with running(env, options, root=tmp_path.as_uri()) as client:
        for uri, opened in ((book, False), (f"{tmp_path.as_uri()}/open/book.ipynb", True)):
            cell = {"uri": f"cell:{opened}", "languageId": "python", "version": 1, "text": "x = pri\n"}
            listed = [{"kind": 2, "document": cell["uri"]}]
            notebook = {"uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": listed}
            params = {"notebookDocument": notebook, "cellTextDocuments": [cell]}
            client.notify("notebookDocument/didOpen", params)
            later = {**cell, "uri": f"cell:{opened}:later"}
            array = {"start": 1, "deleteCount": 0, "cells": [{"kind": 2, "document": later["uri"]}]}
            change = {"cells": {"structure": {"array": array, "didOpen": [later]}}}
            changed = {"notebookDocument": {"uri": uri, "version": 2}, "change": change}
            client.notify("notebookDocument/didChange", changed)
            for name in (cell["uri"], later["uri"]):
                found = await answer(client.complete(str(name), (0, 7), manual=True))
                assert bool(found["items"]) == opened, name
    assert loopback.log(calls=2, path="/completions")
