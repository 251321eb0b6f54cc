"""A known key and known secrets are in every place that midfill reads; every place that it writes is searched."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from midfill.core.providers import PROVIDERS
from tests.bench.process import PATIENT, quiet_home
from tests.cli.command import Command
from tests.client import Json
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, answer, running
from tests.lsp.test_model_edits import KINDS, OURS, TEXT, add_argument, options, set_answer
from tests.lsp.test_next_edits import edits

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
    """An environment whose settings file has deadlines for a loaded machine."""
    with quiet_home() as home:
        config = Path(home["HOME"], "config.toml")
        config.write_text(PATIENT, "utf-8")
        yield {**home, "MIDFILL_CONFIG": str(config)}


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


BACKENDS = tuple(PROVIDERS)

XLLAMACPP = """
from types import SimpleNamespace
CommonParams = lambda: SimpleNamespace(model=SimpleNamespace())
Server = lambda params: SimpleNamespace(listening_address=URL)
"""
"""The replacement of llama.cpp in the child process of the backend `gguf`: an address of the loopback."""


def environment_for(home: Mapping[str, str], url: str, backend: str) -> dict[str, str]:
    """Return the environment in which midfill calls a backend on the loopback."""
    env = environment(home, url) | {"MIDFILL_BACKEND": backend, "MIDFILL_API_KEY": KEY}
    if variable := PROVIDERS[backend].variable:
        env[variable] = KEY
    if backend == "gguf":
        packages = Path(home["HOME"], "packages")
        packages.mkdir()
        (packages / "xllamacpp.py").write_text(f"URL = {url!r}{XLLAMACPP}", "utf-8")
        (packages / "model.gguf").write_bytes(b"GGUF\3" + bytes(19))
        env |= {
            "PYTHONPATH": str(packages),
            "MIDFILL_MODEL": str(packages / "model.gguf"),
            "MIDFILL_BASE_URL": "",
        }
    return env


def run_midfill(env: Mapping[str, str], project: Path, *arguments: str) -> str:
    """Return the output of a command."""
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


def secrets_in(place: str, text: str, secrets: tuple[str, ...]) -> list[str]:
    """Return the secrets that a text contains."""
    return [f"{secret} in {place}" for secret in secrets if secret in text]


def files_of(home: Mapping[str, str]) -> str:
    """Return the content of all written files: ledger, index, settings, locks."""
    files = (path for path in Path(home["HOME"]).rglob("*") if path.is_file())
    return "".join(path.read_bytes().decode("latin-1") for path in files)


def children(pid: int) -> str:
    """Return arguments and environments of a process's children.

    Between its fork and its exec, a child still has the memory of its parent: it is no program yet.
    """
    processes, parent = "", psutil.Process(pid)
    for child in parent.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if (arguments := child.cmdline()) != parent.cmdline():
                processes += json.dumps([arguments, child.environ()])
    return processes


@pytest.mark.parametrize("backend", BACKENDS)
async def test_server_writes_no_secret(
    home: dict[str, str], project: Path, loopback: Loopback, backend: str
) -> None:
    """Log, messages, prompts, ledger, index and children contain no secret, after typing, errors and commands.

    The service writes the key into its answer, its errors and its list of models.
    """
    env = environment_for(home, loopback.url, backend)
    options: Json = {"trigger": {"paths_off": ["private/"]}}
    output = ""
    loopback.behave(text=f"first()\nsent = '{KEY}'\n", models=["deepseek-flash", KEY])
    async with running(env, options, root=project.as_uri()) as client:
        for name in SECRETS:
            secret = Page(client, f"basket_total = '{SECRETS[name]}▮'\n", uri=f"{project.as_uri()}/{name}")
            secret.type("x")
            if (
                name != "ignored.py"
            ):  # A manual request may be in an ignored file, which is no context of another.
                await secret.items(manual=True)
        other = Page(client, f"token = '{TOKEN}'\n▮", uri=f"{project.as_uri()}/other.py")
        other.type("basket_total(1)\n")
        page = Page(client, "x = 1\nprice = basket_total(▮", uri=f"{project.as_uri()}/till.py")
        output += children(client.pid)
        await page.items(manual=True)
        output += children(client.pid)
        for command in ("stats", "why", "showPrompt", "accepted"):
            execute = {"command": f"midfill.{command}", "arguments": [page.uri]}
            output += json.dumps(await answer(client.request("workspace/executeCommand", execute)))
        for fault in ("401", "400", "429"):
            loopback.fail(fault, message=f"the key {KEY} is odd")
            page.type("y")
            await page.items(manual=True)
        execute = {"command": "midfill.why", "arguments": [page.uri]}
        output += json.dumps(await answer(client.request("workspace/executeCommand", execute)))
        client.notify("workspace/didChangeConfiguration", {"settings": {"apiKey": KEY, "api_key": KEY}})
        await page.items(manual=True)
        output += children(client.pid) + json.dumps(client.messages)
        await client.exit()
        output += client.stderr
    prompts = json.dumps([call["body"] for call in loopback.log(calls=1) if call.get("body")])
    secrets = tuple(SECRETS.values())
    assert "basket_total" in prompts
    assert not secrets_in("the output", output, (KEY, KEY[8:], *secrets))
    assert not secrets_in("a prompt", prompts, (KEY, TOKEN, *secrets))
    assert not secrets_in("a file", files_of(home), (KEY, TOKEN, *secrets))


@pytest.mark.parametrize("kind", KINDS)
async def test_next_edit_contains_no_secret(
    home: dict[str, str], project: Path, loopback: Loopback, kind: str
) -> None:
    """The model writes the key into its rewritten lines and its errors; secret files are open."""
    env = environment(home, loopback.url) | {"INCEPTION_API_KEY": KEY, "OPENAI_API_KEY": KEY}
    set_answer(kind, loopback, KINDS[kind][1].replace("* depth", f"* depth({KEY!r})"))
    async with running(env, options(kind, loopback), root=project.as_uri()) as client:
        Page(client, f"basket_total = '{SECRETS['.env']}'\n", uri=f"{project.as_uri()}/.env").type("x")
        page = Page(client, f"token = '{TOKEN}'\n{TEXT}"[len(f"token = '{TOKEN}'\n") :])
        add_argument(page)
        output = json.dumps(await edits(page, OURS))
        loopback.fail("400", message=f"the key {KEY} is odd", times=0)
        page.type("y")
        output += json.dumps(await edits(page, OURS)) + children(client.pid)
        execute = {"command": "midfill.stats", "arguments": []}
        output += json.dumps(await answer(client.request("workspace/executeCommand", execute)))
        output += json.dumps(client.messages)
        await client.exit()
        output += client.stderr
    prompts = json.dumps([call["body"] for call in loopback.log(calls=1) if call.get("body")])
    assert "area(width, height, depth)" in prompts
    assert not secrets_in("the output", output, (KEY, KEY[8:], *SECRETS.values()))
    assert not secrets_in("a prompt", prompts, (KEY, TOKEN, *SECRETS.values()))
    assert not secrets_in("a file", files_of(home), (KEY, TOKEN, *SECRETS.values()))


@pytest.mark.parametrize("backend", BACKENDS)
def test_commands_with_a_backend_print_no_secret(
    home: dict[str, str], project: Path, loopback: Loopback, backend: str
) -> None:
    """`complete`, its prompt, `doctor` and `stats`, with answers and errors that contain the key."""
    env = environment_for(home, loopback.url, backend)
    (project / ".midfillignore").write_text("private/\n", "utf-8")
    loopback.behave(text=f"first()\nsent = '{KEY}'\n", models=["deepseek-flash", KEY])
    output = run_midfill(env, project, "complete", "basket.py:2:12", "--json")
    loopback.fail("400", message=f"the key {KEY} is odd", times=0)
    for calling in (["complete", "basket.py:2:12", "--explain"], ["complete", "basket.py:2:12"], ["doctor"]):
        output += run_midfill(env, project, *calling)
    midfill = Command(project, project / "config.toml", env)
    for reading in (["config", "show"], ["stats", "--json"], ["stats"], ["stats", "--html", "usage.html"]):
        done = midfill.call(*reading)
        output += done.out + done.err
    secrets = (KEY, KEY[8:], *SECRETS.values())
    assert len(loopback.log(calls=1)) > 1
    assert not secrets_in("the output", output + (project / "usage.html").read_text("utf-8"), secrets)
    assert not secrets_in("a file", files_of(home), secrets)


async def test_notebook_cells_are_kept_secret(
    home: dict[str, str], project: Path, loopback: Loopback
) -> None:
    """The cells of a secret notebook and of an excluded one are not sent."""
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
        output = json.dumps(client.messages)
        await client.exit()
        output += client.stderr
    prompts = json.dumps([call["body"] for call in loopback.log() if call.get("body")])
    assert "basket_total" in prompts
    assert not secrets_in("the output", output + prompts + files_of(home), tuple(SECRETS.values()))


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
def test_commands_print_no_secret(
    home: dict[str, str], project: Path, loopback: Loopback, arguments: tuple[str, ...]
) -> None:
    """The output and the files of a command contain neither the key nor the text of closed files."""
    (project / ".midfillignore").write_text("private/\n", "utf-8")
    output = run_midfill(environment(home, loopback.url), project, *arguments)
    page = project / "usage.html"
    secrets = (KEY, *SECRETS.values())
    assert not secrets_in("the output", output, secrets)
    assert not secrets_in("a page", page.read_text("utf-8") if page.exists() else "", secrets)
    assert not secrets_in("a file", files_of(home), secrets)
