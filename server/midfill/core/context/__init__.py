"""What the model may read beside the document: what was edited lately, declarations, and text that shares words.

`gathered` makes the `Block` of a place from `Facts` and an `Index`. It is asked when the user comes to a place, never
for each key. The modules in reading order: `chunk`, `index`, `words`, `recent`, `block`, `place`, `gather`, `explain`.
"""

from midfill.core.context.block import Block
from midfill.core.context.chunk import Chunk
from midfill.core.context.explain import explained
from midfill.core.context.gather import SOURCES, Facts, Sizes, gathered
from midfill.core.context.index import Index
from midfill.core.context.place import is_another
from midfill.core.context.recent import Recent

__all__ = [
    "SOURCES",
    "Block",
    "Chunk",
    "Facts",
    "Index",
    "Recent",
    "Sizes",
    "explained",
    "gathered",
    "is_another",
]
