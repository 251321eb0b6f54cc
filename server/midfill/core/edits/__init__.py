"""The next edit without a model: what the user has just done at one or two places, offered where it fits."""

from midfill.core.edits.history import History
from midfill.core.edits.hunk import Hunk, Page, Proposal
from midfill.core.edits.propose import learnt, proposals

__all__ = ["History", "Hunk", "Page", "Proposal", "learnt", "proposals"]
