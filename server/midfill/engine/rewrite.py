"""One call for a rewritten region, and the edits in its answer."""

import asyncio
from collections.abc import Callable, Sequence

from midfill.core.edits import Hunk, Proposal
from midfill.core.model import Backend, Question
from midfill.core.rewrite import Region, RewriteFormat, Rewritten, chosen, moved_on
from midfill.engine.call import Call

Lines = Callable[[int, int], tuple[str, ...]]
"""Returns the lines of the document from one row to before another."""


class RewriteCall(Call):
    """A call for a rewritten region, shared by every request at this region.

    An edit is returned as soon as later text cannot change it. Reading continues for the edits after it.

    Args:
        question: the question for the backend.
        call_id: the number of the call in the ledger.
        backend: the backend to call.
        clock: returns the current time in seconds.
        region: the region.
        form: the format of the answer.
        linger: seconds for which the call is kept without a waiting request.
        total: maximum seconds of the call.
        on_ended: called once when the call ends for any reason.
    """

    def __init__(
        self,
        question: Question,
        call_id: int,
        backend: Backend,
        clock: Callable[[], float],
        *,
        region: Region,
        form: RewriteFormat,
        linger: float,
        total: float,
        on_ended: "Callable[[RewriteCall], None]",
    ) -> None:
        self.region = region
        """The region as it is now in the document."""
        self._asked = region
        self._form = form
        self._linger = linger
        self._on_ended = on_ended
        self._offered: Proposal | None = None
        self._woken = asyncio.Event()
        self._waiting = 0
        self._generation = 0
        self._lines = 0
        self._dropped = False
        self._expiry: asyncio.TimerHandle | None = None
        super().__init__(question, call_id, backend, clock)
        asyncio.get_running_loop().call_later(total, self._stop)

    @property
    def failed(self) -> bool:
        """Whether it ended without an answer."""
        return self.done and (self.error is not None or self.crashed or self.finish is None)

    async def proposal(self, row: int, hunks: Sequence[Hunk], refused: Sequence[Proposal]) -> Proposal | None:
        """Return the next edit once it is known; None if there is none, or if a newer request supersedes this one."""
        self.supersede()
        generation = self._generation
        self._waiting += 1
        self._keep()
        try:
            while not self._dropped and generation == self._generation:
                found = self._found()
                if found is not None:
                    self._offered = chosen(self.region, found, row, hunks, refused, final=self.done)
                if self._offered is not None or self.done:
                    return self._offered
                self._woken.clear()
                await self._woken.wait()
            return None
        finally:
            self._waiting -= 1
            if not self._waiting and self._offered is None and not self.done:
                self._expiry = asyncio.get_running_loop().call_later(self._linger, self.close)

    def supersede(self) -> None:
        """Answer the waiting requests with no edit; the call stays open for the next request."""
        self._generation += 1
        self._woken.set()

    def matches(self, lines: Lines) -> bool:
        """Whether the document has the region's lines."""
        return lines(self.region.row, self.region.end) == self.region.plain

    def was_applied(self, lines: Lines) -> bool:
        """Whether the document's change applied the offered edit; if so, update the region."""
        region, offered = self.region, self._offered
        if offered is None:
            return False
        at = offered.row - region.row
        plain = (*region.plain[:at], *offered.after, *region.plain[at + len(offered.before) :])
        if lines(region.row, region.row + len(plain)) != plain:
            return False
        self.region, self._offered = moved_on(region, plain), None
        return True

    def on_text(self) -> None:
        """Wake the requests at each new line."""
        if (lines := self.raw.count("\n")) > self._lines:
            self._lines = lines
            self._woken.set()

    def ended(self) -> None:
        """Wake the requests."""
        self._woken.set()
        self._on_ended(self)

    def close(self) -> None:
        """Cancel the call, and answer its requests with no edit."""
        self._dropped = True
        self._woken.set()
        self._stop()

    def _stop(self) -> None:
        super().close()

    def _found(self) -> Rewritten | None:
        """Return the rewritten lines so far, of the region as it is now."""
        found = self._form.read(self.raw, self._asked, ended=self.finish == "stop")
        if found is None:
            return None
        grown = len(self.region.plain) - len(self._asked.plain)
        return found._replace(until=found.until + grown)

    def _keep(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
