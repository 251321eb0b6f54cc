"""Records of calls and suggestions."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

from midfill.core.model import Prompt, Usage
from midfill.core.records import CallRecord, SuggestionRecord
from midfill.ledger import Ledger

NOON = 1_795_867_200.0
"""Saturday, 28 November 2026, 12:00 UTC: off peak."""
SECRET = "text_of_the_users_file"
SUFFIX = "also_not_to_be_written"


def called(ledger: Ledger, usage: Usage | None = None, **facts: Any) -> CallRecord:
    """Return a call that has just ended."""
    known: dict[str, Any] = {
        "number": ledger.new_id(), "backend": "deepseek", "model": "deepseek-flash", "paid": True,
        "language": "python", "prompt": Prompt(SECRET, SUFFIX), "text": SECRET, "read": True,
        "outcome": "whole", "manual": False, "speculative": False, "first_ms": 250.0, "total_ms": 400.0,
    }  # fmt: skip
    return CallRecord(**{**known, "usage": usage, **facts})


def suggested(ledger: Ledger, call: int = 1, **facts: Any) -> SuggestionRecord:
    """Return a suggestion that was just shown."""
    known: dict[str, Any] = {"backend": "deepseek", "language": "python", "until": 10}
    return SuggestionRecord(**{**known, "number": ledger.new_id(), "call_id": call, **facts})


def settled(ledger: Ledger, met: Callable[[Ledger], object]) -> None:
    """Wait until the ledger's thread has reached a state."""
    until = monotonic() + 60
    while not met(ledger):
        assert monotonic() < until, ledger.state
        sleep(0.005)
