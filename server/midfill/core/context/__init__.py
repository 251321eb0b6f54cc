"""The context of the prompt besides the document: recent edits, declarations, and text that shares words.

`gathered` makes the `Block` of a place from `ContextInputs` and an `Index`. It is called when the user comes to a new
place, never for each key. The modules in reading order: `chunk`, `index`, `words`, `recent`, `comments`, `block`,
`place`, `gather`, `explain`.
"""

from midfill.core.context.block import Block
from midfill.core.context.chunk import Chunk
from midfill.core.context.comments import mark_of
from midfill.core.context.explain import explained
from midfill.core.context.gather import (
    EDITOR,
    SMALL,
    SOURCES,
    ContextInputs,
    Sizes,
    declared,
    gathered,
    outlined,
)
from midfill.core.context.index import Index
from midfill.core.context.place import is_new_place
from midfill.core.context.recent import Recent
from midfill.core.context.words import NameAt, places_near

__all__ = [
    "EDITOR",
    "SMALL",
    "SOURCES",
    "Block",
    "Chunk",
    "ContextInputs",
    "Index",
    "NameAt",
    "Recent",
    "Sizes",
    "declared",
    "explained",
    "gathered",
    "is_new_place",
    "mark_of",
    "outlined",
    "places_near",
]
