"""The embedded engine: what followed text like that before the cursor, wherever it stood before.

Every place that ends like the text before the cursor votes for what follows it there, the more the longer it
agrees backwards. What most of the vote agrees on is shown, and nothing else. There is no model and no
index: the texts are searched as they are. In reading order: `lookup`, `source`, `votes`, `analogy`, `fit`,
`block`.
"""

from midfill.core.lookup.lookup import complete
from midfill.core.lookup.source import Source

__all__ = ["Source", "complete"]
