"""The messages allowed in each phase (LSP 3.18, "Server lifecycle")."""

from dataclasses import dataclass

INVALID_REQUEST, NOT_INITIALIZED = -32600, -32002
"""Error codes (JSON-RPC 2.0, and LSP 3.18 "ErrorCodes")."""


@dataclass
class Lifecycle:
    """The phase of a conversation: `initialize` starts it; after `shutdown` only `exit` is allowed."""

    begun: bool = False
    shut_down: bool = False

    def phase_error(self, method: str | None) -> tuple[int, str] | None:
        """Return the error for a message in the wrong phase; None if it is allowed. Answers are always allowed."""
        if method == "exit" or method is None:
            return None
        if self.shut_down:
            return INVALID_REQUEST, "the server has been shut down"
        if method == "initialize":
            return (INVALID_REQUEST, "the server is initialized already") if self.begun else None
        return None if self.begun else (NOT_INITIALIZED, "the first request has to be initialize")
