"""Runs many changes, several at once, in a pytest that has loaded the tests."""

import gc
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from multiprocessing.connection import wait

import pytest

from tests.mutation.changes import Change
from tests.mutation.covering import Covering
from tests.mutation.patch import Loaded, Patch
from tests.mutation.trial import Laboratory, Trial, Watch, options, plain

LEAST = 40
"""Changes that are tried without a limit on time."""


class Trials(Watch):
    """A plugin of pytest that tries changes instead of running the tests.

    Args:
        changes: are tried in this order.
        known: the tests that run a line.
        seed: hypothesis draws by it.
        jobs: how many at once.
        until: the end on the monotonic clock; later no change is started, if `LEAST` are.
    """

    def __init__(
        self, changes: Sequence[Change], known: Covering, *, seed: int, jobs: int, until: float
    ) -> None:
        super().__init__(known.seconds)
        self._changes, self._known, self._jobs, self._until = changes, known, jobs, until
        self._laboratory = Laboratory(seed, known.seconds)
        self._items: defaultdict[str, list[pytest.Item]] = defaultdict(list)
        self.noticed: dict[Change, bool] = {}
        """The changes that were tried, and whether a test noticed them."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try the changes; pytest runs no test itself."""
        for item in session.items:
            self._items[plain(item.nodeid)].append(item)
        self._loaded = Loaded()
        gc.freeze()  # The forks share the loaded modules.
        self._without_change()
        running: dict[int, tuple[Change, Trial]] = {}
        begun = self._begun()
        while True:
            while len(running) < self._jobs and (next_ := next(begun, None)):
                running[next_[1].sentinel] = next_
            if not running:
                return True
            ready = wait(list(running))
            for sentinel in [one for one in running if one in ready]:
                change, trial = running.pop(sentinel)
                self.noticed[change] = trial.noticed()
                if not self.noticed[change]:
                    print(change, flush=True)

    def _without_change(self) -> None:
        """Raise `RuntimeError` if tests fail here without any change: every change would seem noticed."""
        for change in self._changes[:1]:
            names = {test for one in self._changes for test in self._known.tests(one.path, one.line)[:1]}
            items = [item for name in sorted(names) for item in self._items[name]]
            module = change.path.read_text("utf-8")
            for trial in (
                self._laboratory.here(Patch([], []), change.path, module, items),
                self._laboratory.anew(change.path, module, sorted(names)),
            ):
                if trial.noticed():
                    raise RuntimeError("Tests that pass by themselves fail in the laboratory.")

    def _begun(self) -> Iterator[tuple[Change, Trial]]:
        """Start the changes one after the other, while there is time."""
        for number, change in enumerate(self._changes):
            if number >= LEAST and time.monotonic() > self._until:
                return
            yield change, self._begin(change)

    def _begin(self, change: Change) -> Trial:
        tests = self._known.tests(change.path, change.line)
        patch = (
            None
            if self._known.loads(change.path, change.line)
            else self._loaded.patch(change.path, change.module)
        )
        if patch is None:
            return self._laboratory.anew(change.path, change.module, tests)
        return self._laboratory.here(
            patch, change.path, change.module, [item for test in tests for item in self._items[test]]
        )


def tried(
    changes: Sequence[Change], known: Covering, tests: Sequence[str], *, seed: int, jobs: int, until: float
) -> dict[Change, bool]:
    """Return the changes that there was time for, and whether a test noticed them."""
    trials = Trials(changes, known, seed=seed, jobs=jobs, until=until)
    pytest.main([*options(seed), *tests], plugins=[trials])
    return trials.noticed
