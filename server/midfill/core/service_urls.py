"""Addresses of web services: which texts are valid, and whether others can read the traffic."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

DEEPSEEK = "https://api.deepseek.com"
DEEPSEEK_HOST = "api.deepseek.com"

MAX_URL_CHARACTERS = 2000
"""Maximum characters of an address; httpx refuses more than 65,536, and many servers more than 8,000."""

UNENCRYPTED_MESSAGE = (
    "leads to another machine without TLS, by itself or by network.proxy, so that others could read the API key and "
    'your text: begin it with "https://", or set network.allow_http to true.'
)
"""The message for an address whose traffic others can read, after the name of its setting."""

_BRACKETED = re.compile(r"\[[^\]]*\](:[0-9]*)?")
_IPV4 = re.compile(r"[0-9]+(\.[0-9]+){3}")
_FORBIDDEN = frozenset(' "<>\\^`{|}')


def parsed_url(text: str) -> SplitResult | None:
    """Return `text` as an http(s) address; None if it is invalid or contains a user name.

    Without a scheme it is https, on this machine http. DeepSeek's own address is always https.
    """
    url = _split(text)
    return None if url is None or "@" in url.netloc else url._replace(netloc=url.netloc.lower())


def is_service_url(text: str) -> bool:
    """Whether `text` can be the address of a service; empty means the default."""
    return not text or parsed_url(text) is not None


def is_proxy_url(text: str) -> bool:
    """Whether `text` can be the address of a proxy, which may contain a user name and a password."""
    return not text or _split(text) is not None


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_unencrypted(address: str, proxy: str = "") -> bool:
    """Whether traffic to the service at `address`, by `proxy` if there is one, can be read in transit.

    An empty address means a service's own, which uses TLS.
    """
    url = parsed_url(address or DEEPSEEK)
    via = _split(proxy) if proxy else url
    if url is not None and url.scheme == "https":
        return False
    return not all(part is not None and is_loopback(part.hostname or "") for part in (url, via))


def _split(text: str) -> SplitResult | None:
    """Return `text` as an http(s) address, possibly with a user name; None if it is invalid."""
    if len(text) > MAX_URL_CHARACTERS or not text.isprintable():
        return None
    try:
        url = urlsplit(text if "://" in text else f"//{text}")
        host, _ = url.hostname or "", url.port  # urllib checks both only when they are read.
        is_valid = _is_host(host, url.netloc.rpartition("@")[2])
    except ValueError:
        return None
    scheme = url.scheme or ("http" if is_loopback(host) else "https")
    if host == DEEPSEEK_HOST:
        scheme = "https"  # The key must not be sent unencrypted.
    return url._replace(scheme=scheme) if is_valid and scheme in {"http", "https"} else None


def _is_host(host: str, netloc: str) -> bool:
    """Whether `host`, which urllib found in `netloc`, is a name or an IP address.

    Raises ValueError for an invalid address.
    """
    if "[" in netloc or "]" in netloc:
        IPv6Address(host)
        # urllib of Python 3.11 skips the text around the brackets.
        return _BRACKETED.fullmatch(netloc) is not None
    if _IPV4.fullmatch(host):
        IPv4Address(host)
    # `https:/host` has one slash too few: its "host" is the scheme.
    return host not in {"", "http", "https"} and host.isascii() and _FORBIDDEN.isdisjoint(host)
