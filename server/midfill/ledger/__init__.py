"""Calls, suggestions and money, in SQLite across servers: the only part that writes the data folder.

In reading order: `rows`, `schema`, `ledger_file` and `store` (the database), `ledger_options`, `today`,
`ledger_entry`, `recorder` (writes), `writer` (the thread), `ledger` (the interface); `figures` reads the data of
`midfill stats`.

How a call is recorded:

1. `Calls` records a `CallRecord` when a flight ends. `SuggestionTracker` records a `SuggestionRecord` when the
   editor shows a suggestion, and after each change. The engine knows only the interface `Records`. A call that was
   cancelled before its `RequestBody` was sent is not recorded.
2. `Ledger` queues the records, which takes some microseconds; the server wakes the thread a moment later, when the
   answer has been sent. In the thread of `WriterThread`, `UsageEstimator` counts or estimates the tokens, `rates_of`
   returns the price, and `Recorder` writes one transaction to the `Store`.
3. After each write the day's spending of all servers is read again. `Ledger.cap_reason` compares it with the caps
   before each paid call; `SpendingReporter` reports it to the user.
4. `RetentionCheck` compares accepted texts with the document after 30 seconds and after five minutes; a `Mark` moves
   with the text meanwhile.
5. `report` sums up the data of `midfill stats`.

A change of the tables is a new entry in `VERSIONS`; a new price is a row in `TARIFFS`.
"""

from midfill.ledger.ledger import Ledger
from midfill.ledger.ledger_file import data_file
from midfill.ledger.ledger_options import LedgerOptions
from midfill.ledger.today import DayTotals

__all__ = ["DayTotals", "Ledger", "LedgerOptions", "data_file"]
