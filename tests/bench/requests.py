"""The cost of a single request, compared with a bare pygls echo server that gets the same messages in the same run.

`python -m tests.bench.requests` measures answers that need no model (the same request again, and typing along
what is shown), new calls on files of three sizes with the debounce off, and twenty documents at once.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import NAN, Bar, Spread, judge, percentile
from tests.bench.process import usage
from tests.bench.report import UsageReport
from tests.bench.target import ECHO, NO_DEBOUNCE, Target
from tests.bench.upstream import Upcall, Upstream
from tests.client import Call, Json, LspClient, edit

SMALL = "2 KB"
SIZES = {SMALL: 2_000, "98 KB": 98_000, "10 MB": 10_000_000}
"""Characters of the documents; the largest stays below the default limit on files."""
ALONG = 8
"""Characters of every suggestion that are typed, with a request after each."""
DOCUMENTS = 20
OPTIONS: Json = {**NO_DEBOUNCE, "requests": {"max_flights": DOCUMENTS}}

ROWS = {
    "again_p50": "the same request again: p50 ms",
    "again_p95": "  p95",
    "along_p50": "edit and request along what is shown: p50 ms",
    "along_p95": "  p95",
    **{
        f"new {size}_p{share}": f"new call on {size}, less the model's own time: p{share} ms"
        for size in SIZES
        for share in (50, 99)
    },
    "asked": "  of them asked the model %",
    "known_cpu": "CPU ms of an answer without a call",
    "new_cpu": "CPU ms of a new call",
    "answered": f"{DOCUMENTS} documents at once: answered %",
    "wall": "  wall / the model's own time",
    "alone": "  calls of the model (each needs its own)",
}

BARS = (
    Bar(column="server", row="again_p50", limit=0.65, versus="echo"),
    Bar(column="server", row="again_p95", limit=1, versus="echo"),
    Bar(column="server", row="along_p50", limit=0.65, versus="echo"),
    Bar(column="server", row="along_p95", limit=1, versus="echo"),
    Bar(column="server", row=f"new {SMALL}_p50", limit=2.5, versus="echo"),
    Bar(column="server", row=f"new {SMALL}_p99", limit=2.5, versus="echo"),
    Bar(column="server", row="new 98 KB_p50", limit=1.3, versus="server", versus_row=f"new {SMALL}_p50"),
    Bar(column="server", row="new 10 MB_p50", limit=1.3, versus="server", versus_row=f"new {SMALL}_p50"),
    Bar(column="server", row="asked", least=True, limit=100),
    Bar(column="server", row="answered", least=True, limit=100),
    Bar(column="server", row="wall", limit=1.4),
    Bar(column="server", row="alone", least=True, limit=DOCUMENTS),
)
"""The project's bars on a single request; "server" is the one under test."""

_PAUSE = 0.01
"""Seconds between two requests, until the server is at rest."""
_TURNS = 997
"""The texts of the model, in turn: none is repeated while it is cached."""


@dataclass
class Draft:
    """An open document; text is typed in a line in its middle."""

    client: LspClient
    stem: str
    """The start of all names, so that no two documents are the same."""
    row: int
    line: str = ""
    count: int = 0

    @classmethod
    def of(cls, client: LspClient, name: str, length: int) -> "Draft":
        """Open a document of about `length` characters."""
        lines = [f"value_{number:06} = compute({number:06})" for number in range(length // 31)]
        draft = cls(client, "text_" + name.replace(" ", "_"), len(lines) // 2)
        lines[draft.row] = ""
        client.open(draft.uri, "\n".join(lines))
        return draft

    @property
    def uri(self) -> str:
        """The document's URI."""
        return f"file:///work/{self.stem}.py"

    def type(self, text: str) -> None:
        """Continue the text."""
        self._edit(len(self.line), text)
        self.line += text

    def begin(self) -> None:
        """Replace the line by the start of a new statement; its last key is a separate change."""
        self.count += 1
        line = f"{self.stem}_{self.count} ="
        self._edit(0, line)
        self.line = line
        self.type(" ")

    async def ask(self) -> tuple[Call, str]:
        """Request a completion; return the call and the first suggestion."""
        call = self.client.complete(self.uri, (self.row, len(self.line)))
        result = await call
        items = result["items"] if isinstance(result, dict) else result or []
        return call, items[0]["insertText"] if items else ""

    def _edit(self, start: int, text: str) -> None:
        self.client.change(self.uri, edit((self.row, start), (self.row, len(self.line)), text))


async def new_calls(draft: Draft, count: int) -> list[Call]:
    """Make `count` calls for new places."""
    calls = []
    for _ in range(count):
        await asyncio.sleep(_PAUSE)
        draft.begin()
        calls.append((await draft.ask())[0])
    return calls


async def known(draft: Draft, count: int) -> dict[str, float]:
    """Return the times of answers without a call: the same request again, and typing along the suggestion."""
    again, along = [], []
    for _ in range(count):
        draft.begin()
        _, shown = await draft.ask()
        await asyncio.sleep(_PAUSE)
        again.append((await draft.ask())[0].seconds)
        for letter in shown[:ALONG]:
            await asyncio.sleep(_PAUSE)
            draft.type(letter)
            along.append((await draft.ask())[0].seconds)
    return {
        f"{name}_p{share}": 1_000 * percentile(times, share / 100)
        for name, times in (("again", again), ("along", along))
        for share in (50, 95)
    }


class Bench:
    """A running server with its documents open."""

    def __init__(self, client: LspClient, upstream: Upstream, sizes: Sequence[str]) -> None:
        self._client = client
        self._upstream = upstream
        self._drafts = {size: Draft.of(client, size, SIZES[size]) for size in sizes}

    @classmethod
    @asynccontextmanager
    async def of(cls, target: Target, sizes: Sequence[str]) -> "AsyncIterator[Bench]":
        """Start the server and a model without latency, and do everything once."""
        texts = [f"value_of(entry_{number})" for number in range(_TURNS)]
        async with Upstream.run(text=texts) as upstream, target.run(upstream.url, OPTIONS) as client:
            bench = cls(client, upstream, sizes)
            await bench.round(3)
            yield bench

    async def round(self, count: int) -> dict[str, float]:
        """Measure every size with `count` requests."""
        start = usage(self._client.pid).cpu
        found = await known(self._drafts[SMALL], count)
        asked, known_cpu = [], usage(self._client.pid).cpu - start
        for size, draft in self._drafts.items():
            before = len((await self._upstream.seen()).calls)
            calls = await new_calls(draft, count)
            upcalls = (await self._upstream.seen()).calls[before:]
            times = [1_000 * _overhead(call, upcalls) for call in calls]
            found |= {f"new {size}_p{share}": percentile(times, share / 100) for share in (50, 99)}
            asked += [any(_belongs(upcall, call) for upcall in upcalls) for call in calls]
        new_cpu = usage(self._client.pid).cpu - start - known_cpu
        return found | {
            "asked": 100 * sum(asked) / len(asked),
            # Each round of `known` starts with its own call, which is subtracted.
            "known_cpu": 1_000 * (known_cpu / count - new_cpu / len(asked)) / (ALONG + 1),
            "new_cpu": 1_000 * new_cpu / len(asked),
        }


async def reply_without_call(target: Target, rounds: int) -> list[dict[str, float]]:
    """Return the share of answers and the relative wall time when all documents send a request at once."""
    pace = {"first_token_ms": 250, "token_ms": 12}
    texts = [f"value_of(entry_{number}, scale)" for number in range(_TURNS)]
    async with Upstream.run(text=texts, **pace) as upstream, target.run(upstream.url, OPTIONS) as client:
        drafts = [Draft.of(client, f"page {number}", SIZES[SMALL]) for number in range(DOCUMENTS)]
        found = []
        for _ in range(rounds + 1):
            for draft in drafts:
                draft.begin()
            await asyncio.sleep(_PAUSE)
            before = len((await upstream.seen()).calls)
            answers = await asyncio.gather(*(draft.ask() for draft in drafts))
            upcalls = (await upstream.seen()).calls[before:]
            found.append(_together(answers, upcalls))
        return found[1:]


def _together(answers: Sequence[tuple[Call, str]], upcalls: Sequence[Upcall]) -> dict[str, float]:
    wall = max(call.answered or NAN for call, _ in answers) - min(call.sent for call, _ in answers)
    ideal = max((upcall.ended - upcall.arrived for upcall in upcalls), default=NAN)
    answered = sum(bool(text) for _, text in answers) / len(answers)
    return {"answered": 100 * answered, "wall": wall / ideal, "alone": len(upcalls)}


def _overhead(call: Call, upcalls: Sequence[Upcall]) -> float:
    """Return the seconds of an answer beyond the model's own time."""
    own = [_own(upcall, call) for upcall in upcalls if _belongs(upcall, call)]
    return call.seconds - (own[0] if own else 0.0)


def _own(upcall: Upcall, call: Call) -> float:
    return min(upcall.ended, call.answered or upcall.ended) - upcall.arrived


def _belongs(upcall: Upcall, call: Call) -> bool:
    return call.sent <= upcall.arrived <= (call.answered or call.sent)


async def measure(target: Target, rounds: int, count: int) -> dict[str, list[dict[str, float]]]:
    """Return the figures of each round; the two servers take turns in going first."""
    found: dict[str, list[dict[str, float]]] = {"echo": [], "server": []}
    async with Bench.of(ECHO, [SMALL]) as echo, Bench.of(target, list(SIZES)) as server:
        turns = [("echo", echo), ("server", server)]
        for _ in range(rounds):
            for name, bench in turns:
                found[name].append(await bench.round(count))
            turns.reverse()
    found["server"] += await reply_without_call(target, rounds)
    return found


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.requests", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=50, help="new calls per round and size")
    parser.add_argument("--server", default="", help="another server; {upstream} is the model's address")
    parser.add_argument("--json", type=Path, help="file for all figures")
    options = parser.parse_args()
    found = asyncio.run(measure(Target.of(options.server), options.rounds, options.count))
    columns = {
        name: {row: Spread.of(figures.get(row, NAN) for figures in rounds) for row in ROWS}
        for name, rounds in found.items()
    }
    del columns["echo"]["asked"]  # It has no model to ask.
    report = UsageReport(
        rows=ROWS, columns=columns, verdicts=judge(BARS, columns), setting=vars(options), runs=[found]
    )
    report.publish(options.json)


if __name__ == "__main__":
    main()
