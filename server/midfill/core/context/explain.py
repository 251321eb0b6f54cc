"""A description of the prompt: the snippets of its context by source, their tokens, and why they are included."""

from collections.abc import Sequence

from midfill.core.context.prompt_context import PromptContext, token_cost
from midfill.core.context.snippet import Snippet
from midfill.core.model import Prompt
from midfill.core.tokens import estimate

REASONS = {
    "notes": "given by the setting context.extra",
    "document": "other lines of the file itself: recently edited or visited, or similar; for this place only",
    "recent": "recently edited or visited",
    "search": "shares rare words with the lines around the cursor",
    "declarations": "declares names that are used near the cursor or imported",
    "editor": "declares such names according to the editor's language servers, which receive a request in a pause",
}


def explanation(prompt_context: PromptContext, prompt: Prompt, sources: Sequence[str]) -> str:
    """Return a table of the prompt's parts, in order; `sources` are the ones that were searched."""
    lines = [
        f"{estimate(prompt.full_prefix + prompt.suffix):6,.0f} tokens in all, about; they are sent in this order:"
    ]
    for source in dict.fromkeys(("notes", *sources)):
        snippets = [snippet for snippet in prompt_context.snippets if snippet.source == source]
        lines.append(f"{sum(map(token_cost, snippets)):6,.0f} {source}: {_summary(snippets, source)}")
        lines += (
            f"       {token_cost(snippet):6,.0f} {_place(snippet)}{_score(snippet)}" for snippet in snippets
        )
    before, after = prompt.prefix.count("\n") + 1, prompt.suffix.count("\n") + 1
    lines.append(
        f"{estimate(prompt.prefix):6,.0f} {prompt_context.path or 'the file'}: {before:,} lines before the cursor"
    )
    lines.append(
        f"{estimate(prompt.suffix):6,.0f} {prompt_context.path or 'the file'}: {after:,} lines after the cursor"
    )
    return "\n".join(lines)


def _summary(snippets: Sequence[Snippet], source: str) -> str:
    return f"{len(snippets)} pieces; {REASONS[source]}" if snippets else "nothing new found"


def _place(snippet: Snippet) -> str:
    rows = snippet.text.rstrip("\n").count("\n") + 1
    return (
        f"{snippet.path}:{snippet.line + 1}-{snippet.line + rows}" if snippet.path else "text without a file"
    )


def _score(snippet: Snippet) -> str:
    return f" (score {snippet.score:.3g})" if snippet.source in {"document", "search", "declarations"} else ""
