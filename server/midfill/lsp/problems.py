"""What is wrong with the settings, told in few words."""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from midfill.core.characters import visible
from midfill.settings import Problem

FIRST = 5
"""Problems that a message tells; of the others it tells the number."""
PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
"""Seconds between two messages; each pause in a row is twice as long as the one before."""


class Show(Protocol):
    """Shows a message; `halts`: nobody is asked until something in it is mended."""

    def __call__(self, text: str, *, halts: bool) -> None:
        """Show `text`."""


class Problems:
    """Tells what is new among the problems, and gathers what comes shortly after a message."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._known: set[str] = set()
        self._halts = False
        """Something in the next message keeps everybody from being asked."""
        self.halting = ""
        """What has to be mended before anybody is asked; empty if nothing has."""
        self._waiting: list[str] = []
        """What the next message tells first."""
        self._more = 0
        """How much it does not tell."""
        self._pause = PAUSE_S
        self._timer: asyncio.TimerHandle | None = None

    def found(self, problems: Iterable[Problem]) -> None:
        """Take all problems that there are now."""
        halts = {visible(str(problem)): problem.halts for problem in problems}
        texts = sorted(halts, key=lambda text: not halts[text])
        new = [text for text in texts if text not in self._known]
        self._known = set(texts)
        self.halting = next((text for text in texts if halts[text]), "")
        self._halts = self._halts or any(halts[text] for text in new)
        room = FIRST - len(self._waiting)
        self._waiting += new[:room]
        self._more += len(new[room:])
        if self._timer is None and new:
            self._tell()

    def _tell(self) -> None:
        more = [f"and {self._more:,} more"] if self._more else []
        self._show("midfill: " + "\n".join([*self._waiting, *more]), halts=self._halts)
        self._waiting, self._more, self._halts = [], 0, False
        self._timer = asyncio.get_running_loop().call_later(self._pause, self._paused)
        self._pause = min(2 * self._pause, LONGEST_PAUSE_S)

    def _paused(self) -> None:
        self._timer = None
        if self._waiting:
            self._tell()
        else:
            self._pause = PAUSE_S
