"""The transports of the server, and its end when its client ends."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from tests.client import LspClient
from tests.lsp.editor import SERVE, TIMEOUT_S, answer
from tests.lsp.sockets import INITIALIZE, listening

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tcp", "nonsense"], "is not [HOST:]PORT"),
        (["--tcp", "127.0.0.1:70000"], "is not [HOST:]PORT"),
        (["--tcp", "1", "--ws", "2"], "not allowed with"),
    ],
)
def test_invalid_port_is_refused(bare: dict[str, str], arguments: list[str], words: str) -> None:
    """Wrong usage causes one line and exit code 2."""
    done = subprocess.run(
        [*SERVE, *arguments],
        env={**os.environ, **bare},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


async def test_used_port_is_reported(bare: dict[str, str]) -> None:
    """Two servers on one port: the second one reports it, with exit code 2."""
    async with listening(bare, "--tcp") as server:
        second = await asyncio.create_subprocess_exec(
            *SERVE, "--tcp", str(server.port), env={**os.environ, **bare}, stderr=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(TIMEOUT_S):
            _, errors = await second.communicate()
        assert second.returncode == 2
        assert errors.startswith(b"midfill serve: ")
        assert b"Traceback" not in errors


async def test_end_of_input_ends_the_server(bare: dict[str, str]) -> None:
    """When the editor has closed the pipe without a shutdown, the exit code is 1."""
    async with await LspClient.start(SERVE, bare) as client:
        await client.initialize()
        client._input.close()
        async with asyncio.timeout(TIMEOUT_S):
            assert await client.ended() == 1
        assert "Traceback" not in client.stderr


async def test_end_of_the_client_process_ends_the_server(bare: dict[str, str]) -> None:
    """A crashed editor's pipes may stay open in its children; the server detects the end of its process."""
    editor = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    async with await LspClient.start(SERVE, bare) as client:
        await answer(client.request("initialize", {**INITIALIZE, "processId": editor.pid}))
        await answer(client.request("workspace/executeCommand", {"command": "midfill.stats"}))
        # The watch must see the process alive first: one of another machine never exists here, and ends nothing.
        editor.communicate(timeout=10)
        async with asyncio.timeout(TIMEOUT_S):
            assert await client.ended() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signal_ends_the_server_without_a_traceback(
    bare: dict[str, str], number: signal.Signals
) -> None:
    """A terminated server writes no traceback."""
    async with await LspClient.start(SERVE, bare) as client:
        await client.initialize()
        os.kill(client.pid, number)
        async with asyncio.timeout(TIMEOUT_S):
            await client.ended()
        assert client.stderr == ""
