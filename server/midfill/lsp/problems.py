"""What is wrong with the settings, told in few words."""

import asyncio
from collections.abc import Callable, Iterable

from midfill.settings import Problem

FIRST = 5
"""Problems that a message tells; of the others it tells the number."""
MOST_KNOWN = 1_000
"""Problems that are remembered, so as not to tell one twice."""
PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
"""Seconds between two messages; each pause in a row is twice as long as the one before."""


class Problems:
    """Tells what is new among the problems, and gathers what comes shortly after a message."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._known: set[str] = set()
        self._waiting: list[str] = []
        """What the next message tells first."""
        self._more = 0
        """How much it does not tell."""
        self._pause = PAUSE_S
        self._timer: asyncio.TimerHandle | None = None

    def found(self, problems: Iterable[Problem]) -> None:
        """Take all problems that there are now."""
        current = dict.fromkeys(map(str, problems))
        new = [text for text in current if text not in self._known]
        self._known = {*current, *(self._known if len(self._known) < MOST_KNOWN else ())}
        room = FIRST - len(self._waiting)
        self._waiting += new[:room]
        self._more += len(new[room:])
        if self._timer is None and new:
            self._tell()

    def _tell(self) -> None:
        more = [f"and {self._more:,} more"] if self._more else []
        self._show("midfill: " + "\n".join([*self._waiting, *more]))
        self._waiting, self._more = [], 0
        self._timer = asyncio.get_running_loop().call_later(self._pause, self._paused)
        self._pause = min(2 * self._pause, LONGEST_PAUSE_S)

    def _paused(self) -> None:
        self._timer = None
        if self._waiting:
            self._tell()
        else:
            self._pause = PAUSE_S
