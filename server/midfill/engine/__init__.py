"""The completion engine: debounce, shared in-flight calls, cancellation and deadlines."""

from midfill.engine.counters import Counters
from midfill.engine.document_context import ContextProvider
from midfill.engine.engine import Engine
from midfill.engine.request import SUPERSEDED, Reply, Request, Suggestion
from midfill.engine.request_policy import context_sizes, prompt_budget, request_policy
from midfill.engine.rewriter import EditRequest, Rewriter, edit_backend_request
from midfill.engine.suggestion_tracker import AcceptedText

__all__ = [
    "SUPERSEDED",
    "AcceptedText",
    "ContextProvider",
    "Counters",
    "EditRequest",
    "Engine",
    "Reply",
    "Request",
    "Rewriter",
    "Suggestion",
    "context_sizes",
    "edit_backend_request",
    "prompt_budget",
    "request_policy",
]
