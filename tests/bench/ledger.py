"""The cost of the ledger: cached answers with it and without it, and the loop's time for a call.

`python -m tests.bench.ledger` runs two servers at once, whose ledger is on and off, and measures them in turns. The
time of the loop is that of the records of one call: the call itself, its suggestion, and the check of the caps. It is
measured in this process while the ledger's thread writes.
"""

import argparse
import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from midfill.core.caps import Caps
from midfill.core.model import Prompt
from midfill.ledger import Ledger, LedgerOptions
from tests.bench.figures import Bar, Spread, judge, percentile
from tests.bench.report import UsageReport
from tests.bench.requests import ALONG, OPTIONS, SIZES, SMALL, Draft
from tests.bench.target import Target
from tests.bench.upstream import Upstream
from tests.ledger.records import called, suggested

WAYS = {"ledger on": True, "ledger off": False}
MAX_MS = 1.0
"""Maximum milliseconds of the loop for the records of a call."""
PAUSE = 0.01
"""Seconds between two requests, until the server is at rest."""
ROWS = {
    "p50": "cached answer: p50 ms",
    "p99": "  p99",
    "loop_p50": "loop per call: p50 ms",
    "loop_p99": "  p99",
}
BARS = (
    Bar(column="ledger on", row="p99", limit=1.15, versus="ledger off"),
    Bar(column="ledger on", row="loop_p99", limit=MAX_MS),
)


async def cached(draft: Draft, count: int) -> list[float]:
    """Return the milliseconds of answers without a call: repeated requests, and text typed along."""
    times = []
    for _ in range(count):
        draft.begin()
        _, shown = await draft.ask()  # A call, which is recorded during the next answers.
        for letter in shown[:ALONG]:
            await asyncio.sleep(PAUSE)
            times.append(1_000 * (await draft.ask())[0].seconds)
            draft.type(letter)
            times.append(1_000 * (await draft.ask())[0].seconds)
    return times


async def answers(turns: int, count: int) -> Mapping[str, list[list[float]]]:
    """Return the times of each turn; the servers take turns in going first."""
    found: dict[str, list[list[float]]] = {way: [] for way in WAYS}
    texts = [f"value_of(entry_{number})" for number in range(997)]
    async with AsyncExitStack() as stack:
        drafts = {}
        for way, on in WAYS.items():
            upstream = await stack.enter_async_context(Upstream.run(text=texts))
            options = {**OPTIONS, "ledger": {"enabled": on}}
            client = await stack.enter_async_context(Target.of("").run(upstream.url, options))
            drafts[way] = Draft.of(client, SMALL, SIZES[SMALL])
            await cached(drafts[way], 3)
        order = list(WAYS)
        for _ in range(turns):
            for way in order:
                found[way].append(await cached(drafts[way], count))
            order.reverse()
    return found


def loop_times(count: int) -> list[float]:
    """Return the caller's milliseconds for the records of each call."""
    times = []
    with TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder, "ledger.sqlite3"))
        ledger.configure(LedgerOptions(caps=Caps(money=1_000.0)))
        prompt = Prompt("value = compute(first, second)\n" * 800, "\n", context="# other.py\n" * 1_000)
        for _ in range(count):
            call = called(ledger, prompt=prompt, text="value_of(entry)")
            began = time.perf_counter()
            ledger.cap_reason(manual=False)
            ledger.record_call(call)
            ledger.record_suggestion(suggested(ledger, call.number))
            times.append(1_000 * (time.perf_counter() - began))
            time.sleep(PAUSE / 5)
        ledger.close()
    return times


def summed(turns: Sequence[Sequence[float]], prefix: str = "") -> dict[str, Spread]:
    """Return median and 99th percentile of each turn."""
    return {
        f"{prefix}p{share}": Spread.of(percentile(times, share / 100) for times in turns)
        for share in (50, 99)
    }


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ledger", description=__doc__)
    parser.add_argument("--turns", type=int, default=8)
    parser.add_argument("--count", type=int, default=40, help="calls of a turn, each with 16 cached answers")
    parser.add_argument("--json", type=Path, help="file for all figures")
    options = parser.parse_args()
    loops = [loop_times(500) for _ in range(3)]
    found = asyncio.run(answers(options.turns, options.count))
    columns = {way: summed(turns) for way, turns in found.items()}
    columns["ledger on"] |= summed(loops, "loop_")
    runs = [dict(found)]
    UsageReport(
        rows=ROWS, columns=columns, verdicts=judge(BARS, columns), setting=vars(options), runs=runs
    ).publish(options.json)


if __name__ == "__main__":
    main()
