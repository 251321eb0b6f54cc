"""The embedded engine: completions from text that already occurs in the open files.

Every place that ends like the text before the cursor votes for the text that follows it there. The weight of a vote
grows with the length of the match. Only text with a large majority is shown. The search uses no model and no index.
The modules in reading order: `lookup`, `source`, `votes`, `analogy`, `fit`, `block`.
"""

from midfill.core.lookup.lookup import complete
from midfill.core.lookup.source import Source

__all__ = ["Source", "complete"]
