"""The embedded engine's answers at places whose text is known."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import quantiles

from midfill.core.lookup import Memory, complete, memory_of_files
from midfill.core.model import AnswerLimits
from midfill.workspace.nearby import family
from tests.quality.lookup.places import Place, Sample

TABLE = "{:14} {:>9} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>8} {:>8}"
HEAD = TABLE.format("", "lines", "places", "speaks", "right", "saved", "blocks", "right", "p50 ms", "p95 ms")


@dataclass
class Measured:
    """Sums over places."""

    name: str
    lines: int = 0
    places: int = 0
    answers: int = 0
    right: int = 0
    blocks: int = 0
    """Answers of more than a line."""
    right_blocks: int = 0
    saved: int = 0
    """Characters of the cursor's lines that right answers have written."""
    missing: int = 0
    """Characters of these lines after the cursors."""
    times: list[float] = field(default_factory=list)
    """Milliseconds of the processor."""

    def take(self, place: Place, text: str, milliseconds: float) -> None:
        """Count an answer: it is right if the written text starts with it."""
        right = bool(text) and f"{place.rest}{place.below}\n".startswith(text)
        self.places += 1
        self.answers += bool(text)
        self.right += right
        self.blocks += "\n" in text
        self.right_blocks += right and "\n" in text
        self.saved += min(len(text), len(place.rest)) if right else 0
        self.missing += len(place.rest)
        self.times.append(milliseconds)

    def row(self) -> str:
        """Return the row of the table."""
        cuts = quantiles(self.times, n=20)
        return TABLE.format(
            self.name,
            f"{self.lines:,}",
            self.places,
            f"{self.answers / self.places:.1%}",
            f"{self.right / max(self.answers, 1):.1%}",
            f"{self.saved / max(self.missing, 1):.1%}",
            self.blocks,
            self.right_blocks,
            f"{cuts[9]:.2f}",
            f"{cuts[18]:.2f}",
        )


def measured(sample: Sample, limits: AnswerLimits) -> Measured:
    """Request an answer at each place of a sample."""
    found = Measured(sample.name, sum(text.count("\n") for text in sample.files.values()))
    memories = Memories(sample)
    for place in sample.places:
        beside = memories.of(place.path)
        began = time.thread_time()
        text = complete(place.cursor, limits, (beside,))
        found.take(place, text, 1000 * (time.thread_time() - began))
    return found


def together(name: str, rows: Iterable[Measured]) -> Measured:
    """Return the sums of some rows."""
    total = Measured(name)
    for row in rows:
        for field_ in ("lines", "places", "answers", "right", "blocks", "right_blocks", "saved", "missing"):
            setattr(total, field_, getattr(total, field_) + getattr(row, field_))
        total.times += row.times
    return total


class Memories:
    """The memories of a workspace, one for each family of languages, as the index builds them."""

    def __init__(self, sample: Sample) -> None:
        self._files = sample.files
        self._made = lru_cache(self._make)

    def of(self, path: str) -> Memory:
        """Return the memories for a file."""
        return self._made(family(path)).without_file(path)

    def _make(self, ends: frozenset[str]) -> Memory:
        return memory_of_files([(path, text) for path, text in self._files.items() if family(path) == ends])
