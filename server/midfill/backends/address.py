"""Where an API is, made out of what people paste as its address."""

import re
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

from midfill.core.model import Kind, ModelError
from midfill.core.providers import Provider
from midfill.core.web import DEEPSEEK, parsed

_ENDPOINTS = ("/chat/completions", "/fim/completions", "/completions", "/models", "/user/balance")
_VERSION = re.compile(r"/v\d+(?:beta\d*)?\Z")


class Address(NamedTuple):
    """The addresses of one API."""

    completions: str
    """Where text is filled in."""
    models: str
    balance: str
    """Where the money left is told; empty: nowhere."""
    host: str
    """Host, and port when it is not the scheme's own: how messages call the API."""


def address_of(provider: Provider, base_url: str) -> Address:
    """Return the endpoints behind `base_url`, which may be a host, a base, or a full endpoint.

    At its own host, a provider's version stands before its endpoint, whatever was pasted: DeepSeek fills in the middle
    under `/beta` only. Gateways that serve its API do the same under their own root, unless their address says another
    version (`/v1`, `/api/v3`: then the endpoint follows that) or names an endpoint (then that one). Raises ModelError
    (bad setting) when it is no web address.
    """
    url = parsed(base_url.strip() or provider.base_url)
    if url is None:
        raise unusable(provider)
    own = url.hostname == host_of(provider)
    version, endpoint = _split(provider.path)
    path = _collapsed(url.path)
    found = _endpoint(path, endpoint)
    root = _without(
        path.removesuffix(found), *{version, *(("/v1",) if own or version in {"", "/api"} else ())} - {""}
    )
    versioned = bool(_VERSION.search(root))
    named = not own and found in {endpoint, "/fim/completions" if endpoint == "/completions" else endpoint}
    lists = "/models" if versioned or version == "/beta" else "/v1/models"
    balance = root.removesuffix("/v1") + provider.balance_path if provider.balance_path else ""
    return Address(
        completions=_joined(url, path if named else root + ("" if versioned else version) + endpoint),
        models=_joined(url, root + lists),
        balance=_joined(url, balance) if balance else "",
        host=url.netloc,
    )


def host_of(provider: Provider) -> str:
    """Return the provider's own host."""
    return urlsplit(provider.base_url).hostname or ""


def unusable(provider: Provider | None = None) -> ModelError:
    """Return the error for a `base_url` that is no web address."""
    example = provider.base_url if provider else DEEPSEEK
    return ModelError(
        Kind.BAD_SETTING,
        f"base_url is not a usable web address: set it to something like {example}, "
        "without a user name or password in it.",
    )


def _split(path: str) -> tuple[str, str]:
    """Return the version that a provider's path begins with, and the endpoint behind it."""
    first, _, rest = path.removeprefix("/").partition("/")
    return (f"/{first}", f"/{rest}") if rest else ("", path)


def _collapsed(path: str) -> str:
    return "".join("/" + part for part in path.split("/") if part)


def _endpoint(path: str, own: str) -> str:
    """Return the endpoint that `path` ends with; empty if it ends with none."""
    return next(
        (endpoint for endpoint in (own, *_ENDPOINTS) if path.endswith(endpoint) and _whole(path, endpoint)),
        "",
    )


def _whole(path: str, endpoint: str) -> bool:
    """Whether `endpoint` is not the end of a longer one: `/completions` of `/chat/completions`."""
    longer = (other for other in _ENDPOINTS if other != endpoint and other.endswith(endpoint))
    return not any(path.endswith(other) for other in longer)


def _without(path: str, *ends: str) -> str:
    """Return `path` without any of `ends`, however many of them it ends with."""
    while path.endswith(ends):
        path = path[: path.rindex("/")]
    return path


def _joined(url: SplitResult, path: str) -> str:
    return urlunsplit((url.scheme, url.netloc, path, url.query, ""))
