"""Requests and notifications from the server to its client, undecoded like all that comes with every key."""

import logging
from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple

from midfill.lsp.framing import Message

log = logging.getLogger(__name__)

ERROR, WARNING = 1, 2
"""`MessageType` of LSP 3.18."""

REFRESH = "midfill/refresh"
"""Our own notification, `{uri}`, to clients that announce `experimental.midfill.refresh`."""


FIRST_NUMBER = 1 << 30
"""The number of our first request; no client reaches it with its own. Vim's `ch_sendexpr` refuses to answer a text."""


class Answer(NamedTuple):
    """What a client has answered."""

    result: Any = None
    refused: bool = False
    """It has answered with an error."""


Then = Callable[[Answer], None]


class Outgoing:
    """Sends to the client, and hands each of its answers to whoever asked, in the read that brought it.

    Args:
        send: sends a message.
    """

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self._numbers = count(FIRST_NUMBER)
        self._asked: dict[int, Then] = {}

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def request(self, method: str, params: Any, then: Then = lambda answer: None) -> int:
        """Send a request, and return its number; `then` takes the answer."""
        number = next(self._numbers)
        self._asked[number] = then
        self._send({"id": number, "method": method, "params": params})
        return number

    def withdraw(self, number: int) -> None:
        """Wait no longer for the answer to a request, and tell the client, unless it has answered."""
        if self._asked.pop(number, None) is not None:
            self.notify("$/cancelRequest", {"id": number})

    def show(self, kind: int, text: str) -> None:
        """Show the user a message."""
        self.notify("window/showMessage", {"type": kind, "message": text})

    def answered(self, message: Message) -> None:
        """Take an answer; one that nobody waits for is passed over."""
        number = message.get("id")
        then = self._asked.pop(number, None) if isinstance(number, int) else None
        if then is None:
            log.info("Ignored an answer to a request that was not made")
            return
        refused = message.get("error") is not None or "result" not in message
        then(Answer(None if refused else message["result"], refused))
