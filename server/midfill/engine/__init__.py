"""The completion engine: debounce, shared in-flight calls, cancellation and deadlines."""

from midfill.engine.counters import Counters
from midfill.engine.engine import Engine
from midfill.engine.rules import sizes_of
from midfill.engine.request import SUPERSEDED, Reply, Request, Suggestion

__all__ = ["SUPERSEDED", "Counters", "Engine", "Reply", "Request", "Suggestion", "sizes_of"]
