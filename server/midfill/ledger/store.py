"""The database: several servers write it concurrently, and a killed one leaves it intact."""

import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Self

from midfill.core.caps import DaySpending
from midfill.core.prices import converted
from midfill.core.usage_estimator import ReportedUsage, TokenEstimate
from midfill.ledger.rows import BalanceRow, CallRow, EditRow, Row, SuggestionRow, values
from midfill.ledger.schema import VERSIONS

BUSY_TIMEOUT_S = 5.0
"""Maximum seconds that a statement waits for other servers."""
RETRY_S = 0.01
"""Seconds between two attempts of a statement for which SQLite does not wait itself."""

LEDGER_ERRORS = (sqlite3.Error, OSError)
"""The errors of all functions: a full disk, a folder of another user, a file that is not a database."""


class NewerVersionError(sqlite3.Error):
    """Another version of midfill wrote the file."""


class Store:
    """An open ledger, for one thread. Every method may raise one of `LEDGER_ERRORS`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the ledger for writing; create or upgrade it if needed."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            _use_wal(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            _upgrade(connection)
        except LEDGER_ERRORS:
            connection.close()
            raise
        return cls(connection)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Open the ledger read-only; None if there is none, or if another server is creating it.

        All queries return the same state of the ledger, whatever the servers write meanwhile.
        """
        if not path.exists():
            return None
        address = f"{path.absolute().as_uri()}?mode=ro"
        connection = sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            connection.execute("BEGIN")
            if (version := _version(connection)) not in (0, len(VERSIONS)):
                raise NewerVersionError(f"it has version {version}, and this midfill knows {len(VERSIONS)}")
        except LEDGER_ERRORS:
            connection.close()
            raise
        if version == 0:
            connection.close()
            return None
        return cls(connection)

    def write(self, rows: Iterable[Row]) -> None:
        """Write rows in one transaction; a row with a known number replaces the old one."""
        self._connection.execute(
            "BEGIN IMMEDIATE"
        )  # A transaction that takes its lock later can fail at once.
        with self._connection:
            for row in rows:
                self._connection.execute(_STATEMENTS[type(row)], values(row))

    def prune(self, before: float) -> None:
        """Delete rows older than a time."""
        self._connection.execute("BEGIN IMMEDIATE")
        with self._connection:
            self._connection.execute("DELETE FROM calls WHERE at < ?", (before,))
            self._connection.execute("DELETE FROM suggestions WHERE at < ?", (before,))
            self._connection.execute("DELETE FROM edits WHERE at < ?", (before,))

    def spent(self, day: int, currency: str) -> DaySpending:
        """Return the spending of all servers since the first second of a day."""
        query = """
            SELECT currency, total(price), sum(cached + missed + output)
            FROM calls WHERE at >= ? AND paid GROUP BY currency
        """
        rows = self.all(query, (day,))
        money = sum(converted(price, theirs, currency) for theirs, price, _ in rows)
        return DaySpending(day, money, sum(tokens for _, _, tokens in rows))

    def outcomes(self, day: int) -> tuple[int, int]:
        """Return how many suggestions were shown and accepted since the first second of a day."""
        query = """
            SELECT count(*), count(*) FILTER (WHERE whole OR words OR lines) FROM suggestions WHERE at >= ?
        """
        [(shown, accepted)] = self.all(query, (day,))
        return shown, accepted

    def reported_usage(self) -> dict[str, ReportedUsage]:
        """Return by model the latest calls with reported tokens, for the estimator."""
        query = """
            SELECT model, avg(cached + missed), avg(output), avg(guess_prompt), avg(guess_output) FROM (
                SELECT * FROM calls WHERE paid AND NOT estimated AND guess_prompt > 0 ORDER BY at DESC LIMIT 500
            ) GROUP BY model
        """
        rows = self.all(query)
        return {
            model: ReportedUsage(TokenEstimate(prompt, output), TokenEstimate(guess_prompt, guess_output))
            for model, prompt, output, guess_prompt, guess_output in rows
        }

    def balances(self) -> list[BalanceRow]:
        """Return the last known balances, the latest first."""
        rows = self.all("SELECT * FROM balances ORDER BY at DESC")
        return [
            BalanceRow(backend, currency, at, bool(available), total)
            for backend, currency, at, available, total in rows
        ]

    def all(self, query: str, parameters: Sequence[object] = ()) -> list[Any]:
        """Return the rows of a query."""
        return self._connection.execute(query, parameters).fetchall()

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


def _statement(table: str, row: type[Row], kept: frozenset[str]) -> str:
    """Return the statement that writes a row; an existing row keeps its columns `kept`."""
    columns = [field.name for field in fields(row)]
    changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in kept)
    placeholders = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} VALUES ({placeholders}) ON CONFLICT DO UPDATE SET {changed}"  # noqa: S608


_STATEMENTS: dict[type[Row], str] = {
    CallRow: _statement("calls", CallRow, frozenset({"number"})),
    SuggestionRow: _statement("suggestions", SuggestionRow, frozenset({"number", "at"})),
    EditRow: _statement("edits", EditRow, frozenset({"number", "at"})),
    BalanceRow: _statement("balances", BalanceRow, frozenset({"backend", "currency"})),
}


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging, in which readers and the writer do not wait for each other.

    SQLite fails at once, without its timeout, while another server holds the write lock of a new ledger.
    """
    until = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(RETRY_S)


def _upgrade(connection: sqlite3.Connection) -> None:
    """Upgrade the tables; one server does it, the others wait."""
    if _version(connection) == len(VERSIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        version = _version(connection)
        if version > len(VERSIONS):
            raise NewerVersionError("it was written by a newer midfill")
        for script in VERSIONS[version:]:
            for statement in filter(str.strip, script.split(";\n")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(VERSIONS)}")


def _version(connection: sqlite3.Connection) -> int:
    [(version,)] = connection.execute("PRAGMA user_version").fetchall()
    return int(version)
