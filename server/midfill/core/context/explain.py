"""A description of the prompt: the chunks of a block by source, their tokens, and why they are included."""

from collections.abc import Sequence

from midfill.core.context.block import Block, cost
from midfill.core.context.chunk import Chunk
from midfill.core.model import Prompt
from midfill.core.tokens import estimate

REASONS = {
    "notes": "given by the setting context.extra",
    "recent": "edited or looked at lately",
    "search": "shares rare words with the lines around the cursor",
    "declarations": "declares names that are used near the cursor or imported",
    "editor": "declares such names, as the editor's language servers say; they are asked in a pause",
}


def explained(block: Block, prompt: Prompt, sources: Sequence[str]) -> str:
    """Return a table of the prompt's parts, in order; `sources` are the ones that were searched."""
    lines = [
        f"{estimate(prompt.head + prompt.suffix):6,.0f} tokens in all, about; they are sent in this order:"
    ]
    for source in dict.fromkeys(("notes", *sources)):
        chunks = [chunk for chunk in block.chunks if chunk.source == source]
        lines.append(f"{sum(map(cost, chunks)):6,.0f} {source}: {_told(chunks, source)}")
        lines += (f"       {cost(chunk):6,.0f} {_place(chunk)}{_score(chunk)}" for chunk in chunks)
    before, behind = prompt.prefix.count("\n") + 1, prompt.suffix.count("\n") + 1
    lines.append(
        f"{estimate(prompt.prefix):6,.0f} {block.path or 'the file'}: {before:,} lines before the cursor"
    )
    lines.append(
        f"{estimate(prompt.suffix):6,.0f} {block.path or 'the file'}: {behind:,} lines behind the cursor"
    )
    return "\n".join(lines)


def _told(chunks: Sequence[Chunk], source: str) -> str:
    return f"{len(chunks)} pieces; {REASONS[source]}" if chunks else "nothing new found"


def _place(chunk: Chunk) -> str:
    rows = chunk.text.rstrip("\n").count("\n") + 1
    return f"{chunk.path}:{chunk.line + 1}-{chunk.line + rows}" if chunk.path else "a text"


def _score(chunk: Chunk) -> str:
    return f" (score {chunk.score:.3g})" if chunk.source in {"search", "declarations"} else ""
