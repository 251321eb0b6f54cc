"""Calls, suggestions and money, in SQLite across servers: the only part that writes the data folder.

In reading order: `rows`, `schema`, `store` (the database), `terms`, `today`, `entry`, `recorder` (writes), `writer`
(the thread), `ledger` (the interface); `figures` reads the data of `midfill stats`.
"""

from midfill.ledger.ledger import Ledger
from midfill.ledger.location import data_file
from midfill.ledger.terms import Terms
from midfill.ledger.today import Today

__all__ = ["Ledger", "Terms", "Today", "data_file"]
