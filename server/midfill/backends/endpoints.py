"""The endpoints of an API, from the address that a user pastes."""

import re
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

from midfill.core.model import BackendError, ErrorKind
from midfill.core.providers import Provider
from midfill.core.service_urls import DEEPSEEK, parsed_url

_ENDPOINTS = ("/chat/completions", "/fim/completions", "/completions", "/models", "/user/balance")
_VERSION = re.compile(r"/v\d+(?:beta\d*)?\Z")


class Endpoints(NamedTuple):
    """The endpoints of one API."""

    completions: str
    """The completion endpoint."""
    models: str
    balance: str
    """The balance endpoint; empty if there is none."""
    host: str
    """Host, and port if it is not the scheme's default: the API's name in messages."""


def endpoints_of(provider: Provider, base_url: str) -> Endpoints:
    """Return the endpoints of `base_url`, which may be a host, a base, or a full endpoint.

    At a provider's own host, its version always precedes its endpoint: DeepSeek offers FIM only under `/beta`. Gateways
    to its API use the same path below their own root, unless their address contains another version (`/v1`, `/api/v3`:
    the endpoint follows it) or names an endpoint (which is used). Raises BackendError (bad setting) if it is not a web
    address.
    """
    url = parsed_url(base_url.strip() or provider.base_url)
    if url is None:
        raise invalid_address(provider)
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
    return Endpoints(
        completions=_with_path(url, path if named else root + ("" if versioned else version) + endpoint),
        models=_with_path(url, root + lists),
        balance=_with_path(url, balance) if balance else "",
        host=url.netloc,
    )


def host_of(provider: Provider) -> str:
    """Return the provider's own host."""
    return urlsplit(provider.base_url).hostname or ""


def invalid_address(provider: Provider | None = None) -> BackendError:
    """Return the error for a `base_url` that is not a web address."""
    example = provider.base_url if provider else DEEPSEEK
    return BackendError(
        ErrorKind.BAD_SETTING,
        f"base_url is not a usable web address: set it to something like {example}, "
        "without a user name or password in it.",
    )


def _split(path: str) -> tuple[str, str]:
    """Return the version at the start of a provider's path, and the endpoint after it."""
    first, _, rest = path.removeprefix("/").partition("/")
    return (f"/{first}", f"/{rest}") if rest else ("", path)


def _collapsed(path: str) -> str:
    return "".join("/" + part for part in path.split("/") if part)


def _endpoint(path: str, own: str) -> str:
    """Return the endpoint at the end of `path`; empty if there is none."""
    return next(
        (
            endpoint
            for endpoint in (own, *_ENDPOINTS)
            if path.endswith(endpoint) and _is_whole_endpoint(path, endpoint)
        ),
        "",
    )


def _is_whole_endpoint(path: str, endpoint: str) -> bool:
    """Whether `endpoint` is not the end of a longer one, as `/completions` in `/chat/completions`."""
    longer = (other for other in _ENDPOINTS if other != endpoint and other.endswith(endpoint))
    return not any(path.endswith(other) for other in longer)


def _without(path: str, *ends: str) -> str:
    """Return `path` without any repetition of `ends` at its end."""
    while path.endswith(ends):
        path = path[: path.rindex("/")]
    return path


def _with_path(url: SplitResult, path: str) -> str:
    return urlunsplit((url.scheme, url.netloc, path, url.query, ""))
