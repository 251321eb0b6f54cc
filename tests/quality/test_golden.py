"""The hand-written cases."""

import pytest

from midfill.core.shape import shape
from tests.core.shape.places import applied, cursor
from tests.quality.golden import goldens

CASES = goldens()


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str) -> None:
    """Each case gives its document."""
    case = CASES[name]
    shown = shape(case.answer, cursor(case.document, case.language), case.limits)
    made = applied(case.document, shown) if shown else None
    assert made == case.result, case.rule
