"""Whether the user asked for a completion, or typing did."""

from collections.abc import Mapping
from typing import Any

INVOKED, AUTOMATIC = 1, 2
"""`InlineCompletionTriggerKind` of LSP 3.18."""

REFLEX = 0.05
"""Seconds behind a change within which no human presses another key: such a request comes from the typing."""
REFLEXES = 3
"""Such requests in a row that give an old client away."""


class Trigger:
    """Tells manual requests from automatic ones, for old clients as well.

    vscode-languageclient 9 and older pass VS Code's own numbers (0 invoked, 1 automatic) through, so that an
    automatic request reads as an invoked one. A client is taken for such a one when it sends a 0, or when it has
    sent several 1 right behind changes and never a 2.
    """

    def __init__(self) -> None:
        self._counts_from_zero = self._counts_from_one = False
        self._reflexes = 0
        self._changed = ("", float("-inf"))
        """The document that was changed last, and when."""

    def changed(self, uri: str, now: float) -> None:
        """Take note that a document was changed at `now` (seconds)."""
        self._changed = (uri, now)

    def is_manual(self, params: Mapping[str, Any], now: float, *, popup: bool) -> bool:
        """Return whether a request at `now` (seconds) was made by key or command.

        A popup opens by itself in most clients, also where it says that it was invoked.
        """
        if popup:
            return False
        kind = (params.get("context") or {}).get("triggerKind", AUTOMATIC)
        uri, changed = self._changed
        self._learn(kind, now - changed if params["textDocument"]["uri"] == uri else float("inf"))
        return bool(kind == (0 if self._counts_from_zero else INVOKED))

    def _learn(self, kind: int, since_change: float) -> None:
        self._counts_from_one |= kind == AUTOMATIC
        self._reflexes = self._reflexes + 1 if kind == INVOKED and since_change < REFLEX else 0
        suspicious = self._reflexes >= REFLEXES and not self._counts_from_one
        self._counts_from_zero |= kind == 0 or suspicious
