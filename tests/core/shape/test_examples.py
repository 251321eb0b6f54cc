"""Each rule of shaping has an example before and after in its docstring, and the examples hold."""

import doctest
import pkgutil
from importlib import import_module
from types import FunctionType

import pytest

from midfill.core import shape
from midfill.core.model import AnswerLimits
from tests.core.shape.places import applied, cursor


def accepted(marked: str, raw: str, language: str = "python", *, manual: bool = False) -> str:
    """Return the document after the answer `raw` was shaped and accepted at the mark."""
    here = cursor(marked, language)
    return applied(marked, shape.shape(raw, here, AnswerLimits(manual=manual)))


def functions_with_examples() -> set[str]:
    """Return the names of the functions of the package whose docstrings have examples."""
    modules = [
        import_module(found.name) for found in pkgutil.iter_modules(shape.__path__, "midfill.core.shape.")
    ]
    functions = {
        function
        for module in modules
        for function in vars(module).values()
        if isinstance(function, FunctionType) and function.__module__ == module.__name__
    }
    return {function.__name__ for function in functions if ">>>" in (function.__doc__ or "")}


@pytest.mark.parametrize("rule", shape.RULES, ids=lambda rule: rule.__name__)
def test_example_of_each_rule(rule: FunctionType) -> None:
    """Accepting the answer of the example gives the document of the example."""
    (example,) = doctest.DocTestFinder(recurse=False).find(rule, globs={"accepted": accepted})
    assert example.examples, f"{rule.__name__} has no example"
    report: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=report.append)
    assert not report, "".join(report)


def test_each_function_with_an_example_is_a_rule() -> None:
    """So each example is run."""
    assert {rule.__name__ for rule in shape.RULES} == functions_with_examples()
