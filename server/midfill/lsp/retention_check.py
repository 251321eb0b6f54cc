"""Measures the retention of accepted texts."""

import asyncio
from collections.abc import Callable

from midfill.core.document import Document, Mark
from midfill.engine import AcceptedText

CHECK_DELAYS_S = (30, 300)
"""Seconds after which a text is checked."""
SEARCHED_ROWS_ABOVE, SEARCHED_ROWS_BELOW = 10, 20
"""Rows above and below the accepted text that are searched for it."""


class RetentionCheck:
    """Checks accepted texts later, in documents that are still open.

    Args:
        is_open: whether a document is open.
    """

    def __init__(self, is_open: Callable[[Document], bool]) -> None:
        self._is_open = is_open
        self._timers: set[asyncio.TimerHandle] = set()
        self._checks: set[asyncio.Task[None]] = set()

    def watch(self, document: Document, accepted: AcceptedText) -> None:
        """Schedule the checks of an accepted text."""
        if accepted.text.strip():
            for seconds in CHECK_DELAYS_S:
                self._schedule(seconds, document, document.mark(accepted.row), accepted)

    def close(self) -> None:
        """Cancel all checks."""
        for timer in self._timers:
            timer.cancel()
        for check in self._checks:
            check.cancel()

    def _schedule(self, seconds: int, document: Document, mark: Mark, accepted: AcceptedText) -> None:
        def due() -> None:
            self._timers.discard(timer)
            if self._is_open(document):
                below = _rows(accepted) + SEARCHED_ROWS_BELOW
                self._check(seconds, document.take_marked(mark, SEARCHED_ROWS_ABOVE, below), accepted)

        timer = asyncio.get_running_loop().call_later(seconds, due)
        self._timers.add(timer)

    def _check(self, seconds: int, now: str, accepted: AcceptedText) -> None:
        async def compare() -> None:
            visible_length, kept = await asyncio.to_thread(_compared, accepted.text, now)
            accepted.tracker.checked(seconds, visible_length, kept)

        task = asyncio.get_running_loop().create_task(compare())
        self._checks.add(task)
        task.add_done_callback(self._checks.discard)


def _compared(accepted: str, now: str) -> tuple[int, int]:
    """Return an accepted text's size and its retained characters; takes some milliseconds for a long one."""
    # Imported here, because it is needed only half a minute later.
    from midfill.core.retention import retained, visible_length

    return visible_length(accepted), retained(accepted, now)


def _rows(accepted: AcceptedText) -> int:
    return accepted.text.count("\n")
