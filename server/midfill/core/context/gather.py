"""Selects the snippets of all sources that go into the context."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from midfill.core.context.context_index import ContextIndex
from midfill.core.context.far_lines import DOCUMENT, far_snippets, is_visible
from midfill.core.context.nearby_words import names_near, words_near
from midfill.core.context.prompt_context import (
    PromptContext,
    content_lines,
    has_new_lines,
    merged,
    token_cost,
)
from midfill.core.context.snippet import Snippet
from midfill.core.credentials import without_credentials
from midfill.core.cursor import Cursor
from midfill.core.outline import outline
from midfill.core.privacy import is_secret
from midfill.core.prompt import Budget, visible_rows
from midfill.core.tokens import estimate

SOURCES = ("document", "recent", "search", "declarations")
EDITOR = "editor"
"""The source that is requested later than the others, in a pause: the editor's language servers."""
ORDER = ("notes", EDITOR, "declarations", "search", "recent", DOCUMENT)
"""The order of the sources in a context: the most relevant are nearest to the document."""
SHARES = {"notes": 0.5, DOCUMENT: 0.3, "recent": 0.35, "search": 0.45, "declarations": 0.2, EDITOR: 0.2}
"""Each source's share of the tokens of a place (`tests/quality/context`); the others share what it does not use."""
PLACE_SHARE = 2 / 3
"""Share of the context's budget that one place may fill (`tests/quality/context`)."""
SMALL_BUDGET = 2_000
"""Tokens below which a budget is small: each place then makes a new context.

Such a context also uses the space that a short text above the cursor leaves.
"""
MIN_REQUESTED_SNIPPETS = 32
"""Minimum number of snippets to request from an index."""
SMALL_SNIPPET_TOKENS = 60
"""Tokens of a small snippet: a place requests as many snippets as it could hold of these."""


@dataclass(frozen=True)
class ContextSizes:
    """The maximum sizes of the context, in tokens."""

    budget: float = 5_000
    """Of the whole context."""
    per_place: float = PLACE_SHARE * 5_000
    """Of the snippets that one place adds."""
    text: Budget = field(default_factory=Budget)
    """Of the document's own text in the prompt; the context of a small budget uses what it leaves above the cursor."""

    @classmethod
    def of(cls, budget: float, text: Budget) -> "ContextSizes":
        """Return the sizes for a context of `budget` tokens before a text of at most `text`; see `SMALL_BUDGET`."""
        return cls(budget, budget if budget < SMALL_BUDGET else PLACE_SHARE * budget, text)

    def at(self, cursor: Cursor) -> "ContextSizes":
        """Return the sizes at a cursor."""
        left = self.text.prefix - estimate("".join(cursor.above)) if 0 < self.budget < SMALL_BUDGET else 0
        if left <= 0:
            return self
        return replace(self, budget=self.budget + left, per_place=self.per_place * (1 + left / self.budget))


@dataclass(frozen=True, kw_only=True)
class ContextInputs:
    """The inputs for the context of a place, collected when the user comes there."""

    cursor: Cursor
    path: str = ""
    """The document's path in the index."""
    comment_marker: str = ""
    """The comment marker for other files' lines; see `PromptContext.comment_marker`."""
    recent: Sequence[Snippet] = ()
    notes: Sequence[Snippet] = ()
    sources: Collection[str] = SOURCES

    @cached_property
    def words(self) -> list[str]:
        """The words to search for, the rarest of the document first."""
        return words_near(self.cursor)


def context_for_cursor(
    inputs: ContextInputs, index: ContextIndex | None, prompt_context: PromptContext, sizes: ContextSizes
) -> PromptContext:
    """Return the context for a place: `prompt_context`, extended by the new snippets that were found."""
    sizes = sizes.at(inputs.cursor)
    limit = max(MIN_REQUESTED_SNIPPETS, int(sizes.per_place / SMALL_SNIPPET_TOKENS))
    found = found_by_source(inputs, index, limit) | far_parts(inputs, sizes.text)
    prompt_context = prompt_context.without(DOCUMENT)
    snippets = selected_snippets(found, prompt_context, sizes)
    return replace(prompt_context, path=inputs.path, comment_marker=inputs.comment_marker).extended(
        snippets, sizes.budget
    )


def with_declarations(
    snippets: Sequence[Snippet], path: str, prompt_context: PromptContext, sizes: ContextSizes
) -> PromptContext:
    """Return the context of the document `path`, extended by declarations that arrived after it was made."""
    room = ContextSizes(sizes.budget, SHARES[EDITOR] * sizes.per_place)
    found = {EDITOR: [snippet for snippet in snippets if _may_be_sent(snippet, path)]}
    return prompt_context.extended(selected_snippets(found, prompt_context, room), sizes.budget)


def declaration_snippet(path: str, lines: Sequence[str], row: int) -> Snippet:
    """Return the declaration on a line that a language server named: comment, signature and members."""
    found = outline(lines, row)
    return Snippet(path, found.first, "\n".join(found.lines), EDITOR, 1.0)


def found_by_source(
    inputs: ContextInputs, index: ContextIndex | None, limit: int = MIN_REQUESTED_SNIPPETS
) -> dict[str, list[Snippet]]:
    """Return the allowed snippets of each source, the best first."""
    found: dict[str, Sequence[Snippet]] = {"notes": inputs.notes, "recent": inputs.recent}
    if index is not None and "search" in inputs.sources:
        found["search"] = index.search(inputs.words, limit, inputs.path) if inputs.words else ()
    if index is not None and "declarations" in inputs.sources:
        names = names_near(inputs.cursor)
        found["declarations"] = index.definitions(names, limit) if names else ()
    return {
        source: [snippet for snippet in found[source] if _may_be_sent(snippet, inputs.path)]
        for source in ("notes", *SOURCES)
        if source in found and (source in inputs.sources or source == "notes")
    }


def far_parts(inputs: ContextInputs, text: Budget) -> dict[str, list[Snippet]]:
    """Return the snippets of the document that its prompt does not show: recent places, then similar lines."""
    if DOCUMENT not in inputs.sources:
        return {}
    visible = visible_rows(inputs.cursor, text)
    recent = [
        snippet
        for snippet in inputs.recent
        if snippet.source == DOCUMENT and not is_visible(snippet, visible)
    ]
    return {DOCUMENT: [*recent, *far_snippets(inputs.cursor, inputs.words, inputs.path, visible)]}


def selected_snippets(
    found: Mapping[str, list[Snippet]], prompt_context: PromptContext, sizes: ContextSizes
) -> list[Snippet]:
    """Return the new snippets that fit, masked: each source has its share, and the best snippet is last."""
    known = {path: set(lines) for path, lines in prompt_context.lines.items()}
    picked: dict[str, list[Snippet]] = {source: [] for source in found}
    left = room = sizes.per_place
    for share in (SHARES, dict.fromkeys(SHARES, 1.0)):
        for source, snippets in found.items():
            allowed = min(left, share[source] * room)
            for snippet in snippets:
                cost = token_cost(snippet)
                if cost > allowed or not has_new_lines(snippet, known):
                    continue
                picked[source].append(snippet)
                known.setdefault(snippet.path, set()).update(content_lines(snippet))
                allowed, left = allowed - cost, left - cost
    order = [snippet for source in ORDER for snippet in reversed(picked.get(source, ()))]
    return [replace(snippet, text=without_credentials(snippet.text)) for snippet in merged(order)]


def _may_be_sent(snippet: Snippet, own: str) -> bool:
    """Whether a snippet is from another file than the document's `own`, and from no file with secrets."""
    return not snippet.path or (snippet.path != own and not is_secret(snippet.path))
