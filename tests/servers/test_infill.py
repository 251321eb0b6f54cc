"""llama.cpp's `/infill` with a model that has tokens for the middle: `uv run --group servers pytest tests/servers`."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from midfill.backends.gguf import GgufBackend
from midfill.backends.remote import RemoteBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, BackendRequest, Prompt
from midfill.core.providers import PROVIDERS
from midfill.core.templates import TemplateFile
from tests.backends.calls import answer
from tests.servers import tiny
from tests.servers.installed import need

need("xllamacpp", "gguf")

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("llama")]

ADD = BackendRequest(
    cursor=Cursor(language="python"),
    prompt=Prompt("def add(a, b):\n    return ", "\n\nprint(add(1, 2))\n"),
    limits=AnswerLimits(max_tokens=8),
)
PATIENT: dict[str, Any] = {"first_token_s": 600.0, "total_s": 600.0}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny.gguf"
    tiny.write(path)
    return path


@pytest.fixture(scope="module")
async def gguf(anyio_backend: str, model: Path) -> AsyncIterator[GgufBackend]:
    backend = GgufBackend(RemoteOptions(provider=PROVIDERS["gguf"], model=str(model), **PATIENT))
    yield backend
    await backend.close()


async def usage_of(backend: GgufBackend | RemoteBackend, request: BackendRequest) -> Any:
    """Return the tokens of a call, which the server counts."""
    return (await answer(backend, request))[-1].usage


async def test_prefix_and_suffix_are_read(gguf: GgufBackend) -> None:
    """Prefix and suffix are both read, each after its marker; the answer is 8 tokens of noise."""
    usage = await usage_of(gguf, ADD)
    assert gguf._parameters.fills_in
    assert usage.prompt >= len(ADD.prompt.prefix) + len(ADD.prompt.suffix)
    assert 0 < usage.output <= 8


async def test_other_files_are_sent(gguf: GgufBackend) -> None:
    """They are read as separate files."""
    before = await usage_of(gguf, ADD)
    file = TemplateFile("numbers.py", "ONE = 1\n" * 20)
    after = await usage_of(
        gguf, BackendRequest(cursor=ADD.cursor, prompt=ADD.prompt, limits=ADD.limits, files=(file,))
    )
    assert after.prompt >= before.prompt + len(file.text)


async def test_server_at_an_address(gguf: GgufBackend) -> None:
    """The backend `llamacpp` calls the same endpoint at an address."""
    await gguf.start()
    options: dict[str, Any] = {"provider": PROVIDERS["llamacpp"], "base_url": gguf._options.base_url}
    backend = RemoteBackend(RemoteOptions(**(options | PATIENT)))
    usage = await usage_of(backend, ADD)
    await backend.warm()
    await backend.close()
    assert usage.prompt >= len(ADD.prompt.prefix) + len(ADD.prompt.suffix)
