"""Each case by itself: a right suggestion stays right. The bars of `test_bars.py` only count."""

from pathlib import Path

import pytest

from midfill.core.shape import is_final, shape
from tests.quality.exact import FILES, FOLDER, Named, named_cases
from tests.quality.judge import Outcome, judge

KNOWN = set((FOLDER / "known.txt").read_text("utf-8").splitlines())
"""Cases with a wrong result."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_known_results_do_not_change(path: Path) -> None:
    """A case that has become right is not listed as wrong."""
    wrong = {named.name for named in named_cases(path) if not _exact(named)}
    assert wrong == {name for name in KNOWN if name.startswith(f"{path.name}:")}


def _exact(named: Named) -> bool:
    shown = shape(named.case.raw, named.case.cursor(), named.limits)
    return judge(named.case, shown).outcome is Outcome.EXACT


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_early_stop_gives_the_same_suggestion(path: Path) -> None:
    """At each place where a stream may be closed, the text so far gives the same suggestion as the whole answer."""
    cases = list(named_cases(path))
    moved = [named for named in cases if named.name.endswith("first_line_only")]
    assert sum(map(_stops, [*cases[::8], *moved]))


def _stops(named: Named) -> int:
    """Check every place at which the stream of a case can be closed; return how many there are."""
    (name, case, limits), here = named, named.case.cursor()
    ends = {at for at, char in enumerate(case.raw, 1) if char == "\n"}
    stops = [
        at for at in sorted({*ends, *range(0, len(case.raw), 9)}) if is_final(case.raw[:at], here, limits)
    ]
    for at in stops:
        assert shape(case.raw[:at], here, limits) == shape(case.raw, here, limits), (name, case.raw[:at])
    return len(stops)
