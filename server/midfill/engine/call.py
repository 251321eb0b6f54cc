"""One call of a backend: its stream, its text and its end."""

import asyncio
import math
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

from midfill.core.model import Backend, BackendError, BackendRequest, Chunk, FinishReason, Prompt, Usage


class Call:
    """A call of a backend, which starts at once.

    A subclass handles new text in `on_text`, and the end in `ended`.

    Args:
        backend_request: the request to the backend.
        call_id: the number of the call in the ledger.
        backend: the backend to call.
        clock: returns the current time in seconds.
        speculative: whether the call starts before a request for it.
    """

    def __init__(
        self,
        backend_request: BackendRequest,
        call_id: int,
        backend: Backend,
        clock: Callable[[], float],
        *,
        speculative: bool = False,
    ) -> None:
        self.backend_request = replace(backend_request, on_unsent=self._left_unsent)
        self.call_id = call_id
        self.backend = backend
        self.speculative = speculative
        self.raw = ""
        self.finish_reason: FinishReason | None = None
        self.usage: Usage | None = None
        self.model = ""
        self.error: BackendError | None = None
        self.done = False
        self.stopped_reading = False
        """The engine stopped reading, because later text cannot be shown."""
        self.sent = False
        """The request was probably sent."""
        self.started = clock()
        self.first_token: float | None = None
        self.last_text_at = -math.inf
        """Time of the latest text, in seconds."""
        self._clock = clock
        self._task = asyncio.get_running_loop().create_task(self._run())
        self._task.add_done_callback(self._finished)

    @property
    def prompt(self) -> Prompt:
        """The prompt of the call."""
        return self.backend_request.prompt

    @property
    def backend_name(self) -> str:
        """The name of the backend."""
        return self.backend.name

    @property
    def crashed(self) -> bool:
        """Whether it has ended by an error other than `BackendError`, which is a bug."""
        return self.done and not self._task.cancelled() and self._task.exception() is not None

    def on_text(self) -> None:
        """Handle new text in `raw`."""

    def ended(self) -> None:
        """Handle the end, for any reason."""

    async def wait_closed(self) -> None:
        """Wait until it has ended."""
        await asyncio.wait({self._task})

    def close(self) -> None:
        """Cancel the call: the connection closes, and no more output is billed."""
        self._task.cancel()

    def _left_unsent(self) -> None:
        self.sent = False

    async def _run(self) -> None:
        self.sent = True
        try:
            async with aclosing(self.backend.stream(self.backend_request)) as stream:
                async for chunk in stream:
                    self._take(chunk)
                    if self.stopped_reading:
                        break
        except BackendError as error:
            self.error = error

    def _take(self, chunk: Chunk) -> None:
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.usage = chunk.usage or self.usage
        self.model = chunk.model or self.model
        if not chunk.text:
            return
        self.last_text_at = self._clock()
        if self.first_token is None:
            self.first_token = self.last_text_at
        self.raw += chunk.text
        self.on_text()

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self.done = True
        self.ended()
        if self.crashed:
            task.result()  # The event loop reports the error.
