"""Cases: a document, a position, a raw answer, and the expected file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from random import Random

from midfill.core.cursor import Cursor
from midfill.core.document import Document, Position
from midfill.core.model import AnswerLimits
from tests.quality.defects import ALL, Defect, Novel, clean, title
from tests.quality.holes import Hole, holes
from tests.quality.sources import Source, sources

LIMITS = AnswerLimits(scope="block", max_lines=20)
"""The limits for shaping; a hole has at most twelve lines."""

_PER_HOLE = 7
_WEIGHTS = {
    "python": 6,
    "typescript": 4,
    "go": 3,
    "rust": 3,
    "java": 3,
    "c": 3,
    "cpp": 3,
    "lua": 3,
    "typescriptreact": 2,
}


@dataclass(frozen=True)
class Case:
    """One answer to one hole."""

    hole: Hole
    defect: str
    raw: str

    @property
    def kind(self) -> str:
        return self.hole.kind

    @property
    def language(self) -> str:
        return self.hole.source.language

    @property
    def position(self) -> Position:
        """The cursor's position (the character counts code points)."""
        return Position(self.hole.before.count("\n"), len(self.hole.head))

    def cursor(self) -> Cursor:
        """Return the server's snapshot."""
        document = Document("file:///" + self.hole.source.name, self.language, self.hole.document)
        return document.cursor(self.position, "utf-32")


def cases(seed: int, count: int) -> list[Case]:
    """Return `count` cases: every hole is answered cleanly, and with the next six of the defects that apply to it."""
    rng = Random(seed)
    made: list[Case] = []
    turns = cycle(_shuffled(ALL[1:], rng))
    for hole in _holes(rng):
        for defect in [clean, *(next(turns) for _ in range(_PER_HOLE - 1))]:
            raw = defect(hole, rng, _novel(hole.source, rng))
            if raw is not None:
                made.append(Case(hole, title(defect), raw))
        if len(made) >= count:
            return made[:count]
    return made


def _shuffled(defects: Sequence[Defect], rng: Random) -> list[Defect]:
    return rng.sample(list(defects), len(defects))


def _holes(rng: Random) -> Iterator[Hole]:
    """Yield endless holes: languages by weight, kinds in turn, files at random."""
    found = sources()
    names = [name for name in found for _ in range(_WEIGHTS.get(name, 1))]
    while True:
        by_kind = holes(rng.choice(found[rng.choice(names)]))
        if by_kind:
            yield rng.choice(by_kind[rng.choice(sorted(by_kind))])


def _novel(source: Source, rng: Random) -> Novel:
    """Return a source of statements from another file of the language, or from the same file if there is no other."""

    def statement() -> str:
        others = [other for other in sources()[source.language] if other is not source] or [source]
        for _ in range(20):
            kinds = holes(rng.choice(others))
            if "statement" in kinds:
                hole = rng.choice(kinds["statement"])
                lines = hole.middle.split("\n")
                return "\n".join([lines[0], *(line.removeprefix(hole.head) for line in lines[1:])])
        return "pass"

    return statement
