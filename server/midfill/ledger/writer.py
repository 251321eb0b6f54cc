"""The thread that writes the ledger; callers do not wait for it."""

import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue

from midfill.ledger.ledger_entry import LedgerEntry, LedgerState


class WriterThread:
    """Writes the entries of its queue as soon as possible.

    Args:
        path: the ledger's file; None keeps everything in memory.
        on_written: called in the thread with the state after each write.
    """

    def __init__(self, path: Path | None, on_written: Callable[[LedgerState], None]) -> None:
        self._path = path
        self._on_written = on_written
        self._queue: SimpleQueue[LedgerEntry | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)

    def put(self, entry: LedgerEntry) -> None:
        """Queue an entry."""
        if self._thread.ident is None:
            self._thread.start()
        self._queue.put(entry)

    def close(self, seconds: float) -> None:
        """Write what is left, for at most this many seconds."""
        self._queue.put(None)
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        from midfill.ledger.recorder import Recorder  # Imported here: a server starts sooner without SQLite.

        recorder = Recorder(self._path)
        more = True
        while more and (entry := self._queue.get()) is not None:
            entries, more = self._gathered(entry)
            self._on_written(recorder.take(entries))
        recorder.close()

    def _gathered(self, first: LedgerEntry) -> tuple[list[LedgerEntry], bool]:
        """Return all waiting entries, and whether more may come."""
        entries = [first]
        while True:
            try:
                entry = self._queue.get_nowait()
            except Empty:
                return entries, True
            if entry is None:
                return entries, False
            entries.append(entry)
