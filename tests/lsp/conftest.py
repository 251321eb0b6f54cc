"""The fixtures of these tests: an environment, a server, and a DeepSeek on the loopback."""

import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.bench.process import quiet_home
from tests.client import LspClient
from tests.loopback.client import Loopback, loopback, loopback_process
from tests.lsp.editor import AT_ONCE, Page, running

__all__ = ["loopback", "loopback_process"]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def bare() -> Iterator[dict[str, str]]:
    """An environment without a key, with a settings file without a debounce."""
    with quiet_home() as home:
        config = Path(home["HOME"], "config.toml")
        config.write_text(AT_ONCE, "utf-8")
        yield {**home, "MIDFILL_CONFIG": str(config)}


@pytest.fixture(scope="module")
def env(bare: dict[str, str], loopback_process: Loopback) -> dict[str, str]:
    """An environment with a key and the loopback as the API."""
    key = "sk-" + "k3y0" * 8
    return {**bare, "MIDFILL_BASE_URL": loopback_process.url, "DEEPSEEK_API_KEY": key}


@pytest.fixture(scope="module")
async def server(env: dict[str, str]) -> AsyncIterator[LspClient]:
    """One server for the tests of a module that do not change it.

    Its client has asked while typing: one that never does could be an old one, whose manual requests look different.
    """
    async with running(env) as client:
        page = Page(client, "▮")
        assert await page.items() == []
        client.close(page.uri)
        yield client
        client.check()
        assert all(times == 1 for number, times in client.answers.items() if number is not None), (
            "a request was answered twice"
        )


@pytest.fixture(autouse=True)
def _initial_loopback(request: pytest.FixtureRequest) -> None:
    """Reset the loopback before a test that reaches it through its server only."""
    if "loopback_process" in request.fixturenames:
        request.getfixturevalue("loopback_process").reset()


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """Let a test that hangs fail."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def late(*_: object) -> None:
        raise TimeoutError("the test hangs")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(180)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
