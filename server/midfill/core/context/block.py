"""The block of context before a document: it grows at its end until its older half is dropped at once.

A provider caches the common prefix of two prompts. So text stays in its place once it was sent, as long as it is
useful.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from midfill.core.context.chunk import Chunk
from midfill.core.context.comments import commented
from midfill.core.control_tokens import neutralized
from midfill.core.tokens import estimate

KEPT = 0.5
"""Share of the block that is kept when it is full."""
KNOWN = 0.7
"""Share of a chunk's lines from which the block already contains it."""


Lines = dict[str, set[str]]
"""Lines by the path of their file."""


@dataclass(frozen=True)
class Block:
    """The chunks of other files before a document, oldest first."""

    chunks: tuple[Chunk, ...] = ()
    path: str = ""
    """The path of the document itself."""
    mark: str = ""
    """The comment marker before each line of other files; empty: the lines are unchanged."""

    @cached_property
    def head(self) -> str:
        """All text that the model reads before the document's text.

        The document's own path is at the end, directly before its text, as in training. Before the context it would
        invalidate the provider's cache at each change of file.
        """
        return self.text + (f"{self.mark or '#'} {self.path}\n" if self.path else "")

    @cached_property
    def text(self) -> str:
        """The block as the model reads it: a path, then the code, in the style of DeepSeek-Coder's training data."""
        return neutralized("".join(written(chunk, self.mark) for chunk in self.chunks))

    @cached_property
    def tokens(self) -> float:
        """The estimated size of the block."""
        return sum(map(cost, self.chunks))

    @cached_property
    def lines(self) -> Lines:
        """The lines of the block, by path."""
        found: Lines = {}
        for chunk in self.chunks:
            found.setdefault(chunk.path, set()).update(said(chunk))
        return found

    def grown(self, chunks: Sequence[Chunk], budget: float) -> "Block":
        """Return the block with `chunks` at its end; the oldest chunks are dropped if it exceeds `budget`."""
        if not chunks:
            return self
        room = budget - sum(map(cost, chunks))
        kept = self.chunks if self.tokens <= room else _newest(self.chunks, min(room, KEPT * budget))
        return replace(self, chunks=(*kept, *chunks))


def written(chunk: Chunk, mark: str = "") -> str:
    """Return a chunk as the model reads it; with a mark, as comments."""
    if mark:
        title = f"{mark} {chunk.path}\n" if chunk.path else ""
        return f"{title}{commented(chunk.text.rstrip(), mark)}\n"
    return f"# {chunk.path}\n{chunk.text.rstrip()}\n\n" if chunk.path else f"{chunk.text.rstrip()}\n\n"


def cost(chunk: Chunk) -> float:
    """Return the estimated tokens of a chunk."""
    return estimate(written(chunk))


def joined(chunks: Iterable[Chunk]) -> list[Chunk]:
    """Return the chunks with overlapping or adjacent ones of a file merged, in the place of the first."""
    found: list[Chunk] = []
    for chunk in chunks:
        for at, other in enumerate(found):
            if chunk.path and other.path == chunk.path and _touch(other, chunk):
                found[at] = _union(other, chunk)
                break
        else:
            found.append(chunk)
    return found


def _touch(one: Chunk, other: Chunk) -> bool:
    upper, lower = sorted((one, other), key=lambda chunk: chunk.line)
    return lower.line <= upper.line + len(_lines(upper))


def _union(one: Chunk, other: Chunk) -> Chunk:
    upper, lower = sorted((one, other), key=lambda chunk: chunk.line)
    lines = _lines(upper)
    lines += _lines(lower)[upper.line + len(lines) - lower.line :]
    return replace(upper, text="\n".join(lines), source=one.source, score=max(one.score, other.score))


def _lines(chunk: Chunk) -> list[str]:
    return chunk.text.removesuffix("\n").split("\n")


def _newest(chunks: Sequence[Chunk], room: float) -> Sequence[Chunk]:
    start = len(chunks)
    while start and (room := room - cost(chunks[start - 1])) >= 0:
        start -= 1
    return chunks[start:]


def lacking(chunk: Chunk, known: Lines) -> bool:
    """Whether a chunk has new lines of its file."""
    lines, of_file = said(chunk), known.get(chunk.path)
    return bool(lines) and (not of_file or sum(line in of_file for line in lines) < KNOWN * len(lines))


def said(chunk: Chunk) -> list[str]:
    """Return the lines of a chunk that are not blank, without indentation."""
    return [line for line in map(str.strip, chunk.text.split("\n")) if line]
