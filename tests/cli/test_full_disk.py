"""A full disk: a file system of 64 KiB without a free byte."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import KNOWN, KNOWN_TEXT, Command
from tests.client import LspClient
from tests.lsp.editor import SERVE, Page, answer

pytestmark = pytest.mark.anyio

FILLED = "filled"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """The folder where that file system is mounted."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs root on Linux")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "midfill", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("nothing can be mounted here")
    try:
        for name in ("data", "cache", "config", "config/nvim"):
            (folder / name).mkdir()
        fill(folder)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> None:
    """Fill it to the last byte."""
    with (disk / FILLED).open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return


def empty(disk: Path) -> None:
    """Make room again."""
    (disk / FILLED).unlink()


@pytest.fixture
def on_disk(midfill: Command, disk: Path) -> Command:
    """The command with all its folders on that disk."""
    midfill.known()
    return midfill.having(
        XDG_DATA_HOME=str(disk / "data"),
        XDG_CACHE_HOME=str(disk / "cache"),
        XDG_CONFIG_HOME=str(disk / "config"),
    )


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["complete", "known.py:6:15"], 0, ""),
        (["index", "rebuild"], 2, "full"),
        (["index", "update"], 2, "full"),
        (["index", "status"], 0, ""),
        (["index", "clear"], 0, ""),
        (["setup", "neovim", "--write"], 2, "No space left"),
        (["stats"], 0, ""),
        (["config", "show"], 0, ""),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_command_reports_a_full_disk(on_disk: Command, arguments: list[str], code: int, says: str) -> None:
    """Commands that write nothing work; the others report the reason in one line."""
    done = on_disk.run(*arguments)
    assert (done.code, says in done.err) == (code, True), done.err
    assert "Traceback" not in done.err
    assert len(done.err.splitlines()) <= 2


def test_command_works_after_space_is_freed(on_disk: Command, disk: Path) -> None:
    """No partial file remains."""
    assert on_disk.run("index", "rebuild").code == 2
    empty(disk)
    done = on_disk.run("complete", "known.py:6:15")
    assert (done.code, done.out) == (0, KNOWN_TEXT)
    made = on_disk.run("setup", "neovim", "--write")
    assert made.code == 0, made.err


async def test_server_continues_on_a_full_disk(on_disk: Command, disk: Path) -> None:
    """With ledger, index and log on the full disk, the server still suggests, and exits in order."""
    command = " ".join([*SERVE, f"2>{disk}/log"])
    env = {**on_disk.env, "MIDFILL_LOG": "debug", "MIDFILL_BACKEND": "local"}
    async with await LspClient.start(["bash", "-c", f"exec {command}"], env) as server:
        await server.initialize(root=on_disk.folder.as_uri())
        page = Page(server, KNOWN.removesuffix("wid\n") + "wid▮\n")
        assert await texts(page) == [KNOWN_TEXT]
        await answer(server.request("workspace/executeCommand", {"command": "midfill.stats"}))
        assert await server.exit() == 0


async def texts(page: Page) -> list[str]:
    """Return the suggestions; the embedded engine may still be starting."""
    for _ in range(50):
        if found := await page.texts(manual=True):
            return found
        await asyncio.sleep(0.1)
    return []
