"""The only place that waits: newest wins, debounce, shared flights, deadlines."""

from midfill.engine.engine import Engine
from midfill.engine.request import SUPERSEDED, Reply, Request, Suggestion
from midfill.engine.tally import Tally

__all__ = ["SUPERSEDED", "Engine", "Reply", "Request", "Suggestion", "Tally"]
