"""The context of the prompt besides the document: recent edits, declarations, and text that shares words.

`block_at_place` makes the `Block` of a place from `ContextInputs` and a `ContextIndex`. It is called when the user
comes to a new place, never for each key. The modules in reading order: `snippet`, `context_index`, `nearby_words`,
`far_lines`, `recent`, `comments`, `block`, `new_place`, `gather`, `explain`.
"""

from midfill.core.context.block import Block
from midfill.core.context.comments import comment_marker_of
from midfill.core.context.context_index import ContextIndex
from midfill.core.context.explain import explanation
from midfill.core.context.gather import (
    EDITOR,
    SMALL_BUDGET,
    SOURCES,
    BlockSizes,
    ContextInputs,
    block_at_place,
    declaration_snippet,
    with_declarations,
)
from midfill.core.context.nearby_words import NamePosition, name_positions
from midfill.core.context.new_place import is_new_place
from midfill.core.context.recent import RecentRanges
from midfill.core.context.snippet import Snippet

__all__ = [
    "EDITOR",
    "SMALL_BUDGET",
    "SOURCES",
    "Block",
    "BlockSizes",
    "ContextIndex",
    "ContextInputs",
    "NamePosition",
    "RecentRanges",
    "Snippet",
    "block_at_place",
    "comment_marker_of",
    "declaration_snippet",
    "explanation",
    "is_new_place",
    "name_positions",
    "with_declarations",
]
