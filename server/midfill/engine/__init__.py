"""The completion engine: debounce, shared in-flight calls, cancellation and deadlines."""

from midfill.engine.counters import Counters
from midfill.engine.engine import Engine
from midfill.engine.request import SUPERSEDED, Reply, Request, Suggestion
from midfill.engine.rules import rules_of

__all__ = ["SUPERSEDED", "Counters", "Engine", "Reply", "Request", "Suggestion", "rules_of"]
