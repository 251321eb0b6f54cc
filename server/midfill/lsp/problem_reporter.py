"""The problems with the settings, shown as short messages."""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from midfill.core.characters import escaped
from midfill.settings import Problem

MAX_SHOWN_PROBLEMS = 5
"""Maximum number of problems in a message; the others are only counted."""
PAUSE_S, MAX_PAUSE_S = 1.0, 60.0
"""Seconds between two messages; each consecutive pause is twice as long."""


class ShowMessage(Protocol):
    """Shows a message; `blocks_calls` means that a problem in it stops all calls."""

    def __call__(self, text: str, *, blocks_calls: bool) -> None:
        """Show `text`."""


class ProblemReporter:
    """Shows new problems, and collects those that appear shortly after a message."""

    def __init__(self, show: ShowMessage) -> None:
        self._show = show
        self._known: set[str] = set()
        self._halts = False
        """A problem in the next message stops all calls."""
        self.blocking = ""
        """The problems that stop all calls; empty if there are none."""
        self._queued: list[str] = []
        """The problems that the next message shows first."""
        self._hidden_count = 0
        """The number of problems that it does not show."""
        self._pause = PAUSE_S
        self._timer: asyncio.TimerHandle | None = None

    def found(self, problems: Iterable[Problem]) -> None:
        """Set all current problems."""
        blocks_calls = {escaped(str(problem)): problem.blocks_calls for problem in problems}
        texts = sorted(blocks_calls, key=lambda text: not blocks_calls[text])
        new = [text for text in texts if text not in self._known]
        self._known = set(texts)
        self.blocking = next((text for text in texts if blocks_calls[text]), "")
        self._halts = self._halts or any(blocks_calls[text] for text in new)
        room = MAX_SHOWN_PROBLEMS - len(self._queued)
        self._queued += new[:room]
        self._hidden_count += len(new[room:])
        if self._timer is None and new:
            self._show_next()

    def _show_next(self) -> None:
        more = [f"and {self._hidden_count:,} more"] if self._hidden_count else []
        self._show("midfill: " + "\n".join([*self._queued, *more]), blocks_calls=self._halts)
        self._queued, self._hidden_count, self._halts = [], 0, False
        self._timer = asyncio.get_running_loop().call_later(self._pause, self._paused)
        self._pause = min(2 * self._pause, MAX_PAUSE_S)

    def _paused(self) -> None:
        self._timer = None
        if self._queued:
            self._show_next()
        else:
            self._pause = PAUSE_S
