"""Answers to holes in files of the tests; each case has a name."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from midfill.core.model import AnswerLimits
from tests.quality import indentation
from tests.quality.cases import LIMITS, Case
from tests.quality.defects import ALL, clean, title
from tests.quality.holes import Hole, holes
from tests.quality.sources import LANGUAGES, SAMPLES, Source

FOLDER = Path(__file__).parent
FILES = [FOLDER / "depot.py", *sorted(SAMPLES.iterdir())]

PER_KIND, PER_HOLE = 5, 5
BY_HAND = AnswerLimits(scope="block", max_lines=LIMITS.max_lines, manual=True)


class Named(NamedTuple):
    """A case with a name."""

    name: str
    case: Case
    limits: AnswerLimits


def named_cases(path: Path) -> Iterator[Named]:
    """Yield cases of a file: clean answers, answers with a defect, and with a wrong indentation."""
    rng = Random(path.name)
    source = Source(path.name, LANGUAGES[path.suffix], path.read_text("utf-8"))
    for _, found in sorted(holes(source).items()):
        for hole in rng.sample(found, min(PER_KIND, len(found))):
            row = hole.before.count("\n") + 1
            place = f"{path.name}:{row}:{len(hole.head) + 1}"
            for defect, raw in _answers(hole, rng):
                yield Named(f"{place}: {hole.kind}, {defect}", Case(hole, defect, raw), LIMITS)
            yield Named(f"{place}: {hole.kind}, by hand", Case(hole, "clean", hole.middle), BY_HAND)


def _answers(hole: Hole, rng: Random) -> Iterator[tuple[str, str]]:
    """Yield answers by their defect: a clean one, some of the defects that apply, and two wrong indentations."""
    yield "clean", hole.middle
    made = [
        (title(defect), raw) for defect in ALL if defect is not clean and (raw := defect(hole, rng, _novel))
    ]
    yield from rng.sample(made, min(PER_HOLE, len(made)))
    if hole.middle.count("\n") and hole.source.language not in {"markdown", "json", "html", "css", "toml"}:
        moves: list[Callable[[Hole], str]] = rng.sample(indentation.DEFECTS, 2)
        yield from ((move.__name__, move(hole)) for move in moves)


def _novel() -> str:
    return "other_call(first, second)"
