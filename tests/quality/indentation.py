"""Answers with only their indentation wrong, in simulated typing; Python compiles those in Python.

`python -m tests.quality.indentation [--seed N] [--cases N] [--language NAME]`. The kinds are those of bug
reports of completion tools: a space too many or too few, lines counted from the cursor, twice the
indentation, a separate first line.
"""

import argparse
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random
from shutil import which

from midfill.core.syntax.errors import error_count
from midfill.core.syntax.languages import language
from tests.quality.holes import Hole, holes
from tests.quality.sources import sources
from tests.quality.typed import ask

KINDS = (
    "statement",
    "block",
    "block and its end",
    "block, from its first line",
    "next line",
    "before a statement",
)
CHECKS = {
    "go": ("gofmt", "-e"),
    "javascript": ("node", "--check", "--input-type=module", "-"),
}
"""The programs that check a file of a language, if they are installed; Python is compiled."""
MAX_LINES = 10
MAX_WRONG, MAX_BROKEN = 4.0, 2.0
"""Of 100 answers: those that are shown wrong, and those of Python that do not compile."""
MIN_PYTHON = 300
"""Minimum cases in Python; of fewer, a single one would decide."""


def _moved(hole: Hole, move: Callable[[str], str]) -> str:
    """Return the middle with the blanks of its lines moved; of the first line if the middle starts it."""
    lines = hole.middle.split("\n")
    fresh = not hole.head.strip()
    first = move(hole.head + lines[0]) if fresh and lines[0].strip() else lines[0]
    return "\n".join([first, *(move(line) if line.strip() else line for line in lines[1:])])


def _blanks(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def off_by_one(hole: Hole) -> str:
    """One blank too many."""
    return _moved(hole, lambda line: " " + line)


def one_missing(hole: Hole) -> str:
    """One blank too few."""
    return _moved(hole, lambda line: line[1:] if line[0] == " " else line)


def from_the_cursor(hole: Hole) -> str:
    """Lines counted from the indentation of the cursor's line."""
    base = _blanks(hole.head)
    return _moved(hole, lambda line: line.removeprefix(base))


def twice(hole: Hole) -> str:
    """The cursor's indentation twice."""
    base = _blanks(hole.head)
    return _moved(hole, lambda line: base + line)


def first_line_only(hole: Hole) -> str:
    """The first line alone repeats the indentation before the cursor; the others are not indented."""
    base = _blanks(hole.head)
    first, *rest = hole.middle.split("\n")
    return "\n".join([base + first, *(line.removeprefix(base) for line in rest)])


DEFECTS = (off_by_one, one_missing, from_the_cursor, twice, first_line_only)


def cases(seed: int, count: int, only: str = "") -> Iterator[tuple[str, Hole, str]]:
    """Yield defects, holes and answers, the languages in turn, or in one language."""
    rng = Random(seed)
    found = sources()
    names = sorted(name for name in found if name not in {"markdown", "json", "html", "css", "toml", "sql"})
    names = [only] if only else names
    made = 0
    while made < count:
        name = names[made % len(names)]
        by_kind = holes(rng.choice(found[name]))
        kinds = [kind for kind in KINDS if kind in by_kind]
        if not kinds:
            continue
        hole = rng.choice(by_kind[rng.choice(kinds)])
        defect = rng.choice(DEFECTS)
        answer = defect(hole)
        torn = defect is first_line_only and not hole.middle.partition("\n")[0].strip()
        if 1 <= hole.middle.count("\n") < MAX_LINES and answer != hole.middle and not torn:
            made += 1
            yield defect.__name__.replace("_", " "), hole, answer


def verdict(hole: Hole, answer: str) -> str:
    """Return `exact`, `less` (its start), `wrong` or `broken` (more syntax errors than the true file)."""
    name = hole.source.language
    typed = ask(hole.before, hole.extra + hole.after, answer, name)
    document, truth = _plain(typed.document), _plain(hole.truth)
    if document == truth:
        return "exact"
    if typed.last.text and _broken(typed.document, hole):
        return "broken"
    shown = _plain(typed.last.text).rstrip()
    return "less" if _plain(hole.middle).startswith(shown) else "wrong"


def _broken(document: str, hole: Hole) -> bool:
    """Whether the language itself refuses the document and takes the true file; else tree-sitter is asked."""
    name = hole.source.language
    if name == "python":
        return not _compiles(document)
    if (check := CHECKS.get(name)) and which(check[0]):
        return not _passes(check, document) and _passes(check, hole.truth)
    known = language(name)
    return error_count(document, known) > error_count(hole.truth, known)


def _compiles(document: str) -> bool:
    try:
        compile(document, "shown", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _passes(check: tuple[str, ...], document: str) -> bool:
    done = subprocess.run(check, input=document, text=True, capture_output=True, timeout=60, check=False)
    return done.returncode == 0


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n"))


def main(argv: Sequence[str] | None = None) -> int:
    """Print a table by language and by defect; exit with 1 above the bars."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=800)
    parser.add_argument("--language", default="", help="one language alone")
    parser.add_argument("--show", type=int, default=0, metavar="N")
    args = parser.parse_args(argv)
    warnings.simplefilter("ignore", SyntaxWarning)
    tables: dict[str, Counter[str]] = {}
    for defect, hole, answer in cases(args.seed, args.cases, args.language):
        outcome = verdict(hole, answer)
        for row in (hole.source.language, defect, "all"):
            tables.setdefault(row, Counter())[outcome] += 1
        if outcome in {"wrong", "broken"} and args.show:
            args.show -= 1
            print(
                f"== {outcome} / {defect} / {hole.kind} / {hole.source.name}\n{hole.before[-160:]}▮{hole.after[:80]}"
            )
            print(f"--- answer {answer!r}\n--- want {hole.middle!r}")
            print(
                f"--- shown {ask(hole.before, hole.extra + hole.after, answer, hole.source.language).last!r}"
            )
    for row, counts in tables.items():
        shares = {name: 100 * counts[name] / counts.total() for name in ("exact", "less", "wrong", "broken")}
        print(
            f"{row:18}{counts.total():6}"
            + "".join(f"  {name} {share:5.1f}" for name, share in shares.items())
        )
    every, python = tables["all"], tables.get("python", Counter())
    wrong = 100 * (every["wrong"] + every["broken"]) / every.total()
    broken = 100 * python["broken"] / max(1, python.total())
    is_wrong = wrong > MAX_WRONG and not args.language
    is_broken = broken > MAX_BROKEN and python.total() >= MIN_PYTHON
    return int(is_wrong or is_broken)


if __name__ == "__main__":
    sys.exit(main())
