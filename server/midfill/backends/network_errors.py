"""The failures of the network as BackendError, each with a remedy."""

import socket
import ssl
from typing import Final

import httpx

from midfill.core.model import BackendError, ErrorKind


def network_error(error: Exception, host: str) -> BackendError:
    """Return the error for `error`, of httpx or the operating system, in calls of `host`."""
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return BackendError(
            ErrorKind.NETWORK,
            f"The certificate of {host} is not trusted: set network.ca_file to the file of your network's "
            "certificate authority.",
        )
    kind = ErrorKind.TIMEOUT if isinstance(error, httpx.TimeoutException) else ErrorKind.NETWORK
    words = next((words for error_type, words in _WORDS.items() if isinstance(error, error_type)), _BROKEN)
    if isinstance(error, httpx.RemoteProtocolError) and "illegal" in str(error):  # In h11's words.
        words = _NO_HTTP
    return BackendError(kind, words.format(host=host, why=_why(causes)))


_WORDS: Final = {
    httpx.ProxyError: "The proxy does not connect to {host}: check network.proxy.",
    httpx.ConnectTimeout: "{host} cannot be reached in time: check the network and network.proxy.",
    httpx.TimeoutException: "{host} did not answer in time: check the network and network.proxy.",
    httpx.ConnectError: "{host} cannot be reached{why}: check the network, network.proxy and base_url.",
}
_NO_HTTP: Final = "The server at {host} does not use HTTP: check base_url."
_BROKEN: Final = (
    "The connection to {host} broke: check the network, network.proxy, and whether base_url is a web server."
)


def _why(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return " (its name is unknown)"
        if isinstance(cause, ConnectionRefusedError):
            return " (nothing listens there)"
        if isinstance(cause, ssl.SSLError):
            return " (TLS failed)"
    return ""


def _causes(error: BaseException) -> list[BaseException]:
    """Return `error` and its causes, with exception groups expanded."""
    chain: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        cause = todo.pop()
        if cause is not None and cause not in chain:
            chain.append(cause)
            todo += [cause.__cause__, cause.__context__]
            todo += cause.exceptions if isinstance(cause, BaseExceptionGroup) else ()
    return chain
