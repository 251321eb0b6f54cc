"""The address of a web service, and whether it is on this machine."""

import pytest

from midfill.core.service_urls import is_loopback, is_proxy_url, is_service_url, is_unencrypted, parsed_url


@pytest.mark.parametrize(
    "text",
    [
        "https://api.deepseek.com",
        "https://gateway.example:8443/v1?v=2",
        "http://127.0.0.1:8000",
        "http://[::1]:80/",
        "http://[fe80::1]/",
        "http://10.0.0.1",
        "http://1.2.3",
        "https://host/ü",
    ],
)
def test_valid_addresses(text: str) -> None:
    """They have a scheme, a host, and optional parts."""
    assert parsed_url(text) is not None
    assert is_service_url(text)
    assert is_proxy_url(text)


NONE = [
    "ftp://host",
    "http:/host",
    "https:/host/v1",
    "HTTPS:host",
    "https://",
    "https:///path",
    "http://999.999.999.999",
    "http://1.2.3.256/",
    "http://01.2.3.4/",
    "http://[v1.x]:1/",
    "http://[::1",
    "http://[::g]/",
    "http://[1.2.3.4]/",
    "http://host:port",
    "http://host:99999",
    "http://a b",
    "http://exa\u0301mple",
    "http://host/\x7f",
    "http://host/\ud800",
    "http://ho\nst",
    "http://" + "a" * 70_000,
    "http://host/" + "a" * 70_000,
]


@pytest.mark.parametrize("text", NONE, ids=range(len(NONE)))
def test_invalid_addresses(text: str) -> None:
    """They have invalid numbers or brackets, control characters, or are too long."""
    assert parsed_url(text) is None
    assert not is_service_url(text)
    assert not is_proxy_url(text)


def test_empty_address_is_the_default() -> None:
    """It is not invalid."""
    assert is_service_url("")
    assert is_proxy_url("")


def test_names_and_passwords() -> None:
    """A proxy's address may have a user name and password; a service's may not."""
    address = "http://ann:{pass}@proxy.example:3128"
    assert is_proxy_url(address)
    assert not is_service_url(address)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("::2", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("", False),
    ],
)
def test_loopback_addresses(host: str, here: bool) -> None:
    """`localhost`, 127.0.0.0/8 and ::1 are this machine."""
    assert is_loopback(host) == here


@pytest.mark.parametrize(
    ("address", "proxy", "readable"),
    [
        ("https://api.example", "", False),
        ("https://api.example", "http://proxy.example:3128", False),
        ("http://api.deepseek.com", "", False),
        ("", "http://proxy.example:3128", False),
        ("http://127.0.0.5:8000", "", False),
        ("http://[::1]:8000", "", False),
        ("http://localhost:8000", "http://localhost:3128", False),
        ("localhost:8000", "", False),
        ("http://localhost:8000", "http://proxy.example:3128", True),
        ("http://localhost:8000", "https://proxy.example:3128", True),
        ("http://api.example", "", True),
        ("http://api.example", "http://localhost:3128", True),
        ("http://10.0.0.1:8000", "", True),
        ("http://[fe80::1]:8000", "", True),
        ("HTTP://api.example", "", True),
        ("http://api.example/" + "a" * 3000, "", True),
        ("", "", False),
        ("http://localhost:8000", "socks5://localhost:1", True),
    ],
)
def test_plain_http_is_readable_by_others(address: str, proxy: str, readable: bool) -> None:
    """Without TLS others can read the text, unless it stays on this machine."""
    assert is_unencrypted(address, proxy) == readable
