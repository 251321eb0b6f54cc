"""Sessions, side by side: each with a server, a model and a human of its own."""

import asyncio
import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from tests.bench.figures import Spread
from tests.bench.measures import ROWS, measures
from tests.bench.process import usage
from tests.bench.session import EditorName, Session, opened
from tests.bench.sources import Source
from tests.bench.target import Target
from tests.bench.typist import Typist
from tests.bench.upstream import Upstream
from tests.client import Json

WARM_UP = 1.0
"""Seconds between opening the file and the first key; a human needs longer."""
STAGGER = 0.5
"""Seconds between the starts of two sessions, so that they do not all import at once."""


@dataclass(frozen=True)
class Scenario:
    """An editor and a model."""

    name: str
    editor: EditorName = "vscode"
    wrong: float = 12
    """Wrong tokens in 100."""
    first_token_ms: float = 250
    token_ms: float = 12
    pairs: bool = False
    """The editor closes brackets and quotes."""
    ramble: int = 0
    """Tokens that the model adds to what fits."""
    options: Json = field(default_factory=dict)
    """The server's settings."""


@dataclass(frozen=True)
class Case:
    """One session to play."""

    scenario: Scenario
    source: Source
    seed: int
    keys: int
    speed: float = 1

    def __str__(self) -> str:
        return f"{self.scenario.name}, {self.source.name}, seed {self.seed}"


@dataclass(frozen=True)
class Played:
    """A session that was played, and what it came to."""

    scenario: str
    file: str
    seed: int
    measures: dict[str, float]
    remarks: list[str]
    """The first of the things that should not have happened."""
    trace: list[str]
    """What happened, a line each."""

    def __str__(self) -> str:
        return f"{self.scenario}, {self.file}, seed {self.seed}"


async def play_all(cases: Sequence[Case], target: Target, parallel: int) -> list[Played]:
    """Play the cases, `parallel` at a time, and return them in their order."""
    free = asyncio.Semaphore(parallel)

    async def one(number: int, case: Case) -> Played:
        async with free:
            await asyncio.sleep(STAGGER * (number % parallel))
            played = await play(case, target)
            print(f"{number + 1}/{len(cases)} {case}", file=sys.stderr, flush=True)
            return played

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(number, case)) for number, case in enumerate(cases)]
    return [task.result() for task in tasks]


async def play(case: Case, target: Target) -> Played:
    """Play one session."""
    scenario, cut = case.scenario, case.source.cut(case.seed, case.keys)
    async with _model(case) as upstream, target.run(upstream.url, scenario.options) as client:
        uri = f"file:///work/{case.source.name}"
        editor = opened(client, uri, case.source.language, cut, pairs=scenario.pairs)
        typist = Typist(cut.target, f"{case.source.name} {case.seed}", case.speed)
        session = Session(client, editor, typist, scenario.editor, case.keys)
        await asyncio.sleep(WARM_UP)
        start = usage(client.pid)
        await session.play()
        end = usage(client.pid)
        found = measures(session, await upstream.seen(), start, end)
    return Played(scenario.name, case.source.name, case.seed, found, _remarks(session), session.trace)


def summary(played: Iterable[Played]) -> dict[str, dict[str, Spread]]:
    """Return median and range of every measure over the sessions of each scenario."""
    by_scenario: dict[str, list[dict[str, float]]] = {}
    for session in played:
        by_scenario.setdefault(session.scenario, []).append(session.measures)
    return {
        name: {row: Spread.of(found[row] for found in sessions) for row in ROWS}
        for name, sessions in by_scenario.items()
    }


def _model(case: Case) -> AbstractAsyncContextManager[Upstream]:
    scenario = case.scenario
    return Upstream.run(
        documents=[case.source.text],
        wrong=scenario.wrong,
        first_token_ms=scenario.first_token_ms,
        token_ms=scenario.token_ms,
        ramble=scenario.ramble,
    )


def _remarks(session: Session) -> list[str]:
    editor = session.editor
    vanished = [f"vanished at {offset}: {text!r}" for offset, text in editor.vanished]
    changed = [f"changed at {offset}: {before!r} to {after!r}" for offset, before, after in editor.changed]
    return [*vanished[:5], *changed[:5], *editor.faults[:5]]
