"""Distinguishes manual requests from requests by typing."""

from collections.abc import Mapping
from typing import Any

from midfill.core.timing import AUTOMATIC_WITHIN_S

INVOKED, AUTOMATIC = 1, 2
"""`InlineCompletionTriggerKind` of LSP 3.18."""

OLD_CLIENT_REQUESTS = 3
"""Number of such consecutive requests that identify an old client."""


class TriggerDetector:
    """Distinguishes manual requests from automatic ones, for old clients as well.

    vscode-languageclient 9 and older send VS Code's own numbers (0 invoked, 1 automatic), so that an automatic request
    looks like an invoked one. A client counts as old when it sends a 0, or several 1 right after changes and never a 2.
    """

    def __init__(self) -> None:
        self._counts_from_zero = self._counts_from_one = False
        self._immediate_requests = 0
        self._changed = ("", float("-inf"))
        """The document changed last, and the time."""

    def changed(self, uri: str, now: float) -> None:
        """Record a change of a document at `now` (seconds)."""
        self._changed = (uri, now)

    def is_manual(self, params: Mapping[str, Any], now: float, *, popup: bool) -> bool:
        """Return whether a request at `now` (seconds) was manual.

        A popup opens by itself in most clients, even if they report it as invoked.
        """
        if popup:
            return False
        kind = (params.get("context") or {}).get("triggerKind", AUTOMATIC)
        uri, changed = self._changed
        self._learn(kind, now - changed if params["textDocument"]["uri"] == uri else float("inf"))
        return bool(kind == (0 if self._counts_from_zero else INVOKED))

    def _learn(self, kind: int, since_change: float) -> None:
        self._counts_from_one |= kind == AUTOMATIC
        self._immediate_requests = (
            self._immediate_requests + 1 if kind == INVOKED and since_change < AUTOMATIC_WITHIN_S else 0
        )
        suspicious = self._immediate_requests >= OLD_CLIENT_REQUESTS and not self._counts_from_one
        self._counts_from_zero |= kind == 0 or suspicious
