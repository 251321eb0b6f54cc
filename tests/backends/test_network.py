"""The connection to the API: certificates, proxies, unreachable addresses."""

import asyncio
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from midfill.backends.api_identity import ApiIdentity
from midfill.backends.http import HttpClient
from midfill.backends.network import NetworkOptions
from midfill.backends.remote import RemoteBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.backends.request_body import RequestBody
from midfill.core.model import BackendError, ErrorKind
from tests.backends.calls import KEY, answer, refusal, text

pytestmark = pytest.mark.anyio

EVENT = b'data: {"choices":[{"text":"a","finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(EVENT), EVENT)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


class Server:
    """Gives each request the same answer; records the request lines and counts the connections."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply
        self.lines: list[str] = []
        self.connections = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.lines.append(head.split(b"\r\n")[0].decode())
                length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                await reader.readexactly(int(length[0].split(b":")[1]) if length else 0)
                writer.write(self.reply)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(reply: bytes = ANSWER, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    server = Server(reply)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()


@asynccontextmanager
async def opened(base_url: str, **options: Any) -> AsyncIterator[RemoteBackend]:
    deepseek = RemoteBackend(RemoteOptions(key=KEY, base_url=base_url, **options))
    try:
        yield deepseek
    finally:
        await deepseek.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that signs itself, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command")
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=loopback", "-addext", "subjectAltName=IP:127.0.0.1",
         "-out", str(files[0]), "-keyout", str(files[1])],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return files


def tls_of(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


async def test_own_certificate_authority(certificate: tuple[Path, Path]) -> None:
    """With `network.ca_file` a private certificate is trusted, and its connection is kept."""
    async with serving(tls=tls_of(certificate)) as server:
        async with opened(f"https://127.0.0.1:{server.port}", ca_file=str(certificate[0])) as deepseek:
            assert text(await answer(deepseek)) == "a"
            assert text(await answer(deepseek)) == "a"
        assert server.connections == 1


@pytest.mark.skipif(sys.platform != "linux", reason="on other systems no variable sets the system's store")
async def test_certificate_authorities_of_the_system(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any setting the system's authorities are trusted, in each place that the system can name."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    async with (
        serving(tls=tls_of(certificate)) as server,
        opened(f"https://127.0.0.1:{server.port}") as deepseek,
    ):
        assert text(await answer(deepseek)) == "a"


async def test_sockets_use_keep_alive() -> None:
    """An idle connection uses TCP's keep-alive."""
    async with serving() as server:
        url = f"http://127.0.0.1:{server.port}/models"
        http = HttpClient(ApiIdentity("127.0.0.1"), url, NetworkOptions())
        answer = await http.post(url, RequestBody(b"{}"))
        raw = answer._response.extensions["network_stream"].get_extra_info("socket")
        assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        await answer.close()
        await http.close()


async def test_untrusted_certificate_is_reported(certificate: tuple[Path, Path]) -> None:
    """Without the setting, the message names it, and the key is not sent."""
    async with (
        serving(tls=tls_of(certificate)) as server,
        opened(f"https://127.0.0.1:{server.port}") as deepseek,
    ):
        error = await refusal(deepseek)
        assert server.lines == []
    assert error.kind is ErrorKind.NETWORK
    assert f"The certificate of 127.0.0.1:{server.port} is not trusted: set network.ca_file" in str(error)


async def test_server_without_tls_is_reported() -> None:
    """The messages for a server without TLS and for an unreachable server differ."""

    def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        writer.close()

    listener = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with opened(f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}") as deepseek:
        error = await refusal(deepseek)
    listener.close()
    assert error.kind is ErrorKind.NETWORK
    assert "(TLS failed)" in str(error)


async def test_port_without_a_listener_is_reported() -> None:
    """The message says so."""
    async with serving() as server:
        port = server.port
    async with opened(f"http://127.0.0.1:{port}") as deepseek:
        error = await refusal(deepseek)
    assert error.kind is ErrorKind.NETWORK
    assert f"127.0.0.1:{port} cannot be reached (nothing listens there)" in str(error)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no file"),
        (b"", "cannot be read as PEM certificates"),
        (
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "cannot be read as PEM certificates",
        ),
        (b"\xff\x00", "cannot be read as PEM certificates"),
    ],
)
async def test_broken_ca_file_is_reported(tmp_path: Path, content: bytes | None, words: str) -> None:
    """A missing or broken certificate file is reported by its name before anything is sent."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    async with opened("", ca_file=str(path)) as deepseek:
        error = await refusal(deepseek)
    assert error.kind is ErrorKind.BAD_SETTING
    assert words in str(error)
    assert str(path) in str(error)


async def test_ca_file_that_is_a_folder_is_reported(tmp_path: Path) -> None:
    """The message says that it is a folder."""
    async with opened("", ca_file=str(tmp_path)) as deepseek:
        assert (await refusal(deepseek)).kind is ErrorKind.BAD_SETTING


async def test_ca_file_with_an_invalid_name_is_reported() -> None:
    """An impossible file name causes an error, not a crash."""
    for name in ("~nobody-here/ca.pem", "a\0b"):
        async with opened("", ca_file=name) as deepseek:
            assert (await refusal(deepseek)).kind is ErrorKind.BAD_SETTING


@pytest.mark.parametrize(
    "host", ["a" * 70 + ".invalid", "a..invalid", "-", "xn--a", "xn--", "xn--ls8h.invalid"]
)
async def test_invalid_host_name_is_reported(host: str) -> None:
    """An impossible host name is an ordinary error."""
    async with opened(f"http://{host}", first_token_s=2, allow_http=True) as deepseek:
        assert (await refusal(deepseek)).kind in {ErrorKind.NETWORK, ErrorKind.BAD_SETTING, ErrorKind.TIMEOUT}
    async with opened("https://api.example", proxy=f"http://{host}", first_token_s=2) as deepseek:
        assert (await refusal(deepseek)).kind in {ErrorKind.NETWORK, ErrorKind.BAD_SETTING, ErrorKind.TIMEOUT}


async def test_server_without_keep_alive_is_called_once() -> None:
    """A server that closes after each answer is called once each time."""
    async with serving(ANSWER.replace(b"content-length", b"connection: close\r\ncontent-length")) as server:
        async with opened(f"http://127.0.0.1:{server.port}") as deepseek:
            for _ in range(3):
                assert text(await answer(deepseek)) == "a"
        assert server.connections == 3


async def test_proxy_setting_is_used() -> None:
    """With `network.proxy` requests go there."""
    async with serving() as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        async with opened("http://api.example", proxy=address, allow_http=True) as deepseek:
            assert text(await answer(deepseek)) == "a"
        assert proxy.lines == ["POST http://api.example/beta/completions HTTP/1.1"]


@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy"])
@pytest.mark.parametrize("scheme", ["http://", ""])
async def test_proxy_of_the_environment_is_used(
    monkeypatch: pytest.MonkeyPatch, variable: str, scheme: str
) -> None:
    """Without the setting, the environment's proxies are used."""
    async with serving() as proxy:
        monkeypatch.setenv(variable, f"{scheme}127.0.0.1:{proxy.port}")
        async with opened("http://api.example", allow_http=True) as deepseek:
            assert text(await answer(deepseek)) == "a"
        assert len(proxy.lines) == 1


@pytest.mark.parametrize("exempt", [None, "127.0.0.1"])
async def test_no_proxy_is_respected(monkeypatch: pytest.MonkeyPatch, exempt: str | None) -> None:
    """Hosts that the environment exempts, and this machine, are called directly."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    if exempt:
        monkeypatch.setenv("no_proxy", exempt)
    async with serving() as server, opened(f"http://127.0.0.1:{server.port}") as deepseek:
        assert text(await answer(deepseek)) == "a"


async def test_refusing_proxy_is_reported() -> None:
    """The messages for a proxy that requires a password and an API that requires a key differ."""
    async with serving(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n") as proxy:
        for base_url in ("http://api.example", "https://api.example"):
            address = f"http://127.0.0.1:{proxy.port}"
            async with opened(base_url, proxy=address, allow_http=True) as deepseek:
                error = await refusal(deepseek)
            assert error.kind is ErrorKind.NETWORK
            assert "network.proxy" in str(error)


async def test_socks_without_its_package_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message for a SOCKS proxy names the package that it requires."""
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:9")
    async with opened("https://api.example") as deepseek:
        error = await refusal(deepseek)
    assert error.kind is ErrorKind.BAD_SETTING
    assert "httpx[socks]" in str(error)


@pytest.mark.parametrize(
    "proxy", ["gopher://127.0.0.1:9", "http://[::1", "http://127.0.0.1:x", "http://[v1.x]:1/"]
)
async def test_unusable_proxy_address_is_reported(proxy: str) -> None:
    """An unusable proxy address is reported before anything is sent."""
    async with opened("https://api.example", proxy=proxy) as deepseek:
        error = await refusal(deepseek)
    assert error.kind is ErrorKind.BAD_SETTING
    assert "set network.proxy" in str(error)


@pytest.mark.parametrize(
    ("base_url", "options"),
    [
        ("http://api.example", {}),
        ("http://192.0.2.1", {}),
        ("http://api.example/" + "a" * 1975, {}),
        ("http://api.example", {"proxy": "http://127.0.0.1:{port}"}),
        ("http://localhost:1", {"proxy": "http://proxy.example:3128"}),
    ],
)
async def test_plain_http_needs_permission(base_url: str, options: dict[str, str]) -> None:
    """Nothing is sent, not even to a local proxy, which would forward it."""
    async with serving() as proxy:
        ways = {name: value.format(port=proxy.port) for name, value in options.items()}
        async with opened(base_url, **ways) as deepseek:
            error = await refusal(deepseek)
        assert proxy.lines == []
    assert error.kind is ErrorKind.BAD_SETTING
    assert "set network.allow_http to true" in str(error)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only 127.0.0.1 is set up")
async def test_loopback_needs_neither_tls_nor_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """It requires neither TLS nor a proxy."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with opened("http://127.0.0.2:9") as deepseek:
        assert "127.0.0.2:9 cannot be reached (nothing listens there)" in str(await refusal(deepseek))


async def test_address_that_only_httpx_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """If httpx is stricter than midfill, the message still names the setting."""

    def strict(url: str) -> httpx.URL:
        raise httpx.InvalidURL(url)

    monkeypatch.setattr("midfill.backends.http.httpx.URL", strict)
    async with opened("https://strange.example") as deepseek:
        error = await refusal(deepseek)
        assert error.kind is ErrorKind.BAD_SETTING
        assert "base_url is not a usable web address" in str(error)
        await deepseek.warm()


async def test_warm_reports_no_error() -> None:
    """Warming reports no error."""
    async with opened("https://api.example", proxy="http://127.0.0.1:9") as deepseek:
        await deepseek.warm()
        with pytest.raises(BackendError):
            await deepseek.models()
