"""The body of a request, and whether it was sent."""

from dataclasses import dataclass


@dataclass
class RequestBody:
    """The body of a request; a call that ends before it was sent costs nothing."""

    body: bytes
    sent: bool = False
    """A connection has taken the body."""
