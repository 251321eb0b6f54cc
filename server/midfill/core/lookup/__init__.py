"""The embedded engine: completions from text that already occurs in the document and in the workspace.

Every place that ends like the text before the cursor votes for the text that follows it there. Such places are found by
the last n-grams before the cursor (prompt lookup decoding), in the document by scanning, in a *memory* by a suffix
array. The weight of a vote grows with the length of the match in tokens. The completion is built from pieces (words,
blanks, single characters): each is the piece with the most votes, and the completion ends before it is likely wrong. No
model is used.

The modules in reading order: `lookup`, `document_text`, `memory`, `matches`, `votes`, `confidence`, `analogy`,
`line_fit`, `copied_lines`.
"""

from midfill.core.lookup.lookup import complete
from midfill.core.lookup.memory import Memory, MemoryText, join_files, memory_of_files, suffix_array

__all__ = ["Memory", "MemoryText", "complete", "join_files", "memory_of_files", "suffix_array"]
