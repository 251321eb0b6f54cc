"""The location of the ledger."""

from pathlib import Path

NAME = "ledger.sqlite3"


def data_file() -> Path:
    """Return the ledger's file, in the platform's data folder."""
    from platformdirs import user_data_path

    return user_data_path("midfill", appauthor=False) / NAME
