"""A known key and known secrets are put wherever midfill gets at them, and looked for wherever it leaves anything."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from tests.bench.process import quiet_home
from tests.client import Json
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, answer, running

pytestmark = pytest.mark.anyio

KEY = "sk-" + "c4n4ry" * 6
SECRETS = {
    ".env": "hush_dotenv_2f8a61",
    "id_rsa": "hush_rsa_91bb02",
    "ignored.py": "hush_ignored_77ac41",
    "private/plan.py": "hush_private_5d10e9",
}
"""The text of files in a workspace that must not be read."""
TOKEN = "ghp_" + "Ab3" * 12
"""A token in an open file, which is masked in the context of other files."""


@pytest.fixture
def home() -> Iterator[dict[str, str]]:
    with quiet_home() as home:
        yield home


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A workspace with secrets in the files that are never read, and code that refers to their words."""
    (tmp_path / "private").mkdir()
    for name, secret in SECRETS.items():
        (tmp_path / name).write_text(f"basket_total = '{secret}'\n", "utf-8")
    (tmp_path / ".gitignore").write_text("ignored.py\n", "utf-8")
    (tmp_path / "basket.py").write_text("def basket_total(rate):\n    return rate\n", "utf-8")
    return tmp_path


def environment(home: Mapping[str, str], url: str) -> dict[str, str]:
    return {**home, "MIDFILL_BASE_URL": url, "DEEPSEEK_API_KEY": KEY, "MIDFILL_LOG": "debug"}


def midfill(env: Mapping[str, str], project: Path, *arguments: str) -> str:
    """Return all that a command writes."""
    kept = {name: text for name, text in {**os.environ, **env}.items() if text}
    done = subprocess.run(
        [sys.executable, "-m", "midfill", *arguments],
        cwd=project,
        env=kept,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )
    return done.stdout.decode() + done.stderr.decode()


def found(place: str, text: str, secrets: tuple[str, ...]) -> list[str]:
    """Return which secrets stand where they must not."""
    return [f"{secret} in {place}" for secret in secrets if secret in text]


def written(home: Mapping[str, str]) -> str:
    """Return the content of all files that were written: ledger, index, settings, locks."""
    files = (path for path in Path(home["HOME"]).rglob("*") if path.is_file())
    return "".join(path.read_bytes().decode("latin-1") for path in files)


def children(pid: int) -> str:
    """Return arguments and environments of a process's children."""
    told = ""
    for child in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            told += json.dumps([child.cmdline(), child.environ()])
    return told


async def test_a_server_leaves_no_secret_anywhere(
    home: dict[str, str], project: Path, loopback: Loopback
) -> None:
    """Neither log, messages, prompts, ledger, index nor children have one: typing, errors and commands included."""
    env = environment(home, loopback.url)
    options: Json = {"trigger": {"paths_off": ["private/"]}}
    said = ""
    async with running(env, options, root=project.as_uri()) as client:
        for name in SECRETS:
            secret = Page(client, f"basket_total = '{SECRETS[name]}▮'\n", uri=f"{project.as_uri()}/{name}")
            secret.type("x")
            if (
                name != "ignored.py"
            ):  # What git ignores may be asked about by hand; it goes along with nothing else.
                await secret.items(manual=True)
        other = Page(client, f"token = '{TOKEN}'\n▮", uri=f"{project.as_uri()}/other.py")
        other.type("basket_total(1)\n")
        page = Page(client, "x = 1\nprice = basket_total(▮", uri=f"{project.as_uri()}/till.py")
        said += children(client.pid)
        await page.items(manual=True)
        said += children(client.pid)
        for command in ("stats", "why", "showPrompt", "accepted"):
            execute = {"command": f"midfill.{command}", "arguments": [page.uri]}
            await answer(client.request("workspace/executeCommand", execute))
        loopback.fail("401")
        page.type("y")
        await page.items(manual=True)
        client.notify("workspace/didChangeConfiguration", {"settings": {"apiKey": KEY, "api_key": KEY}})
        await page.items(manual=True)
        said += json.dumps(client.messages)
        await client.exit()
        said += client.stderr
    prompts = json.dumps([call["body"] for call in loopback.log() if call.get("body")])
    secrets = tuple(SECRETS.values())
    assert len(prompts) > 100
    assert not found("what was said", said, (KEY, *secrets))
    assert not found("a prompt", prompts, (KEY, TOKEN, *secrets))
    assert not found("a file", written(home), (KEY, TOKEN, *secrets))


BACKENDS = ("deepseek", "deepseek-chat", "mistral", "openai", "openai-chat", "ollama", "llamacpp")


@pytest.mark.parametrize("backend", BACKENDS)
async def test_no_completion_has_the_key(home: dict[str, str], loopback: Loopback, backend: str) -> None:
    """A service that writes the key into its answer, its errors and its list of models: no message has it."""
    env = environment(home, loopback.url) | {"MIDFILL_API_KEY": KEY, "MIDFILL_BACKEND": backend}
    async with running(env) as client:
        loopback.behave(text=f"first()\nsent = '{KEY}'\n")
        page = Page(client, "def send():\n    ▮\n")
        page.type("x")
        said = json.dumps(await page.items(manual=True))
        loopback.fail("400", message=f"the key {KEY} is odd")
        page.type("y")
        said += json.dumps(await page.items(manual=True))
        command = {"command": "midfill.why", "arguments": [page.uri]}
        said += json.dumps(await answer(client.request("workspace/executeCommand", command)))
        said += json.dumps(client.messages)
        await client.exit()
        said += client.stderr
    assert loopback.log(calls=1)
    assert not found("what was said", said, (KEY, KEY[8:]))
    assert not found("a file", written(home), (KEY,))


async def test_a_notebook_tells_no_secret(home: dict[str, str], project: Path, loopback: Loopback) -> None:
    """Neither the cells of a secret notebook nor those of one that the user keeps back."""
    env, options = environment(home, loopback.url), {"trigger": {"paths_off": ["private/"]}}
    async with running(env, options, root=project.as_uri()) as client:
        for name in ("secrets.ipynb", "private/plan.ipynb"):
            uri = f"{project.as_uri()}/{name}"
            cells = [f"vscode-notebook-cell:{uri.removeprefix('file:')}#{number}" for number in "ab"]
            text = f"basket_total = '{SECRETS['.env']}'\n"
            client.notify(
                "notebookDocument/didOpen",
                {
                    "notebookDocument": {
                        "uri": uri,
                        "version": 1,
                        "notebookType": "jupyter-notebook",
                        "cells": [{"kind": 2, "document": cell} for cell in cells],
                    },
                    "cellTextDocuments": [
                        {"uri": cell, "languageId": "python", "version": 1, "text": text} for cell in cells
                    ],
                },
            )
            result = await answer(client.complete(cells[0], (1, 0), manual=True))
            assert result["items"] == []
        page = Page(client, "x = 1\nprice = basket_total(▮", uri=f"{project.as_uri()}/till.py")
        await page.items(manual=True)
        said = json.dumps(client.messages)
        await client.exit()
        said += client.stderr
    prompts = json.dumps([call["body"] for call in loopback.log() if call.get("body")])
    assert "basket_total" in prompts
    assert not found("what was said", said + prompts + written(home), tuple(SECRETS.values()))


@pytest.mark.parametrize(
    "arguments",
    [
        ("complete", "basket.py:2:12", "--json"),
        ("complete", "basket.py:2:12", "--diff"),
        ("complete", "basket.py:2:12", "--explain"),
        ("complete", ".env:1:5"),
        ("doctor",),
        ("config", "show"),
        ("auth", "list"),
        ("stats", "--json"),
        ("stats", "--html", "usage.html"),
        ("index", "rebuild"),
        ("index", "status", "--json"),
    ],
    ids=" ".join,
)
def test_a_command_tells_no_secret(
    home: dict[str, str], project: Path, loopback: Loopback, arguments: tuple[str, ...]
) -> None:
    """The output and the files of a command contain neither the key nor the text of closed files."""
    (project / ".midfillignore").write_text("private/\n", "utf-8")
    said = midfill(environment(home, loopback.url), project, *arguments)
    page = project / "usage.html"
    secrets = (KEY, *SECRETS.values())
    assert not found("what was said", said, secrets)
    assert not found("a page", page.read_text("utf-8") if page.exists() else "", secrets)
    assert not found("a file", written(home), secrets)
