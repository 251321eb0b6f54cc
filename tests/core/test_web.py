"""What is the address of a web service, and whether it is on this machine."""

import pytest

from midfill.core.web import is_proxy, is_service, parsed


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
def test_addresses(text: str) -> None:
    """A scheme, a host, and what may follow it."""
    assert parsed(text) is not None
    assert is_service(text)
    assert is_proxy(text)


NONE = [
    "ftp://host",
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
def test_what_is_none(text: str) -> None:
    """Numbers that are no address, brackets around something else, control characters, texts without an end."""
    assert parsed(text) is None
    assert not is_service(text)
    assert not is_proxy(text)


def test_an_empty_setting_is_none_of_it() -> None:
    """It means the default."""
    assert is_service("")
    assert is_proxy("")


def test_names_and_passwords() -> None:
    """A proxy may have them; a service has a key."""
    address = "http://ann:{pass}@proxy.example:3128"
    assert is_proxy(address)
    assert not is_service(address)
