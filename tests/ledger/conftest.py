"""Fixtures: a stopped clock, and a ledger in its own folder."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from midfill.ledger import Ledger
from tests.ledger.records import NOON


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "ledger.sqlite3"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    ledger = Ledger(path, clock=lambda: NOON)
    yield ledger
    ledger.close()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a loaded machine, the ledger's thread may need longer than a server that ends waits for it."""
    monkeypatch.setattr("midfill.ledger.ledger.CLOSE_TIMEOUT_S", 60.0)


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()
