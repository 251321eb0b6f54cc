"""The bars, on a sample; `python -m tests.quality` runs all of it."""

from tests.quality.__main__ import SEED, run
from tests.quality.cases import cases
from tests.quality.report import failures
from tests.quality.wire import over_the_wire


def test_shaping_is_above_the_bars() -> None:
    """The suggestions for a thousand answers to holes in real files meet the bars."""
    verdicts, _ = run(cases(SEED, 1_000))
    assert failures(verdicts) == []


def test_server_is_above_the_bars() -> None:
    """The same answers pass the server, the protocol and the backend unchanged."""
    assert failures(over_the_wire(cases(SEED, 240))) == []


def test_same_seed_gives_the_same_cases() -> None:
    """A run can be repeated."""
    first, second = cases(3, 60), cases(3, 60)
    assert [(case.raw, case.defect, case.position) for case in first] == [
        (case.raw, case.defect, case.position) for case in second
    ]
