"""Calls, suggestions and money, in SQLite across servers: the only part that writes the data folder.

In reading order: `rows`, `schema`, `ledger_file` and `store` (the database), `ledger_options`, `today`, `ledger_entry`,
`recorder` (writes), `writer` (the thread), `ledger` (the interface); `figures` reads the data of `midfill stats`.
"""

from midfill.ledger.ledger import Ledger
from midfill.ledger.ledger_file import data_file
from midfill.ledger.ledger_options import LedgerOptions
from midfill.ledger.today import Today

__all__ = ["Ledger", "LedgerOptions", "Today", "data_file"]
