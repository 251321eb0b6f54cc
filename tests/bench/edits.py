"""The cost of an edit in a small and in a large file, in process and over the wire, and the memory it leaves.

`python -m tests.bench.edits` also sends 20,000 and then 100,000 edits and looks at the memory the server holds:
a bare pygls server keeps about 2 KB of every edit.
"""

import argparse
import asyncio
import json
import time
from pathlib import Path

from midfill.core.document import Document, Position
from tests.bench.figures import NAN, Bar, Spread, judge
from tests.bench.process import at_rest, usage
from tests.bench.report import UsageReport
from tests.bench.target import ECHO, Target
from tests.client import Json, LspClient, LspError, edit

SIZES = {"1 KB": 1_000, "1 MB": 1_000_000, "10 MB": 10_000_000}
FEW, MANY = 20_000, 100_000
"""Numbers of edits after which the memory is measured."""

OPENED = "10 MB"
"""The size of a document whose opening is measured."""

ROWS = {
    "open": f"didOpen of {OPENED}, until the next message is answered, ms",
    **{f"edit {size}": f"edit in {size}, ms" for size in SIZES},
    f"grown {FEW}": f"memory kept per edit after {FEW:,}, bytes",
    f"grown {MANY}": f"memory kept per edit after {MANY:,}, bytes",
}

BARS = (
    Bar(column="server", row="open", limit=80),
    Bar(column="server", row=f"grown {FEW}", limit=100),
    Bar(column="server", row=f"grown {MANY}", limit=100),
    Bar(column="server", row="edit 10 MB", limit=2, versus="server", versus_row="edit 1 KB"),
    Bar(column="in process", row="edit 10 MB", limit=2, versus="in process", versus_row="edit 1 KB"),
    Bar(column="server", row="edit 1 KB", limit=1, versus="echo"),
)

_BURST = 200
"""Edits that are sent before the wait for the server."""
_LINE = "    value = compute(item, scale)\n"


class EditedFile:
    """A document open in a server, edited in its middle without growing."""

    def __init__(self, client: LspClient, size: str) -> None:
        self._client = client
        self._uri = f"file:///work/{size.replace(' ', '_')}.py"
        lines = SIZES[size] // len(_LINE)
        self._row = lines // 2
        client.open(self._uri, _LINE * lines)

    async def edit(self, count: int) -> float:
        """Send `count` edits, wait until the server is done with them, and return the seconds per edit."""
        began = time.perf_counter()
        for first in range(0, count, _BURST):
            for number in range(first, min(first + _BURST, count)):
                self._client.change(self._uri, self._change(number))
            await done(self._client)
        return (time.perf_counter() - began) / count

    def _change(self, number: int) -> Json:
        """Return an edit: a letter is typed, a line is broken, and both are taken back."""
        here, after, below = (self._row, 8), (self._row, 9), (self._row + 1, 0)
        return (edit(here, here, "x"), edit(here, after, ""), edit(here, here, "\n"), edit(here, below, ""))[
            number % 4
        ]


def in_process(count: int) -> dict[str, float]:
    """Return the milliseconds that an edit of the server's own document takes."""
    found = {}
    for size, length in SIZES.items():
        lines = length // len(_LINE)
        document = Document("file:///work/a.py", "python", _LINE * lines)
        here, after = Position(lines // 2, 8), Position(lines // 2, 9)
        began = time.perf_counter()
        for _ in range(count // 2):
            document.edit(here, here, "x")
            document.edit(here, after, "")
        found[f"edit {size}"] = 1_000 * (time.perf_counter() - began) / count
    return found


async def opening(target: Target) -> float:
    """Return the milliseconds from the first byte of a large document's didOpen to the answer behind it."""
    item = {"uri": "file:///work/opened.py", "languageId": "python", "version": 1}
    text = _LINE * (SIZES[OPENED] // len(_LINE))
    params = {"textDocument": {**item, "text": text}}
    body = json.dumps({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": params}).encode()
    async with target.run("http://127.0.0.1:9") as client:
        await at_rest(client.pid)
        began = time.perf_counter()
        client.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        await done(client)
        return 1_000 * (time.perf_counter() - began)


async def done(client: LspClient) -> None:
    """Wait until the server has handled all messages: it answers an unknown request in order."""
    try:
        await client.request("bench/done")
    except LspError:
        return


async def over_the_wire(target: Target, edits: dict[str, int]) -> dict[str, float]:
    """Return the milliseconds per edit for each size."""
    found = {}
    async with target.run("http://127.0.0.1:9") as client:  # No model is called: only edits are sent.
        await at_rest(client.pid)
        for size, count in edits.items():
            file = EditedFile(client, size)
            await done(client)
            found[f"edit {size}"] = 1_000 * await file.edit(count)
    return found


async def growth(target: Target, counts: list[int]) -> dict[str, float]:
    """Return the bytes of memory that an edit leaves behind."""
    found = {}
    async with target.run("http://127.0.0.1:9") as client:
        file = EditedFile(client, "1 KB")
        await file.edit(_BURST)
        before, sent = (await at_rest(client.pid)).rss, 0
        for count in counts:
            await file.edit(count - sent)
            sent = count
            found[f"grown {count}"] = max(0.0, 1e6 * (usage(client.pid).rss - before) / count)
    return found


async def measure(target: Target, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Return the figures of each round; a bare pygls gets few edits of a large file, because it is slow."""
    few = {"1 KB": 1_000, "1 MB": 200, "10 MB": 20}
    alike = dict.fromkeys(SIZES, 1_000)
    found: dict[str, list[dict[str, float]]] = {"in process": [], "echo": [], "server": []}
    for _ in range(rounds):
        found["in process"].append(in_process(2_000))
        found["echo"].append(await over_the_wire(ECHO, few) | {"open": await opening(ECHO)})
        found["server"].append(await over_the_wire(target, alike) | {"open": await opening(target)})
    found["echo"].append(await growth(ECHO, [FEW]))
    found["server"].append(await growth(target, [FEW, MANY]))
    return found


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.edits", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--server", default="", help="command line of another server")
    parser.add_argument("--json", type=Path, help="file for all figures")
    options = parser.parse_args()
    found = asyncio.run(measure(Target.of(options.server), options.rounds))
    columns = {
        name: {row: Spread.of(figures.get(row, NAN) for figures in rounds) for row in ROWS}
        for name, rounds in found.items()
    }
    verdicts = judge(BARS, columns)
    UsageReport(rows=ROWS, columns=columns, verdicts=verdicts, setting=vars(options), runs=[found]).publish(
        options.json
    )


if __name__ == "__main__":
    main()
