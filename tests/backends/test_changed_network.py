"""Networks that change, have one kind of address only, or have two of which one is dead."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from midfill.core.model import ErrorKind
from tests.backends.calls import answer, refusal, text
from tests.backends.test_network import ANSWER, Server, opened

pytestmark = pytest.mark.anyio

ADDRESS = f"198.18.{os.getpid() // 250 % 250}.{os.getpid() % 250 + 1}"
"""An address of the range for benchmarks (RFC 2544), which no network uses."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@asynccontextmanager
async def serving_at(host: str, port: int = 0) -> AsyncIterator[Server]:
    """Serve at one address only."""
    server = Server(ANSWER)
    try:
        listener = await asyncio.start_server(server.serve, host, port)
    except OSError as error:
        pytest.skip(f"{host} cannot be served at: {error}")
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()


class Names:
    """A resolver that returns these addresses for `code.test`, and counts its calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
        self.addresses = addresses
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._resolved)

    def _resolved(self, host: Any, port: Any, *rest: Any, **more: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        if name != "code.test":
            return self._real(host, port, *rest, **more)
        if not self.addresses:
            raise socket.gaierror(socket.EAI_AGAIN, "temporary failure in name resolution")
        return [
            found
            for address in self.addresses
            for found in self._real(address, port, type=socket.SOCK_STREAM)
        ]


async def test_ipv6_only_server() -> None:
    """A server at ::1 only is reached by its address; plain HTTP to it is allowed."""
    async with serving_at("::1") as server, opened(f"http://[::1]:{server.port}") as backend:
        assert text(await answer(backend)) == "a"


@pytest.mark.parametrize(
    ("alive", "addresses"),
    [
        ("127.0.0.1", ["::1", "127.0.0.1"]),
        ("::1", ["127.0.0.1", "::1"]),
        ("::1", ["::1"]),
        ("::1", ["::1", "127.0.0.1"]),
    ],
)
async def test_name_with_one_dead_address(
    monkeypatch: pytest.MonkeyPatch, alive: str, addresses: list[str]
) -> None:
    """If one address refuses, the other one answers, in either order."""
    async with (
        serving_at(alive) as server,
        opened(f"http://code.test:{server.port}", allow_http=True) as backend,
    ):
        Names(monkeypatch, *addresses)
        assert text(await answer(backend)) == "a"
        assert server.connections == 1


async def test_name_with_a_silent_first_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that does not answer, as with broken IPv6, does not delay the other one."""
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    port = full.getsockname()[1]
    held = [socket.socket() for _ in range(3)]
    for client in held:  # The queue of unaccepted connections is full: the next one gets no answer.
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", port))
    try:
        async with (
            serving_at("::1", port),
            opened(f"http://code.test:{port}", allow_http=True, first_token_s=30, total_s=30) as backend,
        ):
            Names(monkeypatch, "127.0.0.1", "::1")
            assert text(await answer(backend)) == "a"
    finally:
        for one in (full, *held):
            one.close()


async def test_changed_address_of_a_name_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each new connection looks the host name up again, because another network has another address for it."""
    async with serving_at("127.0.0.1") as server:
        names = Names(monkeypatch)
        async with opened(f"http://code.test:{server.port}", allow_http=True) as backend:
            assert (await refusal(backend)).kind is ErrorKind.NETWORK
            names.addresses = ("127.0.0.1",)
            assert text(await answer(backend)) == "a"


@pytest.fixture
def address() -> Iterator[None]:
    """Give the loopback an address that can be removed."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("needs root and the ip command of Linux")
    if not give("add"):
        pytest.skip("no address can be given here")
    yield
    give("del")


def give(verb: str) -> bool:
    done = subprocess.run(["ip", "address", verb, f"{ADDRESS}/32", "dev", "lo"], capture_output=True)
    return done.returncode == 0


@pytest.mark.usefixtures("address")
async def test_removed_address_returns() -> None:
    """Without the address, the call ends with a network error within the deadline; later calls succeed."""
    limits = {"first_token_s": 5.0, "total_s": 5.0}
    async with (
        serving_at(ADDRESS) as server,
        opened(f"http://{ADDRESS}:{server.port}", allow_http=True, **limits) as backend,
    ):
        assert text(await answer(backend)) == "a"
        give("del")
        async with asyncio.timeout(60):
            assert (await refusal(backend)).kind in {ErrorKind.NETWORK, ErrorKind.TIMEOUT}
        give("add")
        assert text(await answer(backend)) == "a"
