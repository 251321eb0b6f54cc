"""The examples in docstrings are run; those of shaping have a test of their own."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import midfill.core
from midfill.core.edits.holes import derivation

MODULES = [
    module.name
    for module in pkgutil.walk_packages(midfill.core.__path__, "midfill.core.")
    if not module.name.startswith("midfill.core.shape")
]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    """Each example gives what its docstring says."""
    assert doctest.testmod(import_module(name)).failed == 0


@pytest.mark.parametrize(
    ("made", "source", "expected"),
    [
        (("a_get_get", "a_put_get"), ("get", "put"), ("a_", "_get")),
        (("getter", "putter"), ("get", "put"), ("", "ter")),
        (("other", "another"), ("get", "put"), None),
        (("get", "set"), ("get", "put"), None),
    ],
)
def test_inserted_word_contains_its_source(
    made: tuple[str, str], source: tuple[str, str], expected: tuple[str, str] | None
) -> None:
    """The first occurrence counts, and both changes have the same text around it."""
    found = derivation(made, source)
    assert (None if found is None else (found[0], found[2])) == expected
