"""The embedded engine: completions from text that already occurs in the document and in the workspace.

Every place that ends like the text before the cursor votes for the text that follows it there. The weight of a vote
grows with the length of the match. The completion is built from pieces: each is the piece with the most votes, and the
completion ends before it is likely wrong. No model is used.

The modules in reading order: `lookup`, `source`, `memory`, `matches`, `votes`, `confidence`, `analogy`, `fit`, `block`.
"""

from midfill.core.lookup.lookup import complete
from midfill.core.lookup.memory import Memory, Text, joined, remembered, sorted_starts

__all__ = ["Memory", "Text", "complete", "joined", "remembered", "sorted_starts"]
