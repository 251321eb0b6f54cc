"""Requests and notifications from the server to its client, as undecoded JSON."""

import logging
from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple

from midfill.lsp.framing import Message

log = logging.getLogger(__name__)

ERROR, WARNING = 1, 2
"""`MessageType` of LSP 3.18."""

REFRESH = "midfill/refresh"
"""midfill's own notification, `{uri}`, to clients that announce `experimental.midfill.refresh`."""


FIRST_NUMBER = 1 << 30
"""The server's first request number, out of clients' range. Vim's `ch_sendexpr` does not answer a string id."""


class Response(NamedTuple):
    """A client's answer."""

    result: Any = None
    refused: bool = False
    """The answer is an error."""


OnResponse = Callable[[Response], None]


class Outgoing:
    """Sends to the client, and passes each answer to its requester at once.

    Args:
        send: sends a message.
    """

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self._numbers = count(FIRST_NUMBER)
        self._callbacks: dict[int, OnResponse] = {}

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def request(self, method: str, params: Any, on_response: OnResponse = lambda answer: None) -> int:
        """Send a request, and return its number; `on_response` is called with the answer."""
        number = next(self._numbers)
        self._callbacks[number] = on_response
        self._send({"id": number, "method": method, "params": params})
        return number

    def cancel(self, number: int) -> None:
        """Cancel a request, unless the client has answered."""
        if self._callbacks.pop(number, None) is not None:
            self.notify("$/cancelRequest", {"id": number})

    def show(self, kind: int, text: str) -> None:
        """Show the user a message."""
        self.notify("window/showMessage", {"type": kind, "message": text})

    def answered(self, message: Message) -> None:
        """Handle an answer; an unexpected one is ignored."""
        number = message.get("id")
        on_response = self._callbacks.pop(number, None) if isinstance(number, int) else None
        if on_response is None:
            log.info("Ignored an answer to a request that was not made")
            return
        refused = message.get("error") is not None or "result" not in message
        on_response(Response(None if refused else message["result"], refused))
