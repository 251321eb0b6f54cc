"""Simulates a user: a character is typed, the answer streams in, and the suggestion is accepted."""

import asyncio
import re
from dataclasses import dataclass, field

from midfill.core.completion import Completion
from midfill.core.document import Document, Position
from midfill.core.edit import Edit
from midfill.core.model import Backends, FinishReason
from midfill.engine import Engine, Reply, Request
from midfill.settings import Settings
from tests.clock import JumpingLoop
from tests.engine.scripted import Scripted, streams

FIRST, EACH = 0.25, 0.012
"""Seconds to the first token, and between two, of a usual model."""

LOOK = 1.5
"""Seconds that a person looks at a suggestion before its acceptance."""


@dataclass
class Typed:
    """The suggestions at a cursor, in the order in which they were shown."""

    before: str
    after: str
    shown: list[Completion] = field(default_factory=list)

    @property
    def last(self) -> Completion:
        """The last suggestion."""
        return self.shown[-1] if self.shown else Completion()

    @property
    def document(self) -> str:
        """The document after its acceptance."""
        return self.before + self.last.text + self.after[self.last.replace :]


def ask(
    before: str,
    after: str,
    raw: str,
    language: str,
    *,
    automatic: bool = True,
    finish_reason: FinishReason = "stop",
) -> Typed:
    """Return the suggestions at the end of `before` while the model answers `raw`."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(
            _ask(Typed(before, after), raw, language, automatic=automatic, finish_reason=finish_reason)
        )


async def _ask(
    typed: Typed, raw: str, language: str, *, automatic: bool, finish_reason: FinishReason
) -> Typed:
    loop = asyncio.get_running_loop()
    refreshed = asyncio.Event()
    script = streams(raw, first=FIRST, each=EACH, finish_reason=finish_reason)
    backend = Scripted(otherwise=lambda backend_request: script if backend_request.prompt.prefix else [])
    engine = Engine(Backends(backend), Settings(), on_refresh=lambda uri: refreshed.set(), clock=loop.time)
    document = Document("file:///typed", language, typed.before + typed.after, 2)
    row, head = typed.before.count("\n"), typed.before.rpartition("\n")[2]
    cursor = document.cursor(Position(row, len(head)), "utf-32")
    if automatic:
        engine.changed(document.uri, Edit(2, re.sub(r".*(?=.\Z)", "", typed.before, flags=re.DOTALL)))
    request = Request(cursor=cursor, at=loop.time(), manual=not automatic, refreshes=True)
    _note(typed, await engine.complete(request))
    until = loop.time() + LOOK
    while loop.time() < until:
        try:
            await asyncio.wait_for(refreshed.wait(), until - loop.time())
        except TimeoutError:
            break
        refreshed.clear()
        _note(typed, await engine.complete(request))
    await engine.close()
    return typed


def _note(typed: Typed, reply: Reply) -> None:
    if reply.suggestions:
        typed.shown.append(reply.suggestions[0].completion)
