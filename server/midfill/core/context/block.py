"""The block of context in front of a document: it only grows at its end, until its older half is dropped at once.

A provider caches what a prompt has in common with an earlier one from its first byte on. So what is sent once stays
where it is while it may be of use.
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
"""Share of a piece's lines that have to be in the block already for it to bring nothing new."""


Lines = dict[str, set[str]]
"""Lines by the path of their file."""


@dataclass(frozen=True)
class Block:
    """The pieces of other files in front of a document, oldest first."""

    chunks: tuple[Chunk, ...] = ()
    path: str = ""
    """The path of the document itself."""
    mark: str = ""
    """What each line of other files begins with, so that it is a comment; empty: they stand there as they are."""

    @cached_property
    def head(self) -> str:
        """All that the model reads before the document's text.

        The document's own path stands at the end, right before its text, as in training; before the context it would
        end what a provider has cached at each switch to another file.
        """
        return self.text + (f"{self.mark or '#'} {self.path}\n" if self.path else "")

    @cached_property
    def text(self) -> str:
        """The block as the model reads it: a path, then the code, in the style that DeepSeek-Coder was trained on."""
        return neutralized("".join(written(chunk, self.mark) for chunk in self.chunks))

    @cached_property
    def tokens(self) -> float:
        """The estimated size of the block."""
        return sum(map(cost, self.chunks))

    @cached_property
    def lines(self) -> Lines:
        """What stands in the block, by path."""
        found: Lines = {}
        for chunk in self.chunks:
            found.setdefault(chunk.path, set()).update(said(chunk))
        return found

    def grown(self, chunks: Sequence[Chunk], budget: float) -> "Block":
        """Return the block with `chunks` at its end; what is oldest gives way if that is more than `budget`."""
        if not chunks:
            return self
        room = budget - sum(map(cost, chunks))
        kept = self.chunks if self.tokens <= room else _newest(self.chunks, min(room, KEPT * budget))
        return replace(self, chunks=(*kept, *chunks))


def written(chunk: Chunk, mark: str = "") -> str:
    """Return a piece as the model reads it; with a mark, as comments."""
    if mark:
        title = f"{mark} {chunk.path}\n" if chunk.path else ""
        return f"{title}{commented(chunk.text.rstrip(), mark)}\n"
    return f"# {chunk.path}\n{chunk.text.rstrip()}\n\n" if chunk.path else f"{chunk.text.rstrip()}\n\n"


def cost(chunk: Chunk) -> float:
    """Return the estimated tokens of a piece."""
    return estimate(written(chunk))


def joined(chunks: Iterable[Chunk]) -> list[Chunk]:
    """Return pieces of the same file that overlap or touch as one, in the place of the first of them."""
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
    """Whether a piece brings lines that are not known of its file."""
    lines, of_file = said(chunk), known.get(chunk.path)
    return bool(lines) and (not of_file or sum(line in of_file for line in lines) < KNOWN * len(lines))


def said(chunk: Chunk) -> list[str]:
    """Return the lines of a piece that are not blank, without their indentation."""
    return [line for line in map(str.strip, chunk.text.split("\n")) if line]
