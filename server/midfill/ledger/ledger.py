"""The ledger as its users see it: they tell it things, and it costs them no time."""

import random
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from midfill.core.booking import Called, Proposed, Suggested
from midfill.core.caps import Level, level, told
from midfill.ledger.entry import Entry, State
from midfill.ledger.rows import BalanceRow
from midfill.ledger.terms import Terms
from midfill.ledger.today import Today, day_start
from midfill.ledger.writer import Writer

LOOK_S = 2.0
"""Seconds after which what other servers have spent is looked up again before a call."""
BALANCE_S = 3600.0
"""Seconds between two questions for the balance of an account, of all servers."""
CLOSE_S = 2.0
"""Seconds that closing may take."""


class Ledger:
    """Books calls and suggestions, and knows what was spent today; every method returns at once.

    Args:
        path: the ledger's file; None keeps everything in memory.
        on_change: called after each write, in a thread of the ledger's.
        clock: returns the seconds since 1970.
    """

    def __init__(
        self,
        path: Path | None = None,
        on_change: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path = path
        self.terms = Terms()
        self.on_change = on_change
        self.state = State()
        self.ready = threading.Event()
        """Set once it was read."""
        self._clock = clock
        self._numbers = count(random.getrandbits(40) << 22)
        self._writer = Writer(path, self._changed)
        self._looked = 0.0
        self._allowed = 0
        """The day on which the user has allowed calls by hand beyond the cap."""

    # What the engine tells (`core.booking.Book`).

    def number(self) -> int:
        """Return a number that no other call or suggestion has, of any server."""
        return next(self._numbers)

    def called(self, call: Called) -> None:
        """Take note of a call that has ended."""
        self._put(call)

    def suggested(self, suggested: Suggested) -> None:
        """Take note of a suggestion, or of what has become of one."""
        self._put(suggested)

    def proposed(self, proposed: Proposed) -> None:
        """Take note of a next edit, or of what has become of one."""
        self._put(proposed)

    def why_not(self, *, manual: bool) -> str:
        """Return why no call that costs something may be made now, in words; empty if one may."""
        if not any(self.terms.caps):
            return ""
        if self._clock() - self._looked > LOOK_S:
            self.look()
        if self.level < Level.REACHED or (manual and self._allowed == self._day):
            return ""
        return f"the cap of this day is reached: {self.spending}"

    # What its owner tells and asks.

    def agree(self, terms: Terms) -> None:
        """Book on these terms from now on."""
        self.terms = terms
        self.look()

    def look(self) -> None:
        """Have what others have booked looked up."""
        self._looked = self._clock()
        self._put(None)

    def allow_today(self) -> None:
        """Allow calls by hand beyond the cap, until the day ends."""
        self._allowed = self._day

    @property
    def today(self) -> Today:
        """The figures of this day, of all servers."""
        return self.state.today.at(self._day)

    @property
    def level(self) -> Level:
        """How near to its caps this day's spending has come."""
        return level(self.today.spent, self.terms.caps)

    @property
    def spending(self) -> str:
        """What was spent today, of what may be, in words."""
        return told(self.today.spent, self.terms.caps, self.today.currency)

    def balances(self, backend: str) -> list[BalanceRow]:
        """Return what was last told of the account with a backend."""
        return [row for row in self.state.balances if row.backend == backend]

    def balance_is_due(self, backend: str) -> bool:
        """Whether the balance was not asked for lately, by any server."""
        now = self._clock()
        return all(now - row.at > BALANCE_S for row in self.balances(backend))

    def balance(self, backend: str, currency: str, total: float, *, available: bool) -> None:
        """Take note of what was told of an account; nothing told is noted without a currency."""
        self._put(BalanceRow(backend, currency, self._clock(), available, total))

    def close(self) -> None:
        """Write what is left; takes some milliseconds, and at most `CLOSE_S`."""
        self._writer.close(CLOSE_S)

    @property
    def _day(self) -> int:
        return day_start(self._clock())

    def _put(self, what: Called | Suggested | Proposed | BalanceRow | None) -> None:
        self._writer.put(Entry(what, self._clock(), self.terms))

    def _changed(self, state: State) -> None:
        self.state = state
        self.ready.set()
        self.on_change()
