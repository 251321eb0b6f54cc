"""The examples in docstrings are run; those of shaping have a test of their own."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import midfill

MODULES = [
    module.name
    for module in pkgutil.walk_packages(midfill.__path__, "midfill.")
    if not module.name.startswith("midfill.core.shape") and not module.name.endswith("__main__")
]
"""Importing `__main__` runs a command."""


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    """Each example gives what its docstring says."""
    assert doctest.testmod(import_module(name)).failed == 0
