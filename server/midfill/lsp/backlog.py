"""The steps of a conversation in their order, also while one of them waits."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

Step = Callable[[], None]


class Backlog:
    """Takes steps: each is done at once, unless an earlier one waits."""

    def __init__(self) -> None:
        self._steps: deque[Step] = deque()
        self._waiting: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> bool:
        """Whether a step waits, or others behind it do."""
        return self._waiting is not None or bool(self._steps)

    def take(self, step: Step) -> None:
        """Do a step now, or once those before it are done."""
        if self.waiting:
            self._steps.append(step)
        else:
            step()

    def wait(self, work: Callable[[], Awaitable[object]], then: Step) -> None:
        """Let the step that is being done end with `then`, after `work`; later steps come behind that."""
        self._waiting = asyncio.get_running_loop().create_task(self._waited(work, then))

    async def _waited(self, work: Callable[[], Awaitable[object]], then: Step) -> None:
        try:
            await work()
            then()
        finally:
            self._waiting = None
            self._next()

    def _next(self) -> None:
        """Do the next step, and those behind it in turns of the loop: an error costs its own step alone."""
        if self._steps and self._waiting is None:
            step = self._steps.popleft()
            asyncio.get_running_loop().call_soon(self._next)
            step()

    def close(self) -> None:
        """Drop what is left."""
        self._steps.clear()
        if self._waiting is not None:
            self._waiting.cancel()
