"""Costs that do not depend on the machine and its load."""

import time
from collections.abc import Callable


def cost(action: Callable[[], object]) -> float:
    """Return the processor time of an action, in that of a fixed piece of work (some hundredths of a second)."""
    spent = _spent(action)
    return spent / max(_spent(_yardstick), 0.001)


def _spent(action: Callable[[], object]) -> float:
    began = time.process_time()
    action()
    return time.process_time() - began


def _yardstick() -> int:
    total = 0
    for number in range(1_000_000):
        total += number & 7
    return total
