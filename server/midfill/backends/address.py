"""Where an API is, made out of what people paste as its address."""

from typing import NamedTuple
from urllib.parse import SplitResult, urlunsplit

from midfill.core.model import Kind, ModelError
from midfill.core.web import DEEPSEEK, DEEPSEEK_HOST, parsed

_ENDPOINTS = ("/chat/completions", "/fim/completions", "/completions", "/models", "/user/balance")


class Address(NamedTuple):
    """The addresses of one API."""

    completions: str
    """Where text is filled in."""
    models: str
    balance: str
    host: str
    """Host, and port when it is not the scheme's own: how messages call the API."""


def deepseek_address(base_url: str) -> Address:
    """Return the endpoints behind `base_url`, which may be a host, a base, or a full endpoint.

    DeepSeek's own host fills in the middle under `/beta` only, whatever was pasted. Gateways that serve its
    API do the same under their own root, unless their address says `/v1` (then `/v1/completions`) or names a
    completions endpoint (then that one). Raises ModelError (bad setting) when it is no web address.
    """
    url = parsed(base_url.strip() or DEEPSEEK)
    if url is None:
        raise unusable()
    ours = url.hostname == DEEPSEEK_HOST
    path = _collapsed(url.path)
    base = _without_endpoint(path)
    root = _without(base, "/beta", "/v1") if ours else _without(base, "/beta")
    below = "/completions" if root.endswith("/v1") else "/beta/completions"
    named = path.endswith("/completions") and not path.endswith("/chat/completions") and not ours
    return Address(
        completions=_joined(url, path if named else root + below),
        models=_joined(url, root + "/models"),
        balance=_joined(url, root.removesuffix("/v1") + "/user/balance"),
        host=url.netloc,
    )


def unusable() -> ModelError:
    """Return the error for a `base_url` that is no web address."""
    return ModelError(
        Kind.BAD_SETTING,
        f"base_url is not a usable web address: set it to something like {DEEPSEEK}, "
        "without a user name or password in it.",
    )


def _collapsed(path: str) -> str:
    return "".join("/" + part for part in path.split("/") if part)


def _without_endpoint(path: str) -> str:
    for endpoint in _ENDPOINTS:
        if path.endswith(endpoint):
            return path.removesuffix(endpoint)
    return path


def _without(path: str, *ends: str) -> str:
    """Return `path` without any of `ends`, however many of them it ends with."""
    while path.endswith(ends):
        path = path[: path.rindex("/")]
    return path


def _joined(url: SplitResult, path: str) -> str:
    return urlunsplit((url.scheme, url.netloc, path, url.query, ""))
