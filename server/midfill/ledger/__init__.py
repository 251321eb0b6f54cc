"""Calls, suggestions and money, in SQLite across servers: the only door to the data folder.

In reading order: `rows`, `schema`, `store` (the database), `terms`, `today`, `entry`, `recorder` (who writes), `writer`
(the thread), `ledger` (what the others see); `figures` reads what `midfill stats` shows.
"""

from midfill.ledger.ledger import Ledger
from midfill.ledger.place import data_file
from midfill.ledger.terms import Terms
from midfill.ledger.today import Today

__all__ = ["Ledger", "Terms", "Today", "data_file"]
