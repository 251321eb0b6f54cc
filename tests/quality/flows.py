"""Suggestions at frequent positions: after a closed bracket, at the start of a block, in a body's first line.

`python -m tests.quality.flows` draws holes from code that shaping was not tuned on (the standard library's
packages, npm's own packages, the system's C headers). It types a character, streams the true text, and
accepts the last suggestion. Python is compiled by Python.
"""

import argparse
import sys
import sysconfig
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from midfill.core.syntax.errors import error_count
from midfill.core.syntax.languages import language
from tests.quality.holes import Hole, holes
from tests.quality.sources import LANGUAGES, MAX_LINES_OF_A_SOURCE, STANDARD_LIBRARY, Source
from tests.quality.test_cases import plain
from tests.quality.typed import ask

KINDS = {
    "closed by the editor": "autoclose",
    "block": "block start",
    "block and its end": "block start",
    "block, from its first line": "first line of a body",
    "statement": "statement",
    "end of line": "end of line",
}
MIN_EXACT = {"autoclose": 95.0, "block start": 95.0, "first line of a body": 95.0}
MAX_LINES = 12
"""Lines of a hole: those of `completion.max_lines`."""


def unseen_files(npm: Path | None) -> list[Source]:
    """Return files that were not used to tune shaping."""
    library = Path(sysconfig.get_path("stdlib"))
    known = set(STANDARD_LIBRARY.split())
    paths = [
        path for path in sorted(library.glob("[a-z]*/*.py")) if "test" not in str(path.relative_to(library))
    ]
    paths += [path for path in sorted(library.glob("*.py")) if path.stem not in known]
    paths += sorted(Path("/usr/include").glob("*.h"))
    paths += sorted(npm.rglob("*.js"))[:400] if npm else []
    return [source for path in paths if (source := _read(path)) is not None]


def _read(path: Path) -> Source | None:
    if "site-packages" in path.parts or ".min." in path.name:
        return None
    try:
        text = path.read_text("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        return None
    name = "c" if path.suffix == ".h" else LANGUAGES[path.suffix]
    short = 40 <= text.count("\n") <= MAX_LINES_OF_A_SOURCE and max(map(len, text.split("\n"))) < 300
    return Source(path.name, name, text) if short and sound(text, name) else None


def sound(text: str, name: str) -> bool:
    """Return whether a file has no syntax error, according to the language itself if it is available."""
    if name != "python":
        return not error_count(text, language(name))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "shown.py", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def drawn(found: Sequence[Source], count: int, rng: Random) -> Iterator[Hole]:
    """Yield holes, the languages and the kinds in turn."""
    by_language: dict[str, list[Source]] = {}
    for source in found:
        by_language.setdefault(source.language, []).append(source)
    made = 0
    while made < count:
        for name in sorted(by_language):
            kinds = holes(rng.choice(by_language[name]))
            for kind in sorted(set(KINDS) & set(kinds)):
                hole = rng.choice(kinds[kind])
                if hole.middle.count("\n") < MAX_LINES - 1:
                    made += 1
                    yield hole


def outcome(hole: Hole) -> tuple[str, bool]:
    """Return the verdict on a hole's suggestion, and whether the file is valid with it."""
    after = hole.extra + hole.after
    typed = ask(hole.before, after, hole.middle, hole.source.language)
    if not typed.last.text:
        return "short", True
    valid = sound(typed.document, hole.source.language)
    if plain(typed.document) == plain(hole.truth):
        return "exact", valid
    return ("short" if hole.middle.startswith(typed.last.text) else "wrong"), valid


def main(argv: Sequence[str] | None = None) -> int:
    """Print a table, and return 1 below the bars."""
    options = argparse.ArgumentParser(prog="python -m tests.quality.flows", description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--cases", type=int, default=600)
    options.add_argument("--npm", type=Path, help="a folder of JavaScript packages")
    options.add_argument("--show", type=int, default=0, help="print the first cases that are not exact")
    given = options.parse_args(argv)
    counts: dict[str, Counter[str]] = {}
    left = given.show
    for hole in drawn(unseen_files(given.npm), given.cases, Random(given.seed)):
        result, valid = outcome(hole)
        for row in (KINDS[hole.kind], hole.source.language, "all"):
            counts.setdefault(row, Counter()).update([result, *([] if valid else ["unsound"])])
        if result != "exact" and left > 0:
            left -= 1
            _show(hole, result)
    print(f"{'':24}{'cases':>7}{'exact':>8}{'wrong':>8}{'short':>8}{'unsound':>9}")
    for row, found in counts.items():
        total = found["exact"] + found["wrong"] + found["short"]
        shares = [100 * found[name] / total for name in ("exact", "wrong", "short", "unsound")]
        print(f"{row:24}{total:7}{shares[0]:8.1f}{shares[1]:8.1f}{shares[2]:8.1f}{shares[3]:9.1f}")
    low = [row for row, bar in MIN_EXACT.items() if row not in counts or _exact(counts[row]) < bar]
    for row in low:
        print(f"{row}: fewer than {MIN_EXACT[row]} of 100 are exact, or there was no case")
    return 1 if low else 0


def _exact(found: Counter[str]) -> float:
    return 100 * found["exact"] / (found["exact"] + found["wrong"] + found["short"])


def _show(hole: Hole, result: str) -> None:
    typed = ask(hole.before, hole.extra + hole.after, hole.middle, hole.source.language)
    print(f"=== {result}: {hole.kind}, {hole.source.name}")
    print(
        "\n".join(
            [*hole.before.split("\n")[-4:-1], hole.head + "▮" + hole.extra, *hole.after.split("\n")[:3]]
        )
    )
    print(f"--- want  {hole.middle!r}\n--- shown {typed.last.text!r}, replacing {typed.last.replace}")


if __name__ == "__main__":
    sys.exit(main())
