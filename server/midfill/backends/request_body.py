"""A body that is to be sent, and whether it was."""

from dataclasses import dataclass


@dataclass
class RequestBody:
    """The body of a request; a call that ends before it was sent has cost nothing."""

    body: bytes
    sent: bool = False
    """The connection stood, and has taken it."""
