"""The next edit without a model: the user's last edit is offered at similar places.

`History` collects the user's edits as hunks. `learnt` derives rules from them, and `proposals` yields the places where
the rules fit. The modules in reading order: `tokens`, `hunk`, `history`, `hunk_change`, `holes`, `unify`, `context`,
`rule`, `sure`, `learn`, `places`, `propose`.
"""

from midfill.core.edits.history import History
from midfill.core.edits.hunk import Hunk, Page, Proposal
from midfill.core.edits.propose import learnt, proposals

__all__ = ["History", "Hunk", "Page", "Proposal", "learnt", "proposals"]
