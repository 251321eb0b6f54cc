"""Each rule of shaping has an example before and after in its docstring, and the examples hold."""

import doctest
from types import FunctionType

import pytest

from midfill.core import shape
from midfill.core.model import Ask
from tests.core.shape.places import applied, cursor


def accepted(marked: str, raw: str, language: str = "python") -> str:
    """Return the document after the answer `raw` was shaped and accepted at the mark."""
    here = cursor(marked, language)
    return applied(marked, shape.shape(raw, here, Ask()))


@pytest.mark.parametrize("rule", shape.RULES, ids=lambda rule: rule.__name__)
def test_example_of_each_rule(rule: FunctionType) -> None:
    """Accepting the answer of the example gives the document of the example."""
    (example,) = doctest.DocTestFinder(recurse=False).find(rule, globs={"accepted": accepted})
    assert example.examples, f"{rule.__name__} has no example"
    report: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=report.append)
    assert not report, "".join(report)
