"""The start time and memory of a server, compared with a bare pygls server started in turn.

`python -m tests.bench.startup` starts each several times: from the start of the process to the answer to
`initialize`, to the first suggestion (of a model that takes no time), and the memory at rest. The commands
`midfill --version` and `midfill complete`, with the embedded engine, are compared with a Python that does nothing.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.figures import NAN, Bar, Spread, judge
from tests.bench.process import at_rest, quiet_home
from tests.bench.report import UsageReport
from tests.bench.target import ECHO, NO_DEBOUNCE, Target
from tests.bench.upstream import Upstream
from tests.client import edit

ROWS = {
    "initialize": "start to the answer to initialize, ms",
    "first": "start to the first suggestion, ms",
    "cpu": "CPU s until then",
    "rss": "RSS at rest, MB",
    "python": "a Python that does nothing, ms",
    "python_cpu": "  of the processor",
    "version": "midfill --version, ms",
    "version_cpu": "  of the processor",
    "complete": "midfill complete with the embedded engine, ms",
    "complete_cpu": "  of the processor",
}

BARS = (
    Bar(column="server", row="initialize", limit=0.25, versus="echo"),
    Bar(column="server", row="first", limit=1, versus="echo"),
    Bar(column="server", row="rss", limit=1.25, versus="echo"),
    Bar(column="commands", row="version_cpu", limit=9, versus="commands", versus_row="python_cpu"),
    Bar(column="commands", row="complete_cpu", limit=32, versus="commands", versus_row="python_cpu"),
)
"""An editor must not wait longer for midfill than for the bare library. If a bare Python takes 11 ms,
`--version` has 0.1 s and `complete` 0.35 s; the processor's time depends less on other load.
"""

MIDFILL = (sys.executable, "-m", "midfill")
COMMANDS = {
    "python": (sys.executable, "-c", ""),
    "version": (*MIDFILL, "--version"),
    "complete": (*MIDFILL, "complete", f"{Path(__file__).with_name('echo.py')}:12:1"),
}

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


def run(name: str, home: dict[str, str]) -> dict[str, float]:
    """Run a command and return its milliseconds, and those of the processor."""
    env = {**os.environ, **home, "MIDFILL_BACKEND": "local"}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(COMMANDS[name], env=env, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {name: 1_000 * (ended - began), f"{name}_cpu": 1_000 * spent}


def commands(rounds: int) -> list[dict[str, float]]:
    """Return the figures of each command in each round, after one that only warms the disk."""
    with quiet_home() as home:
        found = [[run(name, home) for name in COMMANDS] for _ in range(rounds + 1)]
    return [{row: value for figures in of for row, value in figures.items()} for of in found[1:]]


async def measure(target: Target, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Return the figures of each start; the two servers take turns in going first."""
    found: dict[str, list[dict[str, float]]] = {"echo": [], "server": []}
    turns = [("echo", ECHO), ("server", target)]
    async with Upstream.run(text="width * height") as upstream:
        for server in (ECHO, target):
            # The first start compiles byte code and reads files from disk.
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
    found["commands"] = commands(options.rounds)
    columns = {
        name: {row: Spread.of(figures.get(row, NAN) for figures in starts) for row in ROWS}
        for name, starts in found.items()
    }
    verdicts = judge(BARS, columns)
    UsageReport(rows=ROWS, columns=columns, verdicts=verdicts, setting=vars(options), runs=[found]).publish(
        options.json
    )


if __name__ == "__main__":
    main()
