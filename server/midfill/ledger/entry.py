"""What is put into the ledger's queue, and what comes back."""

from typing import NamedTuple

from midfill.core.booking import Called, Proposed, Suggested
from midfill.ledger.rows import BalanceRow
from midfill.ledger.terms import Terms
from midfill.ledger.today import Today


class Entry(NamedTuple):
    """Something to be booked, or (None) only a look at what others have booked; when, and on which terms."""

    what: Called | Suggested | Proposed | BalanceRow | None
    at: float
    terms: Terms


class State(NamedTuple):
    """What is known of the ledger after the latest write."""

    today: Today = Today()
    balances: tuple[BalanceRow, ...] = ()
    trouble: str = ""
    """Why it cannot be written; empty if it can."""
