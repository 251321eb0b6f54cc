"""A plugin of pytest that empties midfill's caches before each test, so that each computes cached values."""

import gc
from functools import _lru_cache_wrapper, cache

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Empty them; otherwise coverage would name only the first test of a process that needs a value."""
    for one in _caches():
        one.cache_clear()


@cache
def _caches() -> "list[_lru_cache_wrapper[object]]":
    """Return those of all modules that the tests have imported."""
    found = (one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper))
    return [one for one in found if (one.__module__ or "").startswith("midfill")]
