"""The next edit without a model: the user's last edit is offered at similar places.

`History` collects the user's edits as hunks. `offerable_rules` derives rules from them, and `proposals` yields the
edits at the places where the rules fit. The modules in reading order: `edit_tokens`, `hunk`, `history`, `hunk_change`,
`holes`, `generalize`, `rule_context`, `rule`, `specificity`, `learn`, `places`, `propose`.
"""

from midfill.core.edits.history import History
from midfill.core.edits.hunk import Hunk, Proposal, Snapshot
from midfill.core.edits.propose import offerable_rules, proposals

__all__ = ["History", "Hunk", "Proposal", "Snapshot", "offerable_rules", "proposals"]
