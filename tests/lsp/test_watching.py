"""The index follows the client's file events, and reports its progress."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from midfill.lsp.progress import MIN_FILES
from tests.client import CAPABILITIES, Json, LspClient
from tests.lsp.editor import TIMEOUT_S, Page, running

pytestmark = pytest.mark.anyio

WATCHES: Json = {
    **CAPABILITIES,
    "workspace": {"configuration": True, "didChangeWatchedFiles": {"dynamicRegistration": True}},
    "window": {"workDoneProgress": True},
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A workspace with enough files to show progress."""
    for number in range(MIN_FILES):
        (tmp_path / f"file{number}.py").write_text(f"value_{number} = 1\n", "utf-8")
    return tmp_path


@asynccontextmanager
async def indexed(env: dict[str, str], project: Path, name: str = "test") -> AsyncIterator[LspClient]:
    """Run a server with a complete index."""
    async with running(env, root=project.as_uri(), capabilities=WATCHES, name=name) as client:
        await Page(client, "x = ▮\n", uri=f"{project.as_uri()}/file0.py").items(manual=True)
        await wait_for_files(env, project, MIN_FILES)
        yield client


async def wait_for_files(env: dict[str, str], project: Path, files: int) -> None:
    """Wait until that many files are in the index. Raises TimeoutError."""
    command = [sys.executable, "-m", "midfill", "index", "status", "--json", str(project)]
    async with asyncio.timeout(TIMEOUT_S):
        while True:
            done = await asyncio.to_thread(
                subprocess.check_output, command, env={**os.environ, **env}, text=True
            )
            if json.loads(done)["files"] == files:
                return


async def test_saved_and_watched_files_are_indexed(env: dict[str, str], project: Path) -> None:
    async with indexed(env, project) as client:
        assert client.capabilities["textDocumentSync"]["save"]
        (registered,) = [
            one["registrations"]
            for one in client.received("client/registerCapability")
            if one["registrations"][0]["method"] == "workspace/didChangeWatchedFiles"
        ]
        assert registered[0]["registerOptions"]["watchers"] == [{"globPattern": "**/*"}]
        (project / "saved.py").write_text("saved = 1\n", "utf-8")
        client.notify("textDocument/didSave", {"textDocument": {"uri": f"{project.as_uri()}/saved.py"}})
        await wait_for_files(env, project, MIN_FILES + 1)
        (project / "made.py").write_text("made = 1\n", "utf-8")
        (project / "file1.py").unlink()
        (project / "file2.py").unlink()
        changes = [
            {"uri": f"{project.as_uri()}/{name}", "type": 1} for name in ("made.py", "file1.py", "file2.py")
        ]
        client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        await wait_for_files(env, project, MIN_FILES)


async def test_watchers_are_not_registered_twice(env: dict[str, str], project: Path) -> None:
    async with running(env, root=project.as_uri(), capabilities=WATCHES, name="Emacs") as client:
        await Page(client, "x = ▮\n").items(manual=True)
        assert not client.received("client/registerCapability")


async def test_index_progress_is_shown(env: dict[str, str], project: Path) -> None:
    """The progress has a start, an end and the folder's name; a small index shows none."""
    async with indexed(env, project) as client:
        async with asyncio.timeout(TIMEOUT_S):
            await client.until("$/progress", lambda progress: progress["value"]["kind"] == "end")
        progress = [one["value"] for one in client.received("$/progress")]
        assert progress[0]["title"] == f"midfill reads {project.name}"
        assert [one["kind"] for one in progress][:1] == ["begin"]
        assert progress[-1] == {"kind": "end"}
        (project / "saved.py").write_text("saved = 1\n", "utf-8")
        client.notify("textDocument/didSave", {"textDocument": {"uri": f"{project.as_uri()}/saved.py"}})
        await wait_for_files(env, project, MIN_FILES + 1)
        assert len(client.received("window/workDoneProgress/create")) == 1
