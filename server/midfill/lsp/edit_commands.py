"""The client's commands for next edits."""

from collections.abc import Callable
from typing import Any

from midfill.lsp.feature_switch import minutes_of
from midfill.lsp.service import Service


class EditCommands:
    """`workspace/executeCommand` for next edits; the docstring of a command is its row in server/REFERENCE.md."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.by_name: dict[str, Callable[..., Any]] = {
            "midfill.editAccepted": self._edit_accepted,
            "midfill.editRefused": self._edit_refused,
            "midfill.toggleEdits": self._toggle_edits,
            "midfill.snoozeEdits": self._snooze_edits,
        }

    def _edit_accepted(self, *arguments: Any) -> None:
        """Record that a next edit was accepted; each next edit has this command: `[number]`."""
        if arguments:
            self._service.edits.accepted(arguments[0])

    def _edit_refused(self, *arguments: Any) -> None:
        """Record that a next edit was refused; it is not offered again: `[number]`."""
        if arguments:
            self._service.edits.refused(arguments[0])

    def _toggle_edits(self, *arguments: Any) -> bool:
        """Switch next edits off or on, for a language or all, and return whether they are on: `[language]` or `[]`."""
        return self._service.edits.switch.toggle(str(arguments[0]) if arguments and arguments[0] else "")

    def _snooze_edits(self, *arguments: Any) -> None:
        """Pause next edits for some minutes (default 10); 0 ends the pause: `[minutes]` or `[]`."""
        self._service.edits.switch.snooze(minutes_of(arguments), self._service.now())
