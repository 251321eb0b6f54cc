"""Sessions in parallel, each with its own server, model and simulated human."""

import asyncio
import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Protocol

from tests.bench.figures import Spread
from tests.bench.measures import ROWS, measures
from tests.bench.process import usage
from tests.bench.session import EditorName, Session, opened
from tests.bench.sources import Source
from tests.bench.target import Target
from tests.bench.typist import Typist
from tests.bench.upstream import Upcall, Upstream
from tests.bench.virtual import VirtualStage
from tests.client import CAPABILITIES, DeadServerError, Json, LspClient
from tests.clock import JumpingLoop

WARM_UP = 1.0
"""Seconds between opening the file and the first key; a person needs longer."""
TIMEOUT_S = 30
"""Maximum seconds for a server's exit."""
REFRESHES: Json = {**CAPABILITIES, "experimental": {"midfill": {"refresh": True}}}
"""The capabilities of our client for Neovim."""
WHOLE: Json = {**CAPABILITIES, "experimental": {"midfill": {"whole": True}}}
"""The capabilities of our client for VS Code."""
NAMES = {"vscode": "Visual Studio Code", "nvim": "Neovim"}
"""The client names that the editors send."""


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
    """Tokens that the model adds after the right text."""
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
    """A played session and its measures."""

    scenario: str
    file: str
    seed: int
    measures: dict[str, float]
    remarks: list[str]
    """The first faults."""
    trace: list[str]
    """The events, one a line."""

    def __str__(self) -> str:
        return f"{self.scenario}, {self.file}, seed {self.seed}"


class Stage(Protocol):
    """The model and the server of a session, and how they start."""

    def model(self, **behaviour: Any) -> AbstractAsyncContextManager[Any]:
        """Yield a model that answers as set; `seen()` returns its calls."""
        ...

    def server(self, model: Any) -> AbstractAsyncContextManager[LspClient]:
        """Yield the client of a server that calls `model`."""
        ...


class RealStage:
    """Separate processes, in real time."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def model(self, **behaviour: Any) -> AbstractAsyncContextManager[Upstream]:
        """Start a loopback DeepSeek."""
        return Upstream.run(**behaviour)

    def server(self, model: Upstream) -> AbstractAsyncContextManager[LspClient]:
        """Start the measured server."""
        return self._target.spawn(model.url)


async def play_all(cases: Sequence[Case], stage: Stage, parallel: int) -> list[Played]:
    """Play the cases, `parallel` at a time, and return them in their order."""
    played: list[Played] = []
    for first in range(0, len(cases), parallel):
        batch = cases[first : first + parallel]
        gate = DocumentFilter(len(batch))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(play(case, stage, gate)) for case in batch]
        played += [task.result() for task in tasks]
        print(f"{len(played)} of {len(cases)} sessions played", file=sys.stderr, flush=True)
    return played


class DocumentFilter:
    """Lets sessions start and end one after the other, and type when all of them are ready.

    A server that starts or ends takes a core for a while, which would affect the times of others.
    """

    def __init__(self, sessions: int) -> None:
        self.moving = asyncio.Lock()
        self.ready = asyncio.Barrier(sessions)
        self.done = asyncio.Barrier(sessions)


async def play(case: Case, stage: Stage, gate: DocumentFilter) -> Played:
    """Play one session; a server that dies or does not exit is counted as a fault and does not end the others."""
    async with AsyncExitStack() as stack:
        async with gate.moving:
            model = await stack.enter_async_context(_model(case, stage))
            client = await stack.enter_async_context(stage.server(model))
            session = await _session(case, client)
            await asyncio.sleep(WARM_UP)
        await gate.ready.wait()
        start = usage(client.pid)
        await _typed(session)
        end = usage(client.pid)
        seen = await model.seen()
        await gate.done.wait()
        async with gate.moving:
            await _left(session)
        found = measures(session, seen, start, end)
        trace = _trace(session, seen.calls)
    return Played(case.scenario.name, case.source.name, case.seed, found, _remarks(session), trace)


def summary(played: Iterable[Played]) -> dict[str, dict[str, Spread]]:
    """Return median and range of every measure over the sessions of each scenario."""
    by_scenario: dict[str, list[dict[str, float]]] = {}
    for session in played:
        by_scenario.setdefault(session.scenario, []).append(session.measures)
    return {
        name: {row: Spread.of(found[row] for found in sessions) for row in ROWS}
        for name, sessions in by_scenario.items()
    }


def play_virtually(case: Case) -> Played:
    """Play a case in virtual time: a second of work for a session of minutes."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(play(case, VirtualStage(), DocumentFilter(1)))


def _model(case: Case, stage: Stage) -> AbstractAsyncContextManager[Any]:
    scenario = case.scenario
    return stage.model(
        documents=[case.source.text],
        wrong=scenario.wrong,
        first_token_ms=scenario.first_token_ms,
        token_ms=scenario.token_ms,
        ramble=scenario.ramble,
    )


async def _session(case: Case, client: LspClient) -> Session:
    """Open the document for a simulated human."""
    scenario, source, cut = case.scenario, case.source, case.source.cut(case.seed, case.keys)
    announced = WHOLE if scenario.editor == "vscode" else REFRESHES
    await client.initialize(announced, scenario.options, name=NAMES[scenario.editor])
    editor = opened(client, f"file:///work/{source.name}", source.language, cut, pairs=scenario.pairs)
    typist = Typist(cut.target, f"{source.name} {case.seed}", case.speed)
    return Session(client, editor, typist, scenario.editor, case.keys)


async def _typed(session: Session) -> None:
    try:
        await session.play()
    except DeadServerError as died:
        session.editor.faults.append(str(died))


async def _left(session: Session) -> None:
    try:
        await session.client.exit(TIMEOUT_S)
    except (TimeoutError, DeadServerError):
        session.editor.faults.append(f"the server did not leave within {TIMEOUT_S} s when it was told to")


def _trace(session: Session, calls: Sequence[Upcall]) -> list[str]:
    """Return the events of keyboard and model in order of time, with milliseconds."""
    events = [*session.trace, *(event for call in calls for event in call.traced(session.began))]
    return [f"{1_000 * at:9.1f} {line}" for at, line in sorted(events, key=itemgetter(0))]


def _remarks(session: Session) -> list[str]:
    editor = session.editor
    vanished = [f"vanished at {offset}: {text!r}" for offset, text in editor.vanished]
    changed = [f"changed at {offset}: {before!r} to {after!r}" for offset, before, after in editor.changed]
    return [*vanished[:5], *changed[:5], *editor.faults[:5]]
