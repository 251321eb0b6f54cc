"""A wall clock that is set forwards or backwards while the ledger is open, as by a time server or a user."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from midfill.core.caps import Caps, SpendingLevel
from midfill.core.model import Usage
from midfill.ledger import Ledger, LedgerOptions
from tests.ledger.records import NOON, called, settled

HOUR, DAY = 3_600.0, 86_400.0
USED = Usage(prompt=1_000, output=50)
JUMPS = {
    "an hour on": HOUR,
    "a day on": DAY,
    "an hour back": -HOUR,
    "a day back": -DAY,
    "a year back": -365 * DAY,
}


class Clock:
    """A clock with a settable time."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def set_back(path: Path, clock: Clock) -> Iterator[Ledger]:
    """A ledger with that clock and a high cap."""
    ledger = Ledger(path, clock=clock)
    ledger.configure(LedgerOptions(caps=Caps(tokens=1_000_000)))
    ledger.ready.wait(20)
    yield ledger
    ledger.close()


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_spending_of_other_servers_is_read_with_any_clock(
    set_back: Ledger, clock: Clock, path: Path, jump: float
) -> None:
    """With any clock, the cap applies before a call, and another server's calls count."""
    clock.at += jump
    other = Ledger(path, clock=clock)
    other.configure(LedgerOptions(caps=Caps(tokens=1_000_000)))
    other.record_call(called(other, Usage(prompt=2_000_000, output=1)))
    other.close()
    set_back.cap_reason(manual=False)
    settled(set_back, lambda ledger: ledger.level is SpendingLevel.REACHED)
    assert "cap is reached" in set_back.cap_reason(manual=False)


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_failing_file_is_tried_again(tmp_path: Path, clock: Clock, jump: float) -> None:
    """Within a minute by any clock: it does not wait until the clock reaches the earlier time."""
    folder = tmp_path / "data"
    folder.write_text("a file in the folder's place")
    ledger = Ledger(folder / "ledger.sqlite3", clock=clock)
    ledger.record_call(called(ledger, USED))
    settled(ledger, lambda ledger: ledger.state.write_error)
    folder.unlink()
    clock.at += jump
    ledger.refresh()
    settled(ledger, lambda ledger: not ledger.state.write_error)
    ledger.close()


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_future_balance_is_requested_again(set_back: Ledger, clock: Clock, jump: float) -> None:
    """An hour before or after it, by the clock, it is requested again."""
    set_back.balance("deepseek", "USD", 5.0, available=True)
    settled(set_back, lambda ledger: ledger.balances("deepseek"))
    assert not set_back.balance_is_due("deepseek")
    clock.at += jump * 1.01
    assert set_back.balance_is_due("deepseek")
