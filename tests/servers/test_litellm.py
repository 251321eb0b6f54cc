"""LiteLLM's proxy between midfill and a DeepSeek on the loopback; `tests/servers/fetch.sh` gets it."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from midfill.backends.remote import RemoteBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.core.model import ErrorKind
from midfill.core.providers import PROVIDERS
from tests.backends.calls import REQUEST, answer, refusal, text
from tests.loopback.client import DIRECT, Loopback, loopback, loopback_process

__all__ = ["loopback", "loopback_process"]

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "midfill-servers"
PROXY = CACHE / "litellm" / "bin" / "litellm"
MASTER = "sk-" + "m4st3r" * 4
START_S = 300

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.xdist_group("litellm"),
    pytest.mark.skipif(
        not PROXY.exists() and not os.environ.get("CI_SERVERS_REQUIRED"),
        reason="LiteLLM's proxy is not installed: run tests/servers/fetch.sh",
    ),
]

CONFIG = """\
model_list:
  - model_name: team-model
    litellm_params:
      model: text-completion-openai/deepseek-flash
      api_base: {url}/beta
      api_key: sk-{key}
litellm_settings:
  num_retries: 0
  telemetry: false
general_settings:
  master_key: {master}
"""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def proxy(loopback_process: Loopback, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a running proxy."""
    folder = tmp_path_factory.mktemp("litellm")
    config = folder / "config.yaml"
    config.write_text(CONFIG.format(url=loopback_process.url, key="0a" * 16, master=MASTER))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_PROXY": "127.0.0.1"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [PROXY, f"--config={config}", "--host=127.0.0.1", f"--port={port}"],
            cwd=folder, env=environ, stdout=log, stderr=log,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url, process, folder / "log")
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _await(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{url}/health/liveliness", timeout=30, **DIRECT).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise RuntimeError(f"the proxy did not start: {log.read_text(errors='replace')[-2000:]}")


def opened(url: str, **options: Any) -> RemoteBackend:
    """Return a backend that calls a proxy."""
    asked: dict[str, Any] = {
        "provider": PROVIDERS["openai"],
        "base_url": url,
        "key": MASTER,
        "model": "team-model",
    }
    return RemoteBackend(RemoteOptions(**(asked | {"first_token_s": 300.0, "total_s": 300.0} | options)))


async def test_completion_streams_through_the_proxy(proxy: str, loopback: Loopback) -> None:
    """Prefix and suffix go through it unchanged, and the answer streams back with its tokens."""
    loopback.behave(text="a + b")
    backend = opened(proxy)
    chunks = await answer(backend)
    await backend.close()
    assert text(chunks) == "a + b"
    assert any(chunk.usage and chunk.usage.output for chunk in chunks)
    (call,) = loopback.log(1, path="/completions")
    assert (call["body"]["prompt"], call["body"]["suffix"]) == (
        REQUEST.prompt.prefix,
        REQUEST.prompt.suffix,
    )


@pytest.mark.parametrize(
    ("options", "kind"),
    [({"key": "sk-" + "wr0ng" * 5}, ErrorKind.BAD_KEY), ({"model": "nobody"}, ErrorKind.UNKNOWN_MODEL)],
)
async def test_refusals_of_the_proxy_are_reported(
    proxy: str, loopback: Loopback, options: dict[str, Any], kind: ErrorKind
) -> None:
    """A wrong key and an unknown model are reported as such."""
    backend = opened(proxy, **options)
    error = await refusal(backend)
    await backend.close()
    assert error.kind is kind
    assert MASTER not in str(error)


@pytest.mark.parametrize(("fault", "kinds"), [("429", {ErrorKind.RATE_LIMIT}), ("503", {ErrorKind.OVERLOAD})])
async def test_refusals_of_the_provider_are_reported(
    proxy: str, loopback: Loopback, fault: str, kinds: set[ErrorKind]
) -> None:
    """The provider's status comes through."""
    loopback.fail(fault, times=0)
    backend = opened(proxy)
    error = await refusal(backend)
    await backend.close()
    assert error.kind in kinds
