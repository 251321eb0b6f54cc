"""The backend of a model file: its errors without a model, and a child process that is a script."""

import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from midfill.backends import gguf
from midfill.backends.gguf import GgufBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.core.model import BackendError, ErrorKind
from midfill.core.providers import PROVIDERS
from tests.backends.calls import answer, refusal, text
from tests.backends.test_gguf_file import LAYERS, NAME, header
from tests.loopback.client import Loopback

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the header of a model, on a machine with the package."""
    monkeypatch.setattr(gguf, "find_spec", lambda name: ModuleSpec(name, None))
    path = tmp_path / "model.gguf"
    path.write_bytes(header(NAME, LAYERS))
    return path


def backend(model: object) -> GgufBackend:
    return GgufBackend(RemoteOptions(provider=PROVIDERS["gguf"], model=str(model)))


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The script that is started as the child."""
    if sys.platform == "win32":
        pytest.skip("a shell of POSIX")
    script = tmp_path / "child"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    return script


def test_model_that_is_no_file_is_reported(tmp_path: Path) -> None:
    """The message names the file."""
    for setting, words in (("", "the path of a GGUF file"), (tmp_path / "gone.gguf", "there is no file")):
        with pytest.raises(BackendError, match=words) as raised:
            _ = backend(setting).memory
        assert raised.value.kind is ErrorKind.BAD_SETTING


def test_file_of_another_kind_is_reported(model: Path) -> None:
    """It is read before the memory is used."""
    model.write_bytes(b"MZ" * 100)
    with pytest.raises(BackendError, match="cannot be loaded as a GGUF model"):
        _ = backend(model).memory


@pytest.mark.parametrize("frozen", [False, True])
def test_missing_package_is_reported(model: Path, monkeypatch: pytest.MonkeyPatch, frozen: bool) -> None:
    """The message has the command that installs it; the self-contained server cannot use it."""
    monkeypatch.setattr(gguf, "find_spec", lambda name: None)
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    with pytest.raises(BackendError) as raised:
        _ = backend(model).memory
    assert "midfill[llama]" in str(raised.value)
    assert ("self-contained" in str(raised.value)) == frozen


async def test_child_that_ends_is_reported(model: Path, child: Path) -> None:
    """Its output has no address."""
    child.write_text("#!/bin/sh\necho error: unknown architecture\n")
    server = backend(model)
    error = await refusal(server)
    assert (error.kind, "cannot be loaded" in str(error)) == (ErrorKind.BAD_SETTING, True)
    await server.close()


async def test_child_that_loads_too_long_is_ended(
    model: Path, child: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is a timeout, and no process is left."""
    monkeypatch.setattr(gguf, "LOAD_TIMEOUT_S", 0.1)
    child.write_text("#!/bin/sh\nexec sleep 600\n")
    server = backend(model)
    assert (await refusal(server)).kind is ErrorKind.TIMEOUT
    await server.close()
    assert server._child is not None
    assert server._child.returncode is not None


async def test_child_that_has_ended_is_started_again(model: Path, child: Path, loopback: Loopback) -> None:
    """Each child has its own address; messages before the address are skipped."""
    report = f'{{"url": "{loopback.url}", "fills_in": true}}'
    child.write_text(f"#!/bin/sh\necho loading\necho '{report}'\nexec cat\n")
    loopback.behave(text="a + b", models=(str(model),))
    server = backend(model)
    assert text(await answer(server)) == "a + b"
    first = server._child
    assert first is not None
    os.kill(first.pid, 9)
    await first.wait()
    assert text(await answer(server)) == "a + b"
    assert server._child is not first
    await server.close()
