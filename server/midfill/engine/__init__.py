"""The completion engine: debounce, shared in-flight calls, cancellation and deadlines."""

from midfill.engine.counters import Counters
from midfill.engine.document_context import ContextSource
from midfill.engine.engine import Engine
from midfill.engine.request import SUPERSEDED, Reply, Request, Suggestion
from midfill.engine.rewriter import EditRequest, Rewriter, edit_question
from midfill.engine.rules import budget_of, rules_of, sizes_of
from midfill.engine.tracker import AcceptedText

__all__ = [
    "SUPERSEDED",
    "AcceptedText",
    "ContextSource",
    "Counters",
    "EditRequest",
    "Engine",
    "Reply",
    "Request",
    "Rewriter",
    "Suggestion",
    "budget_of",
    "edit_question",
    "rules_of",
    "sizes_of",
]
