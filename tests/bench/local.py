"""How often the embedded engine answers, how often it is right, and how long it takes.

A line of a real file is cut off at a third or two thirds of its length, and the engine asked to go on. It may also be
left out whole ("start"), or with the lines below it ("block"), or be kept whole ("end"), and then no answer is right.
An answer is right when what was cut off begins with it. Run: `python -m tests.bench.local`.
"""

import argparse
import random
import sysconfig
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import quantiles

from midfill.backends.local import joined
from midfill.core.cursor import Cursor
from midfill.core.lookup import Source, complete
from midfill.core.model import Ask
from midfill.workspace import Library, to_uri

LIBRARY = Path(sysconfig.get_path("stdlib"))
PROJECT = Path(__file__).resolve().parents[2]

TABLE = "{:46} {:>8} {:>9} {:>7} {:>7} {:>7} {:>8} {:>8}"


@dataclass(frozen=True)
class Case:
    """A cursor, and the text that really stood behind it."""

    path: Path
    cursor: Cursor
    truth: str


def main() -> None:
    """Print one row per setting."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cases", type=int, default=1000, help="per row")
    arguments.add_argument("--seed", type=int, default=0)
    options = arguments.parse_args()
    print(TABLE.format("", "answers", "precision", "right", "exact", "saved", "p50 ms", "p95 ms"))
    for name, folder in (("standard library", LIBRARY), ("this project", PROJECT)):
        for cut, beside, ask in _settings():
            label = f"{name}, {cut}{', with neighbours' if beside else ''}{', manual' if ask.manual else ''}"
            cases = list(sample(folder, cut, options.cases, random.Random(options.seed)))
            print(row(label, cases, ask, beside=beside), flush=True)


def sample(folder: Path, cut: str, count: int, chance: random.Random) -> Iterator[Case]:
    """Yield cases from the Python files of a folder, the same ones for the same seed."""
    files = (
        sorted(folder.glob("*.py"))
        + sorted(folder.glob("server/**/*.py"))
        + sorted(folder.glob("tests/**/*.py"))
    )
    texts = [(file, file.read_text("utf-8", errors="replace").splitlines(keepends=True)) for file in files]
    texts = [(file, lines) for file, lines in texts if len(lines) > 30]
    for _ in range(count):
        file, lines = chance.choice(texts)
        row = chance.choice([row for row in range(5, len(lines) - 1) if len(lines[row].strip()) >= 6])
        yield _case(file, lines, row, cut, chance)


def row(label: str, cases: Sequence[Case], ask: Ask, *, beside: bool) -> str:
    """Return the row of the table that tells how the cases went."""
    answers = right = exact = saved = 0
    times = []
    for case in cases:
        around = _beside(case.path) if beside else None
        begun = time.perf_counter()
        text = complete(case.cursor, ask, around)
        times.append(1000 * (time.perf_counter() - begun))
        answers += bool(text)
        if text and case.truth.startswith(text):
            right, exact, saved = right + 1, exact + (text == case.truth), saved + len(text)
    cuts = quantiles(times, n=20)
    shares = [answers / len(cases), right / max(answers, 1), right / len(cases), exact / len(cases)]
    shares.append(saved / max(sum(len(case.truth) for case in cases), 1))
    return TABLE.format(label, *(f"{share:.1%}" for share in shares), f"{cuts[9]:.2f}", f"{cuts[18]:.2f}")


def _settings() -> Iterator[tuple[str, bool, Ask]]:
    for beside in (False, True):
        yield "line", beside, Ask()
    yield "line", True, Ask(manual=True)
    yield "start", True, Ask()
    yield "end", True, Ask()
    yield "block", True, Ask()


def _case(file: Path, lines: Sequence[str], row: int, cut: str, chance: random.Random) -> Case:
    """Cut off the line at `row`, at its start or further on; for a block, the lines below it too."""
    line = lines[row].rstrip("\r\n")
    indent = len(line) - len(line.lstrip())
    share = _SHARES[cut] if cut in _SHARES else chance.choice((1 / 3, 2 / 3))
    at = indent + int(share * (len(line) - indent))
    until = row + 1 + (_block(lines[row + 1 :], indent) if cut == "block" else 0)
    cursor = Cursor(
        uri=to_uri(str(file)),
        language="python",
        row=row,
        above=tuple(lines[max(0, row - 2000) : row]),
        head=line[:at],
        below=tuple(lines[until : until + 2000]),
        end="\n",
    )
    return Case(file, cursor, "".join([line[at:], "\n", *lines[row + 1 : until]]).rstrip("\n"))


def _block(lines: Sequence[str], indent: int) -> int:
    """Return how many of `lines` go on with the block of a line indented by `indent`, up to an empty one."""
    for count, line in enumerate(lines):
        if not line.strip() or len(line) - len(line.lstrip()) < indent:
            return count
    return len(lines)


_SHARES = {"start": 0.0, "end": 1.0}


@lru_cache(maxsize=300)
def _beside(path: Path) -> Source:
    """Return the text of the files beside a file."""
    folder = PROJECT if path.is_relative_to(PROJECT) else LIBRARY
    return joined(Library([folder]).neighbours(to_uri(str(path))))


if __name__ == "__main__":
    main()
