"""The result of one check of `midfill doctor`."""

import time
from dataclasses import dataclass
from typing import Literal

from midfill.cli.complete import exit_code
from midfill.core.model import BackendError


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    state: Literal["ok", "note", "failed"]
    text: str
    fix: str = ""
    """The remedy."""
    code: int = 0
    """The exit code of a failure."""


def failure(what: str, error: BackendError) -> Finding:
    """Return the result of a check that failed with an error."""
    return Finding("failed", f"{what}: {error}", code=exit_code(error))


def milliseconds(began: float) -> str:
    """Return the time since a moment of `time.perf_counter`, as text."""
    return f"{(time.perf_counter() - began) * 1000:.0f} ms"
