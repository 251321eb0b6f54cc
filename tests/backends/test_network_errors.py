"""Failures of the network."""

import socket
import ssl

import httpx
import pytest

from midfill.backends.network_errors import network_error
from midfill.core.model import ErrorKind


def caused(error: httpx.HTTPError, cause: BaseException) -> httpx.HTTPError:
    try:
        raise error from cause
    except httpx.HTTPError as raised:
        return raised


CERTIFICATE = ssl.SSLCertVerificationError(1, "certificate verify failed")


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (httpx.ConnectTimeout(""), ErrorKind.TIMEOUT, "host cannot be reached in time"),
        (httpx.ReadTimeout(""), ErrorKind.TIMEOUT, "did not answer in time"),
        (httpx.WriteTimeout(""), ErrorKind.TIMEOUT, "did not answer in time"),
        (httpx.PoolTimeout(""), ErrorKind.TIMEOUT, "did not answer in time"),
        (httpx.ConnectError("x"), ErrorKind.NETWORK, "host cannot be reached: check the network"),
        (caused(httpx.ConnectError("x"), socket.gaierror(-2)), ErrorKind.NETWORK, "(its name is unknown)"),
        (caused(httpx.ConnectError("x"), ConnectionRefusedError()), ErrorKind.NETWORK, "(nothing listens there)"),
        (caused(httpx.ConnectError("x"), ExceptionGroup("", [ConnectionRefusedError()])), ErrorKind.NETWORK,
         "(nothing"),
        (caused(httpx.ConnectError("x"), ssl.SSLError(1, "version")), ErrorKind.NETWORK, "(TLS failed)"),
        (caused(httpx.ConnectError("x"), CERTIFICATE), ErrorKind.NETWORK, "not trusted: set network.ca_file"),
        (caused(httpx.ReadError("x"), CERTIFICATE), ErrorKind.NETWORK, "certificate of host is not trusted"),
        (httpx.ProxyError("407"), ErrorKind.NETWORK, "check network.proxy"),
        (httpx.RemoteProtocolError("x"), ErrorKind.NETWORK, "The connection to host broke"),
        (httpx.LocalProtocolError("x"), ErrorKind.NETWORK, "The connection to host broke"),
        (httpx.ReadError("x"), ErrorKind.NETWORK, "The connection to host broke"),
        (httpx.DecodingError("x"), ErrorKind.NETWORK, "The connection to host broke"),
        (ConnectionResetError(), ErrorKind.NETWORK, "The connection to host broke"),
    ],
)  # fmt: skip
def test_each_network_failure_has_a_cause(error: Exception, kind: ErrorKind, words: str) -> None:
    """Every failure of httpx has a cause and says what to check."""
    failure = network_error(error, "host")
    assert failure.kind is kind
    assert words in str(failure)
