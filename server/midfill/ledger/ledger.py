"""The interface of the ledger; no method waits."""

import random
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from midfill.core.caps import SpendingLevel, spending_level, spending_text
from midfill.core.records import CallRecord, EditRecord, SuggestionRecord
from midfill.ledger.ledger_entry import LedgerEntry, LedgerState
from midfill.ledger.ledger_options import LedgerOptions
from midfill.ledger.rows import BalanceRow
from midfill.ledger.today import DayTotals, day_start
from midfill.ledger.writer import Defer, WriterThread

REFRESH_S = 2.0
"""Maximum age in seconds of the other servers' spending that a call relies on."""
BALANCE_INTERVAL_S = 3600.0
"""Minimum seconds between two balance requests, across servers."""
CLOSE_TIMEOUT_S = 2.0
"""Maximum seconds for closing."""


class Ledger:
    """Records calls and suggestions, and returns the day's spending; no method waits.

    Args:
        path: the ledger's file; None keeps everything in memory.
        on_change: called after each write, in the ledger's thread.
        clock: returns the seconds since 1970.
    """

    def __init__(
        self,
        path: Path | None = None,
        on_change: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path = path
        self.options = LedgerOptions()
        self.on_change = on_change
        self.defer: Defer = lambda wake: wake()
        """Calls a function that wakes the ledger's thread, perhaps a moment later; entries are then written together.
        """
        self.state = LedgerState()
        self.ready = threading.Event()
        """Set after the first read."""
        self._clock = clock
        self._numbers = count(random.getrandbits(40) << 22)
        self._writer = WriterThread(path, self._changed, lambda wake: self.defer(wake))
        self._refreshed_at = 0.0
        self._allowed = 0
        """The day on which the user has allowed manual calls above the cap."""

    # The engine's interface (`core.records.Records`).

    def new_id(self) -> int:
        """Return an id that is unique among the calls and suggestions of all servers."""
        return next(self._numbers)

    def record_call(self, call: CallRecord) -> None:
        """Record a finished call."""
        self._put(call)

    def record_suggestion(self, record: SuggestionRecord) -> None:
        """Record a suggestion or its new outcome."""
        self._put(record)

    def record_edit(self, record: EditRecord) -> None:
        """Record a next edit or its new outcome."""
        self._put(record)

    def cap_reason(self, *, manual: bool) -> str:
        """Return why a paid call is not allowed now, as text for the user; empty if it is."""
        if not any(self.options.caps):
            return ""
        if abs(self._clock() - self._refreshed_at) > REFRESH_S:  # The clock may have been set back.
            self.refresh()
        if self.level < SpendingLevel.REACHED or (manual and self._allowed == self._day):
            return ""
        return f"today's cap is reached: {self.spending}"

    # The owner's interface.

    def configure(self, options: LedgerOptions) -> None:
        """Use these options from now on."""
        self.options = options
        self.refresh()

    def refresh(self) -> None:
        """Read the records of other servers soon."""
        self._refreshed_at = self._clock()
        self._put(None)

    def allow_today(self) -> None:
        """Allow manual calls above the cap until the end of the day."""
        self._allowed = self._day

    @property
    def today(self) -> DayTotals:
        """The day's figures, of all servers."""
        return self.state.today.at(self._day)

    @property
    def level(self) -> SpendingLevel:
        """The level of the day's spending."""
        return spending_level(self.today.spent, self.options.caps)

    @property
    def spending(self) -> str:
        """The day's spending and the caps, as text for the user."""
        return spending_text(self.today.spent, self.options.caps, self.today.currency)

    def balances(self, backend: str) -> list[BalanceRow]:
        """Return the last known balance of a backend's account."""
        return [row for row in self.state.balances if row.backend == backend]

    def balance_is_due(self, backend: str) -> bool:
        """Whether no server has requested the balance recently."""
        now = self._clock()
        return all(abs(now - row.at) > BALANCE_INTERVAL_S for row in self.balances(backend))

    def balance(self, backend: str, currency: str, total: float, *, available: bool) -> None:
        """Record the balance of an account; an empty answer is recorded without a currency."""
        self._put(BalanceRow(backend, currency, self._clock(), available, total))

    def close(self) -> None:
        """Write what is left; takes some milliseconds, and at most `CLOSE_TIMEOUT_S`."""
        self._writer.close(CLOSE_TIMEOUT_S)

    @property
    def _day(self) -> int:
        return day_start(self._clock())

    def _put(self, what: CallRecord | SuggestionRecord | EditRecord | BalanceRow | None) -> None:
        self._writer.put(LedgerEntry(what, self._clock(), self.options))

    def _changed(self, state: LedgerState) -> None:
        self.state = state
        self.ready.set()
        self.on_change()
