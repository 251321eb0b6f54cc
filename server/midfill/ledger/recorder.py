"""Writes entries into the database, in the ledger's thread."""

from collections.abc import Sequence
from pathlib import Path

from midfill.core.caps import DaySpending
from midfill.core.days import DAY_S
from midfill.core.records import CallRecord, EditRecord, SuggestionRecord
from midfill.core.usage_estimator import UsageEstimator
from midfill.ledger.ledger_entry import LedgerEntry, LedgerState
from midfill.ledger.ledger_options import LedgerOptions
from midfill.ledger.rows import BalanceRow, Row, RowContext, call_row, edit_row, suggestion_row
from midfill.ledger.store import LEDGER_ERRORS, Store
from midfill.ledger.today import DayTotals, day_start

RETRY_S = 60.0
"""Seconds between two attempts to write a failing ledger."""
MAX_UNWRITTEN = 5_000
"""Maximum rows that are kept for a failing ledger."""
DEFAULT_CURRENCY = "USD"


class Recorder:
    """Converts entries to rows and writes them; rows that cannot be written are kept for later.

    Args:
        path: the ledger's file; None keeps everything in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._estimators: dict[str, UsageEstimator] = {}
        """By model, because each has its own tokenizer."""
        self._store: Store | None = None
        self._failed_at = -RETRY_S
        self._pruned = 0.0
        self._write_error = ""
        self._unwritten: dict[object, Row] = {}
        """Rows that wait for a failing ledger."""
        self._unrecorded: dict[object, Row] = {}
        """Rows that are never written; the caps count them."""
        self._balances: tuple[BalanceRow, ...] = ()

    def write(self, entries: Sequence[LedgerEntry]) -> LedgerState:
        """Write entries, and return the new state."""
        at, options = entries[-1].at, entries[-1].options
        if options.enabled:
            self._open(at, options.keep_days)  # First, because it determines the currency.
        for entry in entries:
            self._add_row(entry)
        today = self._written(at, options)
        rows = [*self._unwritten.values(), *self._unrecorded.values()]
        return LedgerState(today.plus(rows), self._balances, self._write_error)

    def close(self) -> None:
        """Close the ledger."""
        if self._store is not None:
            self._store.close()

    def _add_row(self, entry: LedgerEntry) -> None:
        row = self._row(entry)
        if row is not None:
            rows_by_key = self._unwritten if entry.options.enabled and self._path else self._unrecorded
            rows_by_key[_key(row)] = row
            if len(rows_by_key) > MAX_UNWRITTEN:
                del rows_by_key[next(iter(rows_by_key))]

    def _row(self, entry: LedgerEntry) -> Row | None:
        record, at, options = entry
        if isinstance(record, CallRecord):
            context = RowContext(at, options.editor, self._currency(options), options.prices)
            estimator = self._estimators.setdefault(record.model, UsageEstimator())
            return call_row(record, estimator.token_counts(record), context)
        if isinstance(record, SuggestionRecord):
            return suggestion_row(record, at, options.editor)
        if isinstance(record, EditRecord):
            return edit_row(record, at, options.editor)
        if record is not None:
            self._balances = (record, *(row for row in self._balances if _key(row) != _key(record)))
        return record

    def _open(self, at: float, keep_days: int) -> None:
        """Open the ledger, unless it is open or has just failed; delete old rows once a day."""
        if self._path is None or abs(at - self._failed_at) < RETRY_S:  # A clock may be set back.
            return
        try:
            if self._store is None:
                self._store = Store.open(self._path)
                self._balances = tuple(self._store.balances())
                learned = {
                    model: UsageEstimator(usage) for model, usage in self._store.reported_usage().items()
                }
                self._estimators = learned | self._estimators
            if at - self._pruned > DAY_S:
                self._store.prune(at - keep_days * DAY_S)
                self._pruned = at
        except LEDGER_ERRORS as error:
            self._failed(error, at)

    def _written(self, at: float, options: LedgerOptions) -> DayTotals:
        """Write the waiting rows, and return the ledger's figures of the day."""
        day, currency = day_start(at), self._currency(options)
        nothing = DayTotals(DaySpending(day), currency)
        if self._store is None or not options.enabled:
            return nothing
        try:
            if self._unwritten:
                self._store.write(self._unwritten.values())
                self._unwritten.clear()
            self._write_error = ""
            shown, accepted = self._store.outcomes(day)
            return DayTotals(self._store.spent(day, currency), currency, shown, accepted)
        except LEDGER_ERRORS as error:
            self._failed(error, at)
            return nothing

    def _failed(self, error: Exception, at: float) -> None:
        self._write_error = str(error)
        self._failed_at = at
        if self._store is not None:
            store, self._store = self._store, None
            store.close()

    def _currency(self, options: LedgerOptions) -> str:
        """Return the currency of the settings, or the last known one of the account."""
        if options.currency != "auto":
            return options.currency
        return next((row.currency for row in self._balances if row.currency), DEFAULT_CURRENCY)


def _key(row: Row) -> object:
    return (row.backend, row.currency) if isinstance(row, BalanceRow) else (type(row), row.number)
