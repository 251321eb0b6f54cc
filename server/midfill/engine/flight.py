"""One call of a backend, shared by every request that its text still answers."""

import asyncio
import math
from collections.abc import Callable
from contextlib import aclosing

from midfill.core import policy, shape
from midfill.core.model import Backend, Chunk, Finish, ModelError, Prompt, Question, Usage
from midfill.core.prompt import beyond, typed_since
from midfill.core.timing import PACKET, STALLED
from midfill.engine.waiter import Waiter

UNFINISHED: frozenset[Finish | None] = frozenset({"aborted", "insufficient_system_resource"})
"""Finish reasons behind which the text is no answer (DeepSeek: generation was interrupted)."""
SLIP = 3
"""Characters of a typo before it is noticed, at most (Cody's tolerance)."""
STRAY = 12
"""Characters that are typed, deleted and typed again when a finger slips or a mind changes, at most."""


class Flight:
    """A call from its start until nothing more is read of it.

    Args:
        question: what is asked.
        backend: the backend that is asked.
        ahead: lines that are read at least, if there are so many.
        on_finished: called once, when the flight has ended, whatever way.
        clock: gives the seconds now.
        speculative: no request has asked for it yet.
    """

    def __init__(
        self,
        question: Question,
        backend: Backend,
        ahead: int,
        on_finished: "Callable[[Flight], None]",
        clock: Callable[[], float],
        *,
        speculative: bool = False,
    ) -> None:
        self.question = question
        self.backend = backend
        self.ahead = ahead
        self.speculative = speculative
        self.raw = ""
        self.finish: Finish | None = None
        self.usage: Usage | None = None
        self.model = ""
        self.error: ModelError | None = None
        self.done = False
        self.crashed = False
        self._anchored = False
        self.enough = False
        """It was ended by us, because nothing later can be shown."""
        self.started = clock()
        self.first_token: float | None = None
        self._last_text_at = -math.inf
        """When text last came."""
        self._clock = clock
        self._on_finished = on_finished
        self._waiters: set[Waiter] = set()
        self._expiry: asyncio.TimerHandle | None = None
        self._mended = ("", "")
        self._task = asyncio.get_running_loop().create_task(self._run())
        self._task.add_done_callback(self._finished)

    def __repr__(self) -> str:
        state = "done" if self.done else f"{len(self._waiters)} waiting"
        return f"<Flight of {self.backend.name}, {len(self.raw)} characters, {state}>"

    @property
    def prompt(self) -> Prompt:
        """What was asked."""
        return self.question.prompt

    @property
    def text(self) -> str:
        """What has come so far, mended; of an answer that was broken off, the lines that are complete."""
        if not (self._anchored or self.done):
            return ""  # It may turn out to be an echo of what stands before the cursor.
        if self._mended[0] != self.raw:
            self._mended = (self.raw, shape.mend(self.raw, self.question.cursor))
        text = self._mended[1]
        if self.finish == "length":
            return policy.sound_part(text)
        return text[: text.rfind("\n") + 1] or text if self.enough else text

    @property
    def flowing(self) -> float:
        """When enough of it may have come to show a part, in seconds: the first tokens are followed by more at once."""
        return self.first_token + PACKET if self.first_token is not None else math.inf

    @property
    def backend_name(self) -> str:
        """The name of the backend that was asked."""
        return self.backend.name

    @property
    def whole(self) -> bool:
        """Whether what came is all there is to show: the model ended it, or we had enough."""
        return self.enough or self.finish in {"stop", "length"}

    @property
    def keepable(self) -> bool:
        """Whether what came is an answer, or the beginning of one."""
        sound = self.error is None and not self.crashed and self.finish not in UNFINISHED
        return sound and (self.whole or bool(self.raw))

    def says(self, prompt: Prompt) -> str | None:
        """Return what the text so far says at `prompt`; empty while it may still, None when it cannot."""
        typed = typed_since(self.prompt, prompt)
        if typed is None:
            return None
        rest = beyond(self.text, typed)
        if rest is None and not self.done and typed.startswith(self.text):
            return ""
        return rest

    def strays(self, prompt: Prompt) -> bool:
        """Whether it cannot hold at `prompt`, but may again when a few characters are deleted or typed anew."""
        typed = typed_since(self.prompt, prompt)
        if typed is None:
            return typed_since(prompt, self.prompt) is not None and self.near(prompt)
        agreed = next(
            (n for n, (a, b) in enumerate(zip(typed, self.text, strict=False)) if a != b), len(self.text)
        )
        return len(typed) - agreed <= SLIP

    def near(self, prompt: Prompt) -> bool:
        """Whether the typing has left it by a few characters only."""
        common = self.prompt.prefix[:-STRAY]
        return prompt.prefix.startswith(common) and len(prompt.prefix) - len(common) <= 2 * STRAY

    def join(self, waiter: Waiter) -> None:
        """Let a request wait for this flight."""
        self._waiters.add(waiter)
        self.keep()

    def leave(self, waiter: Waiter) -> None:
        """Let a request wait no more."""
        self._waiters.discard(waiter)

    def keep(self) -> None:
        """Take back what `expire` has said."""
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None

    def expire(self, seconds: float, *, more: float = 0) -> None:
        """End after some seconds, unless a request wants it by then; `more` seconds later if text is flowing by then.

        Editors cancel a request just before they send the next one, which may want this very flight.
        """
        if self._expiry is None and not self.wanted and not self.done:
            self._expiry = asyncio.get_running_loop().call_later(seconds, self._expire, more)

    def _expire(self, more: float) -> None:
        self._expiry = None
        if more and self._clock() - self._last_text_at < STALLED:
            self.expire(more)
        else:
            self.close()

    @property
    def wanted(self) -> bool:
        """Whether a request waits for it."""
        return any(not waiter.superseded for waiter in self._waiters)

    def close(self) -> None:
        """Stop reading: the upstream connection is closed, and nothing more is paid for."""
        self._task.cancel()

    async def _run(self) -> None:
        try:
            async with aclosing(self.backend.stream(self.question)) as stream:
                async for chunk in stream:
                    self._take(chunk)
                    if self.enough:
                        break
        except ModelError as error:
            self.error = error

    def _take(self, chunk: Chunk) -> None:
        self.finish = chunk.finish or self.finish
        self.usage = chunk.usage or self.usage
        self.model = chunk.model or self.model
        if not chunk.text:
            return
        self._last_text_at = self._clock()
        if self.first_token is None:
            self.first_token = self._last_text_at
        self.raw += chunk.text
        self._anchored = self._anchored or shape.anchored(self.raw, self.question.cursor)
        self.enough = self._anchored and policy.read_enough(
            self.raw, self.question.cursor, self.question.ask, self.ahead
        )
        self._tell()

    def _tell(self) -> None:
        for waiter in self._waiters:
            waiter.wake()

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self.done = True
        self.crashed = not task.cancelled() and task.exception() is not None
        self.keep()
        self._tell()
        self._on_finished(self)
        if self.crashed:
            task.result()  # Anything but a ModelError is a bug; raised here, the loop reports it.
