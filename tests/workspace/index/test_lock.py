"""The lock of an index, in virtual time."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from midfill.workspace.index import lock
from midfill.workspace.index.lock import IndexLockedError, locked


class Clock:
    """A clock that only a sleep moves; at a given time another process releases the lock.

    Args:
        release: releases the lock.
        at: when.
    """

    def __init__(self, release: ExitStack, at: float) -> None:
        self.now = 0.0
        self._release, self._at = release, at

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.now >= self._at:
            self._release.close()


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[ExitStack]:
    """The holder of the lock."""
    with ExitStack() as stack:
        stack.enter_context(locked(tmp_path / "lock", 0))
        yield stack


def test_released_lock_is_taken_soon(
    tmp_path: Path, holder: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A waiting process takes it within a second, and holds it."""
    clock = Clock(holder, 0.5)
    monkeypatch.setattr(lock, "time", clock)
    with locked(tmp_path / "lock", 60):
        assert 0.5 <= clock.now < 1
        with pytest.raises(IndexLockedError), locked(tmp_path / "lock", 0):
            pass
    with locked(tmp_path / "lock", 0):
        pass


@pytest.mark.parametrize("wait_s", [0, 2])
def test_waiting_for_the_lock_ends(
    tmp_path: Path, holder: ExitStack, monkeypatch: pytest.MonkeyPatch, wait_s: float
) -> None:
    """The error names the folder of the index."""
    clock = Clock(holder, 60.0)
    monkeypatch.setattr(lock, "time", clock)
    with pytest.raises(IndexLockedError) as caught, locked(tmp_path / "lock", wait_s):
        pass
    assert str(caught.value) == f"another process writes the index in {tmp_path}"
    assert wait_s <= clock.now < wait_s + 1
    assert (clock.now == 0) is (wait_s == 0), "without a time to wait there is one attempt"
