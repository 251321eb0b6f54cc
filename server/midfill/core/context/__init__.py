"""The context of the prompt besides the document: recent edits, declarations, and text that shares words.

`gathered` makes the `Block` of a place from `ContextInputs` and a `ContextIndex`. It is called when the user comes to a
new place, never for each key. The modules in reading order: `snippet`, `index`, `words`, `recent`, `comments`, `block`,
`place`, `gather`, `explain`.
"""

from midfill.core.context.block import Block
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
from midfill.core.context.index import ContextIndex
from midfill.core.context.place import is_new_place
from midfill.core.context.recent import RecentRegions
from midfill.core.context.snippet import Snippet
from midfill.core.context.words import NameAt, places_near

__all__ = [
    "EDITOR",
    "SMALL",
    "SOURCES",
    "Block",
    "ContextIndex",
    "ContextInputs",
    "NameAt",
    "RecentRegions",
    "Sizes",
    "Snippet",
    "declared",
    "explained",
    "gathered",
    "is_new_place",
    "mark_of",
    "outlined",
    "places_near",
]
