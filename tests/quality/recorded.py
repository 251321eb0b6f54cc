"""Recorded answers of a real model to spans of Python, before and after shaping; each file is run against its tests.

`python -m tests.quality.recorded FOLDER`. The folder has the two files of the public repository
YongceLi/human-eval-infilling-test-completion: `HumanEval-RandomSpanInfilling.jsonl.gz` (from its `data`;
the problems are OpenAI's human-eval-infilling) and `samples_random_span.jsonl` (1,640 answers of
gpt-4o-mini). They are not part of this repository. The model's code is run in separate processes, with
limits on time and memory.
"""

import argparse
import gzip
import json
import multiprocessing
import os
import resource
import signal
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.quality.typed import ask

SECONDS, MEMORY = 3, 1 << 30
"""Limits of one run."""


@dataclass(frozen=True)
class Recorded:
    """An answer to a span of Python, and the tests of the whole file."""

    name: str
    before: str
    after: str
    truth: str
    answer: str
    test: str
    entry: str

    def document(self, middle: str, replace: int = 0) -> str:
        """Return the file with `middle` at the cursor."""
        return self.before + middle + self.after[replace:]


def recorded(folder: Path) -> Iterator[Recorded]:
    """Yield the recorded answers."""
    with gzip.open(folder / "HumanEval-RandomSpanInfilling.jsonl.gz", "rt") as lines:
        problems = {problem["task_id"]: problem for problem in map(json.loads, lines)}
    for line in (folder / "samples_random_span.jsonl").read_text("utf-8").splitlines():
        sample = json.loads(line)
        problem = problems[sample["task_id"]]
        yield Recorded(
            name=sample["task_id"],
            before=problem["prompt"],
            after=problem["suffix"],
            truth=problem["canonical_solution"],
            answer=sample["completion"],
            test=problem["test"],
            entry=problem["entry_point"],
        )


def verdict(case: Recorded, document: str) -> str:
    """Return `passes`, `fails`, or the kind of syntax error that Python finds."""
    try:
        compile(document, "answer", "exec")
    except IndentationError:
        return "indentation"
    except (SyntaxError, ValueError):
        return "syntax"
    return "passes" if _passes(f"{document}\n{case.test}\ncheck({case.entry})\n") else "fails"


def _passes(program: str) -> bool:
    child = os.fork()
    if not child:
        _run(program)
    _, status = os.waitpid(child, 0)
    return status == 0


def _run(program: str) -> None:
    """Run a program and end the process."""
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    try:
        exec(compile(program, "answer", "exec"), {"__name__": "answer"})
    except BaseException:
        os._exit(1)
    os._exit(0)


@dataclass(frozen=True)
class Judged:
    """The test results of a raw answer and of its suggestion."""

    case: Recorded
    raw: str
    shown: str
    text: str
    replace: int
    exact: bool | None
    """Whether the true text as the answer gives the true file, except for blank lines; None for a space text."""


def judge(case: Recorded) -> Judged:
    """Return the suggestion for the answer to a manual request."""
    last = ask(case.before, case.after, case.answer, "python", automatic=False).last
    raw = verdict(case, case.document(case.answer))
    shown = verdict(case, case.document(last.text, last.replace))
    return Judged(case, raw, shown, last.text, last.replace, _is_exact(case) if case.truth.strip() else None)


def _is_exact(case: Recorded) -> bool:
    """Return whether the true text, as the answer to a manual request, is shown unchanged."""
    last = ask(case.before, case.after, case.truth, "python", automatic=False).last
    return _plain(case.document(last.text, last.replace)) == _plain(case.document(case.truth))


def _plain(document: str) -> list[str]:
    return [line.rstrip() for line in document.split("\n") if line.strip()]


def report(judged: list[Judged]) -> None:
    """Print the passing shares before and after shaping."""
    count = len(judged)
    for name, kinds in (
        ("raw", Counter(one.raw for one in judged)),
        ("shown", Counter(one.shown for one in judged)),
    ):
        print(
            f"{name:6}"
            + "  ".join(f"{kind} {100 * times / count:.1f} %" for kind, times in sorted(kinds.items()))
        )
    sound = ("passes", "fails")
    print("rescued", sum(one.raw != "passes" == one.shown for one in judged), end="  ")
    print("harmed", sum(one.raw == "passes" != one.shown for one in judged), end="  ")
    print(
        "parses raw, not shown", sum(one.raw in sound and one.shown not in sound for one in judged), end="  "
    )
    true = [one.exact for one in judged if one.exact is not None]
    print(f"the true text as the answer: {100 * sum(true) / len(true):.1f} % of {len(true)} exact")
    shown = [one for one in judged if one.text]
    print(f"IndentationErrors of {len(shown)} shown: {sum(one.shown == 'indentation' for one in shown)}")


def _is(kind: str, one: Judged) -> bool:
    """Whether an answer is of the listed kind."""
    if kind == "harmed":
        return one.raw == "passes" != one.shown
    sound = ("passes", "fails")
    return one.shown == kind if kind == "indentation" else one.raw in sound and one.shown not in sound


def show(one: Judged) -> None:
    """Print one answer."""
    print(f"\n== {one.case.name}: {one.raw} -> {one.shown}")
    print(one.case.before[-300:] + "⟦" + one.case.answer + "⟧" + one.case.after[:200])
    print("-- shown:", repr(one.text), one.replace, "-- true:", repr(one.case.truth))


def main() -> int:
    """Judge the answers and print the figures; list those that shaping harmed, if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", choices=("harmed", "indentation", "unsound"), help="print these answers")
    parser.add_argument("--most", type=int, default=20)
    args = parser.parse_args()
    warnings.simplefilter("ignore", SyntaxWarning)
    with multiprocessing.Pool() as pool:
        judged = pool.map(judge, recorded(args.folder), chunksize=20)
    report(judged)
    for one in [one for one in judged if args.list and _is(args.list, one)][: args.most]:
        show(one)
    return 0


if __name__ == "__main__":
    sys.exit(main())
