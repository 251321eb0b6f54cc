"""The entries of the ledger's queue, and its state."""

from typing import NamedTuple

from midfill.core.records import CallRecord, EditRecord, SuggestionRecord
from midfill.ledger.ledger_options import LedgerOptions
from midfill.ledger.rows import BalanceRow
from midfill.ledger.today import DayTotals


class LedgerEntry(NamedTuple):
    """A record to write, or None to only read the records of other servers; with its time and options."""

    record: CallRecord | SuggestionRecord | EditRecord | BalanceRow | None
    at: float
    options: LedgerOptions


class LedgerState(NamedTuple):
    """The state of the ledger after the latest write."""

    today: DayTotals = DayTotals()
    balances: tuple[BalanceRow, ...] = ()
    write_error: str = ""
    """Why it cannot be written; empty if it can."""
