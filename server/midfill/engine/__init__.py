"""The only place that waits: newest wins, debounce, shared flights, deadlines."""

from midfill.engine.engine import Engine
from midfill.engine.request import Reply, Request, Suggestion
from midfill.engine.tally import Tally

__all__ = ["Engine", "Reply", "Request", "Suggestion", "Tally"]
