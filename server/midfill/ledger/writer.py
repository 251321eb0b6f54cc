"""The thread that writes the ledger; callers do not wait for it."""

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from midfill.ledger.ledger_entry import LedgerEntry, LedgerState

Defer = Callable[[Callable[[], None]], object]
"""Calls a function, now or a moment later."""


class WriterThread:
    """Writes the entries of its queue, all that wait together.

    Args:
        path: the ledger's file; None keeps everything in memory.
        on_written: called in the thread with the state after each write.
        defer: calls the function that wakes the thread.
    """

    def __init__(self, path: Path | None, on_written: Callable[[LedgerState], None], defer: Defer) -> None:
        self._path = path
        self._on_written = on_written
        self._defer = defer
        self._queue: deque[LedgerEntry] = deque()
        self._woken = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)

    def put(self, entry: LedgerEntry) -> None:
        """Queue an entry."""
        self._queue.append(entry)
        self._defer(self._wake)

    def close(self, seconds: float) -> None:
        """Write what is left, for at most this many seconds."""
        self._closing = True
        self._wake()
        if self._thread.ident is not None:
            self._woken.set()
            self._thread.join(seconds)

    def _wake(self) -> None:
        """Let the thread write, unless it has written everything meanwhile."""
        if self._queue:
            if self._thread.ident is None:
                self._thread.start()
            self._woken.set()

    def _run(self) -> None:
        from midfill.ledger.recorder import Recorder  # Imported here: a server starts sooner without SQLite.

        recorder = Recorder(self._path)
        closing = False
        while not closing:
            self._woken.wait()
            self._woken.clear()
            closing = self._closing  # Read before the queue: what is queued before the end is written.
            if entries := self._gathered():
                self._on_written(recorder.write(entries))
        recorder.close()

    def _gathered(self) -> list[LedgerEntry]:
        """Return all waiting entries."""
        return [self._queue.popleft() for _ in range(len(self._queue))]
