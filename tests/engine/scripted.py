"""A backend that follows a script: its text, the times, and the end."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from midfill.core.model import BackendError, BackendRequest, Chunk, ErrorKind, FinishReason, Usage

FIRST, EACH = 0.25, 0.01
"""Seconds to a first token, and between two."""

_TOKEN = re.compile(r"\s*\S{1,4}|\s+")


class Step(NamedTuple):
    """A step of a script: text or an error after some seconds."""

    after: float
    what: Chunk | BackendError | None


Script = Sequence[Step]


def streams(
    text: str,
    *,
    first: float = FIRST,
    each: float = EACH,
    finish_reason: FinishReason | None = "stop",
    usage: Usage | None = None,
) -> Script:
    """Return the script of an answer that streams in, a token of about four characters at a time."""
    tokens = _TOKEN.findall(text)
    assert "".join(tokens) == text
    steps = [Step(each if at else first, Chunk(token)) for at, token in enumerate(tokens)]
    return [
        *steps,
        Step(each if tokens else first, Chunk(finish_reason=finish_reason, usage=usage, model="scripted-1")),
    ]


def fails(kind: ErrorKind, *, after: float = 0.1, retry_after: float | None = None, text: str = "") -> Script:
    """Return the script of a call that fails, after some text if there is any."""
    error = BackendError(kind, f"{kind}: try later", retry_after=retry_after)
    return [*streams(text)[:-1], Step(after, error)]


def hangs(text: str = "") -> Script:
    """Return the script of an answer that never ends, after some text if there is any."""
    return [*streams(text)[:-1], Step(1e6, None)]


@dataclass
class Call:
    """One call of the backend; times in seconds of the loop."""

    backend_request: BackendRequest
    begun: float
    over: float | None = None
    end: Literal["whole", "failed", "closed"] = "closed"
    sent: str = ""


class Scripted:
    """Answers each call by its next script; a call without a script fails the test.

    Args:
        scripts: the answers, call by call.
        otherwise: makes the script of each call beyond those.
        name: its name.
        paid: whether its calls cost money.
    """

    def __init__(
        self,
        *scripts: Script,
        otherwise: Callable[[BackendRequest], Script] | None = None,
        name: str = "scripted",
        paid: bool = True,
    ) -> None:
        self.name = name
        self.model = f"{name}-1"
        self.paid = paid
        self.thinks = False
        self.chats = False
        self.caches_prefix = True
        self.calls: list[Call] = []
        self.warmed = self.closed = 0
        self.scripts = list(scripts)
        self._otherwise = otherwise

    async def stream(self, backend_request: BackendRequest) -> AsyncGenerator[Chunk]:
        """Follow the next script."""
        loop = asyncio.get_running_loop()
        script = self._script(backend_request)
        call = Call(backend_request, loop.time())
        self.calls.append(call)
        try:
            for after, what in script:
                await asyncio.sleep(after)
                if isinstance(what, BackendError):
                    call.end = "failed"
                    raise what
                if what is not None:
                    call.sent += what.text
                    yield what
            call.end = "whole"
        finally:
            call.over = loop.time()

    def _script(self, backend_request: BackendRequest) -> Script:
        if self.scripts:
            return self.scripts.pop(0)
        assert self._otherwise, f"an unexpected call: {backend_request.prompt}"
        return self._otherwise(backend_request)

    async def warm(self) -> None:
        """Count the calls of `warm`."""
        self.warmed += 1

    async def close(self) -> None:
        """Count the calls of `close`."""
        self.closed += 1
