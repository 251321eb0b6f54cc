"""A thread reads the settings files; messages that arrive meanwhile wait, in order."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from midfill.backends.embedded import FindMemories
from midfill.core.model import Backends
from midfill.lsp.server import Server
from midfill.settings import Files, Settings, read_files
from tests.client import Json
from tests.engine.scripted import Scripted, streams

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Disk:
    """A disk that can be made slow."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.free.set()
        self.reads = 0

    def read(self, environ: Mapping[str, str], workspaces: Sequence[Path] = ()) -> Files:
        assert threading.current_thread() is not threading.main_thread()
        self.reads += 1
        self.free.wait(20)
        return read_files(environ, workspaces)


class InProcessClient:
    """A client of a server in this process."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.sent: list[Json] = []
        self.codes: list[int] = []
        self.server = Server(self, environ, self.codes.append, self._opening)
        self.model = Scripted(otherwise=lambda question: streams("answer()"))

    def _opening(self, settings: Settings, environ: Mapping[str, str], neighbours: FindMemories) -> Backends:
        return Backends(self.model)

    def write(self, data: bytes) -> None:
        """Receive a message of the server."""
        self.sent.append(json.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None:
        """Part of the interface of a stream writer."""

    def send(self, method: str, params: Any, number: int | None = None) -> None:
        """Send a notification, or a request with a number."""
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        self.server.received(json.dumps(message if number is None else {**message, "id": number}).encode())

    def answered(self) -> list[int]:
        """Return the numbers of the requests that were answered."""
        return [message["id"] for message in self.sent if "id" in message and "method" not in message]

    async def until(self, number: int) -> Json:
        """Wait for an answer."""
        async with asyncio.timeout(20):
            while number not in self.answered():
                await asyncio.sleep(0.001)
        return next(message for message in self.sent if message.get("id") == number)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr("midfill.lsp.configuration.read_files", disk.read)
    return disk


@pytest.fixture
async def client(bare: dict[str, str], disk: Disk) -> AsyncIterator[InProcessClient]:
    client = InProcessClient(bare)
    yield client
    disk.free.set()
    await client.server.close()


def initialize(client: InProcessClient, root: Path, **options: Any) -> None:
    params = {
        "capabilities": {},
        "processId": None,
        "rootUri": root.as_uri(),
        "initializationOptions": options,
    }
    client.send("initialize", params, 0)
    client.send("initialized", {})


def ask(client: InProcessClient, uri: str, number: int) -> None:
    item = {"uri": uri, "languageId": "python", "version": 1, "text": "value = \n"}
    client.send("textDocument/didOpen", {"textDocument": item})
    where = {
        "textDocument": {"uri": uri},
        "position": {"line": 0, "character": 8},
        "context": {"triggerKind": 2},
    }
    client.send("textDocument/inlineCompletion", where, number)


async def test_initialize_waits_for_the_files_without_blocking_the_loop(
    client: InProcessClient, disk: Disk, tmp_path: Path
) -> None:
    """While the disk is slow the loop runs; the client's messages are handled afterwards, in order."""
    (tmp_path / ".midfill.toml").write_text("[trigger]\npaths_off = ['a.py']\n", "utf-8")
    disk.free.clear()
    initialize(client, tmp_path)
    ask(client, (tmp_path / "a.py").as_uri(), 1)
    ask(client, (tmp_path / "b.py").as_uri(), 2)
    client.send("midfill/nonsense", {}, 3)
    for _ in range(20):
        await asyncio.sleep(0.001)
    assert client.answered() == []
    disk.free.set()
    assert (await client.until(1))["result"] == {"items": []}
    assert (await client.until(2))["result"]["items"][0]["insertText"] == "answer()"
    assert client.answered()[0] == 0
    assert client.answered().index(1) < client.answered().index(3)


async def test_exit_during_the_read_is_handled_in_order(
    client: InProcessClient, disk: Disk, tmp_path: Path
) -> None:
    """`exit`, and the end of the input, are handled after the earlier messages."""
    disk.free.clear()
    initialize(client, tmp_path)
    client.send("shutdown", None, 1)
    client.server.connection_closed()
    await asyncio.sleep(0.01)
    assert client.codes == []
    disk.free.set()
    await client.until(1)
    async with asyncio.timeout(20):
        while not client.codes:
            await asyncio.sleep(0.001)
    assert client.codes == [0]


async def test_added_folder_settings_apply_to_the_next_request(
    client: InProcessClient, disk: Disk, tmp_path: Path
) -> None:
    """A request right after the message about a new folder uses that folder's settings."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    (two / ".midfill.toml").write_text("enabled = false\n", "utf-8")
    initialize(client, one)
    await client.until(0)
    added = {"added": [{"uri": two.as_uri(), "name": "two"}], "removed": []}
    client.send("workspace/didChangeWorkspaceFolders", {"event": added})
    ask(client, (two / "a.py").as_uri(), 1)
    assert (await client.until(1))["result"] == {"items": []}


async def test_client_settings_apply_before_those_of_a_changed_file(
    client: InProcessClient, disk: Disk, tmp_path: Path
) -> None:
    """The client's new settings apply at once, even with a slow disk; those of files when they are read."""
    initialize(client, tmp_path)
    await client.until(0)
    (tmp_path / ".midfill.toml").write_text("[completion]\nmax_lines = 1\nmax_token = 3\n", "utf-8")
    disk.free.clear()
    client.send("workspace/didChangeConfiguration", {"settings": {"enabled": False}})
    service = client.server._service
    assert not service.settings.enabled
    assert service.settings.completion.max_lines > 1
    disk.free.set()
    async with asyncio.timeout(20):
        while service.settings.completion.max_lines > 1:
            await asyncio.sleep(0.001)
    assert not service.settings.enabled
    assert any("max_token" in str(message) for message in client.sent)


@pytest.mark.parametrize("capabilities", [7, {"general": 7}])
async def test_malformed_initialize_is_refused_and_may_be_repeated(
    client: InProcessClient, tmp_path: Path, capabilities: object
) -> None:
    """An invalid `initialize` is refused, before the wait or after it, and the next one is accepted."""
    client.send("initialize", {"capabilities": capabilities}, 7)
    assert "error" in await client.until(7)
    initialize(client, tmp_path)
    assert "capabilities" in (await client.until(0))["result"]
