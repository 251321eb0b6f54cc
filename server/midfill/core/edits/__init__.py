"""The next edit without a model: the user's last edit at one or two places, offered at similar places."""

from midfill.core.edits.history import History
from midfill.core.edits.hunk import Hunk, Page, Proposal
from midfill.core.edits.propose import learnt, proposals

__all__ = ["History", "Hunk", "Page", "Proposal", "learnt", "proposals"]
