"""The ledger: its rows, and failures to write them."""

import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from midfill.core.caps import Caps, DaySpending, SpendingLevel
from midfill.core.model import Usage
from midfill.core.records import EditRecord
from midfill.ledger import Ledger, LedgerOptions, recorder
from midfill.ledger.rows import CallRow, suggestion_row
from midfill.ledger.schema import VERSIONS
from midfill.ledger.store import LEDGER_ERRORS, Store
from midfill.ledger.today import DayTotals
from tests.ledger.records import NOON, SECRET, SUFFIX, called, settled, suggested

USED = Usage(prompt=1_000, output=50, cached=900)
PRICE = (900 * 0.003 + 100 * 0.15 + 50 * 0.60) / 1_000_000


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """Return the rows of the file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_call_is_recorded_with_its_price(ledger: Ledger, path: Path) -> None:
    """Tokens, money and times; the time is that of the start."""
    ledger.configure(LedgerOptions(editor="neovim"))
    ledger.record_call(called(ledger, USED))
    ledger.close()
    [row] = rows(
        path, "SELECT at, editor, cached, missed, output, estimated, price, currency, first_ms FROM calls"
    )
    assert row == (NOON - 0.4, "neovim", 900, 100, 50, 0, pytest.approx(PRICE), "USD", 250.0)


def test_deferred_entries_are_written_together(path: Path) -> None:
    """The ledger's thread is woken when its owner says so: all that waits is one write."""
    written = threading.Semaphore(0)
    ledger = Ledger(path, written.release, clock=lambda: NOON)
    wakes: list[Callable[[], None]] = []
    ledger.defer = wakes.append
    ledger.record_call(called(ledger, USED))
    ledger.record_suggestion(suggested(ledger))
    assert not path.exists()
    for wake in wakes:
        wake()
    assert written.acquire(timeout=20)
    counts = "SELECT (SELECT count(*) FROM calls), (SELECT count(*) FROM suggestions)"
    assert rows(path, counts) == [(1, 1)]
    ledger.record_call(called(ledger, USED))
    ledger.close()  # Also writes what was not woken for.
    assert rows(path, counts) == [(2, 1)]
    assert written.acquire(blocking=False)
    assert not written.acquire(blocking=False)


def test_text_and_paths_are_not_recorded(ledger: Ledger, path: Path) -> None:
    """Names of languages and editors are short and printable."""
    ledger.configure(LedgerOptions(editor="ed\n/../itor" * 40))
    ledger.record_call(called(ledger, language="<script>" + "x" * 500))
    ledger.close()
    raw = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert SECRET.encode() not in raw
    assert SUFFIX.encode() not in raw
    [(language, editor)] = rows(path, "SELECT language, editor FROM calls")
    assert len(str(language)) == len(str(editor)) == 64
    assert "<" not in str(language)
    assert "\n" not in str(editor)


def test_stopped_call_is_estimated_and_marked(ledger: Ledger, path: Path) -> None:
    """Its usage was not reported."""
    ledger.record_call(called(ledger, USED, text="x" * 200))
    ledger.record_call(called(ledger, outcome="stopped", text="x" * 100))
    ledger.close()
    [row] = rows(path, "SELECT estimated, output, outcome FROM calls WHERE estimated")
    assert row == (1, 25, "stopped")


def test_suggestion_is_one_row(ledger: Ledger, path: Path) -> None:
    """Later changes update the same row; its time is the first."""
    shown = suggested(ledger)
    ledger.record_suggestion(shown)
    ledger.record_suggestion(suggested(ledger, number=shown.number, until=30, words=1, accepted=4))
    ledger.close()
    assert rows(path, "SELECT until, words, accepted, at FROM suggestions") == [(30, 1, 4, NOON)]


def test_own_prices_and_currency_have_priority(ledger: Ledger, path: Path) -> None:
    """The settings' prices have priority."""
    ledger.configure(LedgerOptions(currency="CNY", prices=("deepseek-flash 1 2 3",)))
    ledger.record_call(called(ledger, USED))
    ledger.close()
    [(price, currency)] = rows(path, "SELECT price, currency FROM calls")
    assert (price, currency) == (pytest.approx((900 + 200 + 150) / 1e6), "CNY")


def test_currency_is_that_of_the_account(ledger: Ledger, path: Path) -> None:
    """The balance reports it."""
    ledger.balance("deepseek", "CNY", 8.5, available=True)
    ledger.record_call(called(ledger, USED))
    ledger.close()
    assert rows(path, "SELECT currency FROM calls") == [("CNY",)]
    other = Ledger(path, clock=lambda: NOON)
    other.record_call(called(other, USED))
    other.close()
    assert rows(path, "SELECT DISTINCT currency FROM calls") == [("CNY",)]
    assert not other.balance_is_due("deepseek")
    late = Ledger(path, clock=lambda: NOON + 3601)
    late.configure(LedgerOptions())
    settled(late, lambda ledger: ledger.state.balances)
    assert late.balance_is_due("deepseek")
    late.close()


def test_caps_include_all_servers(path: Path) -> None:
    """The spending of one counts for the other; a raised cap and a new day allow calls again."""
    time = [NOON]
    one, other = (Ledger(path, clock=lambda: time[0]) for _ in range(2))
    for ledger in (one, other):
        ledger.configure(LedgerOptions(caps=Caps(tokens=2_000)))
    one.record_call(called(one, USED))
    settled(one, lambda ledger: ledger.today.spent.tokens == 1_050)
    assert one.level is SpendingLevel.OPEN
    one.record_call(called(one, Usage(prompt=600, output=50)))
    settled(one, lambda ledger: ledger.level is SpendingLevel.NEAR_CAP)
    one.record_call(called(one, USED))
    settled(one, lambda ledger: ledger.level is SpendingLevel.REACHED)
    time[0] += 3
    other.cap_reason(manual=False)
    settled(other, lambda ledger: ledger.level is SpendingLevel.REACHED)
    assert "2,750 of 2,000 tokens" in other.cap_reason(manual=False)
    assert other.cap_reason(manual=True)
    other.allow_today()
    assert not other.cap_reason(manual=True)
    assert other.cap_reason(manual=False)
    one.configure(LedgerOptions(caps=Caps(tokens=5_000)))
    assert not one.cap_reason(manual=False)
    time[0] += 86_400
    assert other.level is SpendingLevel.OPEN
    assert not other.cap_reason(manual=False)
    one.close()
    other.close()


@pytest.mark.parametrize("enabled", [True, False])
def test_caps_apply_without_a_file(path: Path, enabled: bool) -> None:
    """If the ledger is off or cannot be written, this server's own calls count."""
    path.parent.mkdir()
    if enabled:
        path.mkdir()
    ledger = Ledger(path, clock=lambda: NOON)
    ledger.configure(LedgerOptions(enabled=enabled, caps=Caps(money=PRICE)))
    ledger.record_call(called(ledger, USED))
    settled(ledger, lambda ledger: ledger.level is SpendingLevel.REACHED)
    assert bool(ledger.state.write_error) is enabled
    ledger.close()
    assert enabled or not path.exists()


def test_servers_that_create_the_ledger_wait_for_each_other(path: Path) -> None:
    """SQLite itself does not wait for the write lock when it switches to write-ahead logging."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.1, other.execute, ["COMMIT"])
        release.start()
        Store.open(path).close()
        release.join()
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]


def test_ledger_that_is_being_created_is_none_yet(path: Path) -> None:
    """Its tables are missing, which is no other version."""
    path.parent.mkdir()
    path.touch()
    assert Store.read(path) is None


def test_full_disk_is_reported_and_recovers(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that could not be written are written later."""
    time, full = [NOON], [True]
    opened = Store.open

    def opening(file: Path) -> Store:
        store = opened(file)
        if full[0]:
            [(pages,)] = store.all("PRAGMA page_count")
            store.all(f"PRAGMA max_page_count = {pages}")
        return store

    monkeypatch.setattr(Store, "open", opening)
    ledger = Ledger(path, clock=lambda: time[0])
    for _ in range(100):
        ledger.record_call(called(ledger, USED))
    settled(ledger, lambda ledger: ledger.state.write_error)
    assert "full" in ledger.state.write_error
    assert ledger.today.spent.tokens == 105_000
    full[0] = False
    time[0] += 61
    ledger.refresh()
    settled(ledger, lambda ledger: not ledger.state.write_error)
    ledger.close()
    assert rows(path, "SELECT count(*), sum(cached + missed + output) FROM calls") == [(100, 105_000)]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_unusable_folder_is_reported(tmp_path: Path) -> None:
    """It is reported, and the server continues without a ledger."""
    tmp_path.chmod(0o500)
    ledger = Ledger(tmp_path / "data" / "ledger.sqlite3")
    ledger.configure(LedgerOptions())
    settled(ledger, lambda ledger: ledger.state.write_error)
    ledger.close()
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("content", [b"no database " * 100, b""])
def test_foreign_file_is_unchanged(path: Path, content: bytes) -> None:
    """A foreign file is unchanged; an empty one is initialized."""
    path.parent.mkdir()
    path.write_bytes(content)
    ledger = Ledger(path, clock=lambda: NOON)
    ledger.record_call(called(ledger, USED))
    settled(ledger, lambda ledger: ledger.today.spent.tokens)
    ledger.close()
    assert bool(ledger.state.write_error) is bool(content)
    assert path.read_bytes() == content if content else len(rows(path, "SELECT * FROM calls")) == 1


@pytest.mark.parametrize("version", range(1, len(VERSIONS)))
def test_older_ledger_is_migrated(path: Path, version: int) -> None:
    """Its rows are kept and count, and new ones are written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        for script in VERSIONS[:version]:
            connection.executescript(script)
        facts = (
            7,
            NOON - 60,
            "deepseek",
            "m",
            "",
            "",
            1,
            "whole",
            0,
            0,
            1,
            2,
            3,
            0,
            0.0,
            0.0,
            1,
            0.5,
            "USD",
            None,
            1.0,
        )
        connection.execute(f"INSERT INTO calls VALUES ({', '.join('?' * len(facts))})", facts)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
    ledger = Ledger(path, clock=lambda: NOON)
    ledger.record_call(called(ledger, USED))
    settled(ledger, lambda ledger: ledger.today.spent.tokens == 6 + 1_050)
    ledger.close()
    assert rows(path, "SELECT count(*) FROM calls") == [(2,)]
    assert rows(path, "PRAGMA user_version") == [(len(VERSIONS),)]


def test_newer_ledger_is_unchanged(path: Path) -> None:
    """An older midfill neither writes nor reads it."""
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(VERSIONS) + 1}")
    connection.close()
    for opening in (Store.open, Store.read):
        with pytest.raises(LEDGER_ERRORS, match=r"newer|version"):
            opening(path)


def test_old_rows_are_deleted(path: Path) -> None:
    """This happens according to the setting, at the start and once a day."""
    store = Store.open(path)
    store.write(
        [
            CallRow(number, NOON - days * 86_400, "deepseek", "m", "", "", True, "whole", False, False, 1, 1, 1,
                    False, 0.0, 0.0, 1, 0.1, "USD", None, 1.0)
            for number, days in enumerate((0, 9, 11, 400))
        ]
    )  # fmt: skip
    store.close()
    ledger = Ledger(path, clock=lambda: NOON)
    ledger.configure(LedgerOptions(keep_days=10))
    settled(ledger, lambda ledger: ledger.today.spent.tokens)
    ledger.close()
    assert rows(path, "SELECT number FROM calls ORDER BY 1") == [(0,), (1,)]


def test_numbers_of_servers_are_distinct(path: Path) -> None:
    """A collision has a probability of 1 in 10^12."""
    numbers = {Ledger().new_id() for _ in range(1_000)}
    assert len(numbers) == 1_000
    assert max(numbers) < 1 << 62


def test_unwritten_rows_are_limited(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the ledger cannot be written, the newest rows are kept, and count for the caps."""
    monkeypatch.setattr(recorder, "MAX_UNWRITTEN", 3)
    path.mkdir(parents=True)
    ledger = Ledger(path, clock=lambda: NOON)
    ledger.configure(LedgerOptions(caps=Caps(tokens=10**9)))
    for tokens in (1, 20, 300, 4_000, 50_000):
        ledger.record_call(called(ledger, Usage(tokens, 0)))
    settled(ledger, lambda one: one.today.spent.tokens == 54_300)
    ledger.close()


def test_next_edit_is_one_row(ledger: Ledger, path: Path) -> None:
    """Its outcome replaces the one before."""
    shown = EditRecord(number=ledger.new_id(), backend="deepseek", language="python")
    for record in (shown, replace(shown, accepted=True)):
        ledger.record_edit(record)
    ledger.close()
    assert rows(path, "SELECT backend, language, accepted, refused FROM edits") == [
        ("deepseek", "python", 1, 0)
    ]


def test_suggestions_of_yesterday_do_not_count_today(ledger: Ledger, path: Path) -> None:
    """Neither in the figures of the day, nor in the caps."""
    today = DayTotals(DaySpending(int(NOON) - 43_200, 1.0, 5), "USD", 2, 1)
    rows = [suggestion_row(suggested(ledger), at, "test") for at in (NOON - 86_400, NOON)]
    assert today.plus(rows) == DayTotals(today.spent, "USD", 3, 1)
