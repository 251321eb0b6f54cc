"""The context of the prompt besides the document: recent edits, declarations, and text that shares words.

`context_for_cursor` makes the `PromptContext` of a place from `ContextInputs` and a `ContextIndex`. It is called when
the user comes to a new place, never for each key. The modules in reading order: `snippet`, `context_index`,
`nearby_words`, `far_lines`, `recent`, `comments`, `prompt_context`, `needs_new_context`, `gather`, `explain`.

The order of the prompt:

A provider caches the common prefix of two prompts. So the most stable text comes first: the `PromptContext`, oldest
snippets first, each as `# path` and its lines; the document's own `# path`; its text, whole up to
`prompt.prefix_tokens`, beyond that from a fixed grid; the cursor; a short suffix.

The part of a long document that the prompt does not reach is a source, too: `far_snippets` searches it for similar
lines. These snippets are last in the context, and belong to one place: the next one drops them.

`DocumentContext.update` starts a new context when the cursor is more than `MIN_DISTANCE_ROWS` rows from the last
place, at the start of a line. `ContextCollector.collect` collects the inputs in the loop. In a thread,
`context_for_cursor` searches the sources, skips snippets that the context contains, masks keys, and appends the rest. A
full context drops its older half at once.

In the first pause at a place, `EditorDefinitions` requests the definitions of names near the cursor from the editor's
own language servers, if the client announces this. Answers that arrive in time, in files that are not excluded, are
added once at the context's end. Each document has its own context, so its prompt is still cached when the user returns
to it. Comparisons ignore `Prompt.context`: another context neither ends a call nor changes what is shown.
"""

from midfill.core.context.comments import comment_marker_of
from midfill.core.context.context_index import ContextIndex
from midfill.core.context.explain import explanation
from midfill.core.context.gather import (
    EDITOR,
    SMALL_BUDGET,
    SOURCES,
    ContextInputs,
    ContextSizes,
    context_for_cursor,
    declaration_snippet,
    with_declarations,
)
from midfill.core.context.nearby_words import NamePosition, name_positions
from midfill.core.context.needs_new_context import is_new_place
from midfill.core.context.prompt_context import PromptContext
from midfill.core.context.recent import RecentRanges
from midfill.core.context.snippet import Snippet

__all__ = [
    "EDITOR",
    "SMALL_BUDGET",
    "SOURCES",
    "ContextIndex",
    "ContextInputs",
    "ContextSizes",
    "NamePosition",
    "PromptContext",
    "RecentRanges",
    "Snippet",
    "comment_marker_of",
    "context_for_cursor",
    "declaration_snippet",
    "explanation",
    "is_new_place",
    "name_positions",
    "with_declarations",
]
