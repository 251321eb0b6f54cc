"""The start time and memory of a server, compared with a bare pygls server started in turn.

`python -m tests.bench.startup` starts each several times: from the start of the process to the answer to
`initialize`, to the first suggestion (of a model that takes no time), and the memory it rests at then.
"""

import argparse
import asyncio
import time
from pathlib import Path

from tests.bench.figures import NAN, Bar, Spread, judge
from tests.bench.process import at_rest
from tests.bench.report import Report
from tests.bench.target import ECHO, NO_DEBOUNCE, Target
from tests.bench.upstream import Upstream
from tests.client import edit

ROWS = {
    "initialize": "start to the answer to initialize, ms",
    "first": "start to the first suggestion, ms",
    "cpu": "CPU s until then",
    "rss": "RSS at rest, MB",
}

BARS = (
    Bar(column="server", row="initialize", limit=0.25, versus="echo"),
    Bar(column="server", row="first", limit=1, versus="echo"),
    Bar(column="server", row="rss", limit=1.25, versus="echo"),
)
"""Whoever opens an editor must not wait longer for us than for the bare library."""

_URI = "file:///work/first.py"


async def start(target: Target, upstream: Upstream) -> dict[str, float]:
    """Start the server once and return the times."""
    began = time.perf_counter()
    async with target.spawn(upstream.url) as client:
        await client.initialize(options=NO_DEBOUNCE)
        initialized = time.perf_counter()
        client.open(_URI, "def area(width, height):\n    return\n")
        client.change(_URI, edit((1, 10), (1, 10), " "))
        result = await client.complete(_URI, (1, 11))
        first = time.perf_counter() if result and result["items"] else NAN
        used = await at_rest(client.pid)
        await client.exit()
    return {
        "initialize": 1_000 * (initialized - began),
        "first": 1_000 * (first - began),
        "cpu": used.cpu,
        "rss": used.rss,
    }


async def measure(target: Target, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Return the figures of each start; the two servers take turns in going first."""
    found: dict[str, list[dict[str, float]]] = {"echo": [], "server": []}
    turns = [("echo", ECHO), ("server", target)]
    async with Upstream.run(text="width * height") as upstream:
        for server in (ECHO, target):
            # The first time, byte code is compiled and files are read from disk.
            await start(server, upstream)
        for _ in range(rounds):
            for name, server in turns:
                found[name].append(await start(server, upstream))
            turns.reverse()
    return found


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.startup", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--server", default="", help="another server; {upstream} is the model's address")
    parser.add_argument("--json", type=Path, help="file for all figures")
    options = parser.parse_args()
    found = asyncio.run(measure(Target.of(options.server), options.rounds))
    columns = {
        name: {row: Spread.of(figures[row] for figures in starts) for row in ROWS}
        for name, starts in found.items()
    }
    verdicts = judge(BARS, columns)
    Report(rows=ROWS, columns=columns, verdicts=verdicts, setting=vars(options), runs=[found]).publish(
        options.json
    )


if __name__ == "__main__":
    main()
