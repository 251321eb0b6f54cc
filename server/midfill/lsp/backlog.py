"""Executes the steps of a conversation in order, even if one of them waits."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

Step = Callable[[], None]


class Backlog:
    """Executes each step at once, unless an earlier one waits."""

    def __init__(self) -> None:
        self._steps: deque[Step] = deque()
        self._waiting: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> bool:
        """Whether a step waits, or later steps are queued."""
        return self._waiting is not None or bool(self._steps)

    def run(self, step: Step) -> None:
        """Execute a step now, or after those before it."""
        if self.waiting:
            self._steps.append(step)
        else:
            step()

    def wait(self, work: Callable[[], Awaitable[object]], then: Step) -> None:
        """Let the current step wait for `work` and then call `then`; later steps follow after that."""
        self._waiting = asyncio.get_running_loop().create_task(self._waited(work, then))

    async def _waited(self, work: Callable[[], Awaitable[object]], then: Step) -> None:
        try:
            await work()
            then()
        finally:
            self._waiting = None
            self._next()

    def _next(self) -> None:
        """Execute the next step, and the later ones in further turns of the loop; an error affects only its step."""
        if self._steps and self._waiting is None:
            step = self._steps.popleft()
            asyncio.get_running_loop().call_soon(self._next)
            step()

    def close(self) -> None:
        """Drop all queued steps."""
        self._steps.clear()
        if self._waiting is not None:
            self._waiting.cancel()
