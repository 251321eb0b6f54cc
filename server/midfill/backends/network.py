"""The connection to the network: proxies and certificate authorities."""

import socket
import ssl
from dataclasses import dataclass
from os.path import expanduser
from typing import Final
from urllib.request import getproxies, proxy_bypass

import httpx
import truststore

from midfill.core.model import BackendError, ErrorKind
from midfill.core.service_urls import UNENCRYPTED_MESSAGE, is_loopback, is_unencrypted

KEEP_ALIVE_S: Final = 300.0
"""Seconds that an idle connection is kept. httpx's own default of 5 costs a reconnect after each pause."""

_SOCKET: Final = [
    (level, getattr(socket, name), value)
    for level, name, value in (
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 45),
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 5),
        (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3),
    )
    if hasattr(socket, name)
]
"""TCP keep-alive, in seconds and tries, where the system supports it.

Routers drop connections that are idle for minutes, and some connections die while the machine sleeps. The socket
detects this, so that no call waits on a dead connection.
"""


@dataclass(frozen=True)
class NetworkOptions:
    """The network settings."""

    proxy: str = ""
    """Address of a proxy; empty for the environment's."""
    ca_file: str = ""
    """PEM file of certificate authorities; empty for the system's."""
    allow_http: bool = False
    """Whether unencrypted HTTP to another machine is allowed."""


def open_transport(url: httpx.URL, network: NetworkOptions) -> httpx.AsyncHTTPTransport:
    """Return a transport for HTTP/1.1 only: closing a stream early must end it.

    Under HTTP/2 httpcore 1.0 leaves a closed stream running (encode/httpcore#944), so the rest is written and billed.
    """
    way = network.proxy or _environment_proxy(url)
    if not network.allow_http and is_unencrypted(f"{url.scheme}://{url.netloc.decode()}", way):
        raise BackendError(ErrorKind.BAD_SETTING, f"base_url {UNENCRYPTED_MESSAGE}")
    trust = ssl_context(network.ca_file)
    try:
        proxy = _proxy(way, trust)
        return httpx.AsyncHTTPTransport(
            verify=trust,
            socket_options=_SOCKET,
            proxy=proxy,
            limits=httpx.Limits(
                max_connections=None, max_keepalive_connections=8, keepalive_expiry=KEEP_ALIVE_S
            ),
        )
    except ImportError:
        message = 'The proxy of the environment is a SOCKS proxy, which needs: pip install "httpx[socks]".'
        raise BackendError(ErrorKind.BAD_SETTING, message) from None
    except (ValueError, httpx.InvalidURL):
        message = "The address of the proxy cannot be used: set network.proxy to one like http://HOST:PORT."
        raise BackendError(ErrorKind.BAD_SETTING, message) from None


def _proxy(address: str, trust: ssl.SSLContext) -> httpx.Proxy | None:
    if not address:
        return None
    return httpx.Proxy(address, ssl_context=trust if address.startswith("https:") else None)


def _environment_proxy(url: httpx.URL) -> str:
    """Return the proxy for `url` from the environment or the operating system's settings."""
    host = url.raw_host.decode("ascii")  # `host` raises IDNAError for some names that DNS may know.
    if is_loopback(host) or proxy_bypass(host):
        return ""
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all") or ""
    return proxy if "://" in proxy or not proxy else f"http://{proxy}"


def ssl_context(ca_file: str) -> ssl.SSLContext:
    """Return the trusted authorities: those in `ca_file`, or the operating system's."""
    if not ca_file:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    path = expanduser(ca_file)
    try:
        context = ssl.create_default_context(cafile=path)
    except FileNotFoundError:
        raise BackendError(ErrorKind.BAD_SETTING, f"network.ca_file: there is no file {path}.") from None
    except (OSError, ValueError) as error:
        message = f"network.ca_file: {path} cannot be read as PEM certificates."
        raise BackendError(ErrorKind.BAD_SETTING, message) from error
    # Python 3.13 made this the default; certificate authorities of company networks often do not comply.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
