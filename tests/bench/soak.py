"""A soak test in virtual time: one server handles document after document, and its memory must not grow.

`python -m tests.bench.soak --keys 1000000` types so many keys into one server, a thousand into each document. After
each document, every request must have one answer, and no call and no task may be left.
"""

import argparse
import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from typing import Self

import psutil

from tests.bench.replay import NAMES, WHOLE
from tests.bench.session import EditorName, Session, opened
from tests.bench.sources import DEFAULT, Source
from tests.bench.typist import Typist
from tests.bench.virtual import VirtualModel, VirtualStage
from tests.client import LspClient
from tests.clock import JumpingLoop

PART = 1_000
"""Keys that are typed into one document before it is closed."""
WARM = 0.2
"""Share of the keys before the first measurement of the memory: until then caches fill."""
MAX_GROWN_MB = 8.0
"""Maximum growth of the process afterwards, in megabytes; the heap varies by as much."""
REST = 60.0
"""Seconds of virtual time in which unused calls and checks of retained text must end."""
EDITORS: tuple[EditorName, ...] = ("vscode", "vscode", "vscode", "nvim")


@dataclass
class Soak:
    """The observations so far: the size of the process after each document, and the faults."""

    keys: int = 0
    requests: int = 0
    calls: int = 0
    sizes: list[tuple[int, float]] = field(default_factory=list)
    """The keys so far, and megabytes."""
    faults: list[str] = field(default_factory=list)

    @property
    def grown(self) -> float:
        """Megabytes between the end of the warm-up and the end: medians of the documents around each."""
        known = [size for keys, size in self.sizes if keys >= WARM * self.keys]
        part = max(1, len(known) // 5)
        return _middle(known[-part:]) - _middle(known[:part])

    def __str__(self) -> str:
        typed = f"{self.keys:,} keys, {self.requests:,} requests, {self.calls:,} calls"
        sizes = f"{self.sizes[-1][1]:.1f} MB, {self.grown:+.1f} MB since the warm-up"
        return f"{typed}; {sizes}; {len(self.faults)} faults"


class Stage:
    """One server and one model for any number of documents."""

    def __init__(self, client: LspClient, model: VirtualModel, sources: list[Source]) -> None:
        self._client = client
        self._model = model
        self._places = zip(count(1), cycle(sources), cycle(EDITORS))
        self._tasks = len(asyncio.all_tasks())

    @classmethod
    @asynccontextmanager
    async def of(cls, sources: list[Source]) -> AsyncIterator[Self]:
        """Start server and model."""
        stage = VirtualStage()
        async with AsyncExitStack() as stack:
            documents = [source.text for source in sources]
            model = await stack.enter_async_context(stage.model(documents=documents, wrong=12))
            client = await stack.enter_async_context(stage.server(model))
            await client.initialize(WHOLE, name=NAMES["vscode"])
            await asyncio.sleep(REST)
            yield cls(client, model, sources)

    async def part(self, soak: Soak, keys: int) -> None:
        """Type into the next document, and record the observations."""
        number, source, editor_name = next(self._places)
        cut, uri = source.cut(number, keys), f"file:///work/{number}/{source.name}"
        editor = opened(self._client, uri, source.language, cut, pairs=number % 2 == 0)
        session = Session(
            self._client, editor, Typist(cut.target, f"{source.name} {number}"), editor_name, keys
        )
        await session.play()
        self._client.close(uri)
        await asyncio.sleep(REST)
        soak.keys += session.pressed
        soak.requests += len(session.asked)
        soak.calls += self._model.forget()
        soak.faults += [f"document {number}: {fault}" for fault in self._faults(session)]
        self._client.answers.clear()
        soak.sizes.append((soak.keys, _size()))

    def _faults(self, session: Session) -> Iterator[str]:
        answers = self._client.answers
        for name, amount in (("never", 0), ("twice", 2)):
            if found := sum(min(answers[asked.call.id], 2) == amount for asked in session.asked):
                yield f"{found} requests were answered {name}"
        if open_calls := len(self._client.open_calls):
            yield f"{open_calls} requests are open"
        if (left := len(asyncio.all_tasks())) > self._tasks:
            yield f"{left - self._tasks} tasks are left"
        if self._model.open:
            yield f"{self._model.open} calls are left"
        yield from session.editor.faults


def _size() -> float:
    """Return the megabytes of the process: harness, server and model."""
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6


def _middle(sizes: list[float]) -> float:
    return sorted(sizes)[len(sizes) // 2]


async def soaked(keys: int, part: int = PART, tell: Callable[[Soak], None] = lambda _: None) -> Soak:
    """Type the keys into one server and return the observations."""
    soak = Soak()
    async with Stage.of([Source.read(path) for path in DEFAULT]) as stage:
        while soak.keys < keys:
            await stage.part(soak, min(part, keys - soak.keys))
            tell(soak)
    return soak


def run(keys: int, part: int = PART, tell: Callable[[Soak], None] = lambda _: None) -> Soak:
    """Do so in virtual time."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(soaked(keys, part, tell))


def main() -> int:
    """Soak as the command line says; the exit code is 1 after a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--log", type=Path, help="file for a line after each document")
    options = parser.parse_args()

    def tell(soak: Soak) -> None:
        if options.log:
            with options.log.open("a", encoding="utf-8") as log:
                print(soak, file=log)

    soak = run(options.keys, tell=tell)
    print(soak, *soak.faults[:20], sep="\n")
    return int(bool(soak.faults) or soak.grown > MAX_GROWN_MB)


if __name__ == "__main__":
    sys.exit(main())
