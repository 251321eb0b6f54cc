"""The authentication of clients on a socket: one client, and only with the token."""

import asyncio
import hmac
from typing import Any

from midfill.lsp.configuration import TOKEN
from midfill.lsp.dispatch import InvalidMessageError, error_response, parsed
from midfill.lsp.framing import Message, framed
from midfill.lsp.lifecycle import INVALID_REQUEST, Lifecycle
from midfill.lsp.transport import Connect, MessageHandler, Writer

REQUEST_FAILED = -32803
"""Error code (LSP 3.18, "ErrorCodes")."""
NO_TOKEN = (
    "The token is missing or wrong. `midfill serve` prints it when it starts, or its --token-file holds it. Give it "  # noqa: S105
    "as initializationOptions.token, or on a WebSocket as ?token=... in the address or as the header "
    "`Authorization: Bearer ...`."
)
OTHER_CLIENT = "Another client is connected. Start another server."

TOKEN_TIMEOUT_S = 30.0
"""Seconds within which a connection has to send the token."""
MAX_PENDING = 16
"""Maximum number of pending connections; one more closes the oldest."""


class Authenticator:
    """Admits one client. A connection without the token does not affect the others.

    Args:
        token: the token that the client has to send.
        connect: makes the message handler of the admitted client.
    """

    def __init__(self, token: str, connect: Connect) -> None:
        self.admitted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Set when the client is admitted."""
        self._token = token
        self._connect = connect
        self._pending: list[PendingConnection] = []

    def is_token(self, token: object) -> bool:
        """Whether this is the token; the time of the check does not depend on the argument."""
        return isinstance(token, str) and hmac.compare_digest(_bytes(token), _bytes(self._token))

    def pending(self, writer: Writer, *, has_token: bool = False) -> "PendingConnection":
        """Return the handler of a new connection; `has_token`: it has sent the token already."""
        pending = PendingConnection(self, writer, has_token=has_token)
        self._pending.append(pending)
        for oldest in self._pending[:-MAX_PENDING]:
            oldest.disconnect()
        return pending

    def admit(self, pending: "PendingConnection", writer: Writer) -> MessageHandler:
        """Return the handler of the one client, and close all other connections."""
        self.forget(pending)
        self.admitted.set_result(None)
        for other in list(self._pending):
            other.disconnect()
        return self._connect(writer, by_socket=True)

    def forget(self, pending: "PendingConnection") -> None:
        """Drop a connection that is closed or admitted."""
        if pending in self._pending:
            self._pending.remove(pending)


class PendingConnection:
    """A connection that may only send `initialize` with the token; after that, it passes on each message."""

    def __init__(self, authenticator: Authenticator, writer: Writer, *, has_token: bool) -> None:
        self._authenticator = authenticator
        self._writer = writer
        self._has_token = has_token
        self._handler: MessageHandler | None = None
        self._is_closed = False
        self._timeout = asyncio.get_running_loop().call_later(TOKEN_TIMEOUT_S, self.disconnect)

    @property
    def is_admitted(self) -> bool:
        """Whether the client is admitted."""
        return self._handler is not None

    def received(self, body: bytes) -> None:
        """Handle the body of one message."""
        if self._handler is not None:
            self._handler.received(body)
        elif not self._is_closed:
            try:
                self._handle(parsed(body), body)
            except InvalidMessageError as refused:
                self._send(refused.message)

    def connection_closed(self) -> None:
        """Handle the end of the connection."""
        if self._handler is not None:
            self._handler.connection_closed()
        else:
            self.disconnect()

    def disconnect(self) -> None:
        """Close a pending connection."""
        self._is_closed = True
        self._timeout.cancel()
        self._authenticator.forget(self)
        self._writer.close()

    def _handle(self, message: Message, body: bytes) -> None:
        method, request_id = message.get("method"), message.get("id")
        if method == "exit":
            self.disconnect()
        elif request_id is None:
            return
        elif phase_error := Lifecycle().phase_error(method):
            self._send(error_response(request_id, *phase_error))
        elif method == "initialize":
            self._initialize(request_id, message.get("params"), body)

    def _initialize(self, request_id: Any, params: Any, body: bytes) -> None:
        if not self._has_token and not self._authenticator.is_token(_token(params)):
            self._send(error_response(request_id, REQUEST_FAILED, NO_TOKEN, retry=False))
            self.disconnect()
        elif self._authenticator.admitted.done():
            self._send(error_response(request_id, INVALID_REQUEST, OTHER_CLIENT, retry=False))
            self.disconnect()
        else:
            self._timeout.cancel()
            self._handler = self._authenticator.admit(self, self._writer)
            self._handler.received(body)

    def _send(self, message: Message) -> None:
        self._writer.write(framed(message))


def _token(params: Any) -> object:
    options = params.get("initializationOptions") if isinstance(params, dict) else None
    return options.get(TOKEN) if isinstance(options, dict) else None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
