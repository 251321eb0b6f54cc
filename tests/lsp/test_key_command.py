"""The user's command for the key ends with the server that started it, whatever ends the server."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.client import LspClient
from tests.lsp.editor import SERVE, Page, answer

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and groups of processes are POSIX's"),
]


def by_command(folder: Path, script: str) -> Path:
    """Return a settings file whose key command is a shell script."""
    file = folder / "command.sh"
    file.write_text(script, "utf-8")
    config = folder / "config.toml"
    config.write_text(f'backend = "deepseek"\napi_key_command = "sh {file}"\n', "utf-8")
    return config


def hanging(pids: Path, number: object = None) -> str:
    """Return a script that writes its process id and its child's, and hangs.

    Before SIGKILL it has run for a moment: until then midfill has started the shell that ends it.
    """
    wait = "sleep 2\n" if number in {signal.SIGKILL, "SIGKILL"} else ""
    return f"sleep 600 &\n{wait}echo $$ $! > {pids}\nwait\n"


async def written(file: Path) -> list[int]:
    """Wait for a file, and return the process ids in it."""
    while not file.exists() or not file.read_text().endswith("\n"):
        await asyncio.sleep(0.02)
    return [*map(int, file.read_text().split())]


@pytest.fixture
def pids(tmp_path: Path) -> Iterator[Path]:
    """A file of process ids; those that still run at the end of a test are ended."""
    file = tmp_path / "pids"
    yield file
    for process in map(int, file.read_text().split() if file.exists() else ()):
        if runs(process):
            os.kill(process, signal.SIGKILL)


def runs(process: int) -> bool:
    """Whether a process runs; one that nobody has waited for has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def gone(processes: list[int]) -> None:
    """Wait until no process of these runs."""
    async with asyncio.timeout(20):
        while any(map(runs, processes)):
            await asyncio.sleep(0.02)


async def after_shutdown(client: LspClient) -> None:
    await client.exit()


async def without_shutdown(client: LspClient) -> None:
    client.notify("exit")


async def input_closed(client: LspClient) -> None:
    client._input.close()


async def output_closed(client: LspClient) -> None:
    client._transport.get_pipe_transport(1).close()  # type: ignore[union-attr]
    client.request("shutdown")


def by(number: signal.Signals) -> Callable[[LspClient], Awaitable[None]]:
    async def send(client: LspClient) -> None:
        os.kill(client.pid, number)

    return send


ENDS = {
    "exit": after_shutdown,
    "exit alone": without_shutdown,
    "input": input_closed,
    "output": output_closed,
    "SIGTERM": by(signal.SIGTERM),
    "SIGINT": by(signal.SIGINT),
    "SIGHUP": by(signal.SIGHUP),
    "SIGKILL": by(signal.SIGKILL),
}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
@pytest.mark.parametrize("end", ENDS)
async def test_a_command_ends_with_the_server(
    bare: dict[str, str], tmp_path: Path, pids: Path, end: str
) -> None:
    """A command and its child still run when the server ends: both end with it."""
    config = by_command(tmp_path, hanging(pids, end))
    async with await LspClient.start(SERVE, {**bare, "MIDFILL_CONFIG": str(config)}) as client:
        await client.initialize()
        processes = await written(pids)
        assert all(map(runs, processes))
        async with asyncio.timeout(20):
            await ENDS[end](client)
            await client.ended()
        await gone(processes)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
async def test_a_command_ends_with_the_editor(bare: dict[str, str], tmp_path: Path, pids: Path) -> None:
    """A crashed editor, whose pipes another process keeps open, ends server and command."""
    config = by_command(tmp_path, hanging(pids))
    editor = subprocess.Popen(["sleep", "600"])
    async with await LspClient.start(SERVE, {**bare, "MIDFILL_CONFIG": str(config)}) as client:
        await client.request("initialize", {"processId": editor.pid, "capabilities": {}})
        client.notify("initialized", {})
        processes = await written(pids)
        editor.kill()
        editor.wait()
        async with asyncio.timeout(20):
            await client.ended()
        await gone(processes)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
async def test_a_command_of_older_settings_is_ended(bare: dict[str, str], tmp_path: Path, pids: Path) -> None:
    """Twelve changes of the settings, each with a command that hangs: the last ones are in force at once."""
    config = by_command(tmp_path, f"sleep 600 &\necho $$ $! >> {pids}\nwait\n")
    async with await LspClient.start(SERVE, {**bare, "MIDFILL_CONFIG": str(config)}) as client:
        await client.initialize(capabilities={})
        for number in range(12):
            settings = {"model": f"m{number}"}
            client.notify("workspace/didChangeConfiguration", {"settings": settings})
            while len(await written(pids)) < 2 * number + 2:
                await asyncio.sleep(0.02)
        processes = await written(pids)
        client.notify("workspace/didChangeConfiguration", {"settings": {"backend": "local"}})
        page = Page(client, "total = 1\nprint(total)\nprint(to▮")
        async with asyncio.timeout(8):  # Each command alone would take ten seconds.
            assert await page.texts() == ["tal)"]
        await gone(processes)
        assert await answer(client.request("shutdown")) is None


GATEWAY = ("gateway", "--port", "0", "--token-file", "token")
COMPLETE, DOCTOR, AUTH = ("complete", "code.py:1:1"), ("doctor",), ("auth", "list")
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL)
ENDED_BY = {number: -number for number in SIGNALS} | {signal.SIGINT: 130}
"""The exit code of a command that a signal ends, as Python reports it."""
COMMANDS: dict[tuple[tuple[str, ...], signal.Signals], int] = {
    **{(command, number): ENDED_BY[number] for command in (COMPLETE, DOCTOR, AUTH) for number in SIGNALS},
    (GATEWAY, signal.SIGTERM): 0,
    (GATEWAY, signal.SIGINT): 0,
    (GATEWAY, signal.SIGHUP): ENDED_BY[signal.SIGHUP],
    (GATEWAY, signal.SIGKILL): ENDED_BY[signal.SIGKILL],
}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
@pytest.mark.parametrize(("run", "code"), COMMANDS.items(), ids=lambda run: str(run))
async def test_a_command_ends_with_another_command_of_midfill(
    bare: dict[str, str], tmp_path: Path, pids: Path, run: tuple[tuple[str, ...], signal.Signals], code: int
) -> None:
    """A signal ends midfill before the key is found, and the command and its child with it."""
    arguments, number = run
    config = by_command(tmp_path, hanging(pids, number))
    (tmp_path / "code.py").touch()
    midfill = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "midfill", *arguments),
        env={**os.environ, **bare, "MIDFILL_CONFIG": str(config)},
        cwd=tmp_path,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    processes = await written(pids)
    midfill.send_signal(number)
    async with asyncio.timeout(8):  # The command alone would take ten seconds.
        _, told = await midfill.communicate()
    assert (midfill.returncode, b"Traceback" in told) == (code, False), told
    await gone(processes)
