"""The only place that waits: newest wins, debounce, shared flights, deadlines."""

from midfill.engine.counters import Counters
from midfill.engine.engine import Engine
from midfill.engine.request import SUPERSEDED, Reply, Request, Suggestion

__all__ = ["SUPERSEDED", "Counters", "Engine", "Reply", "Request", "Suggestion"]
