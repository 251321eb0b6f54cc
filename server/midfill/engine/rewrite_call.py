"""One call for a rewritten region, and the edits in its answer."""

import asyncio
from collections.abc import Callable, Sequence

from midfill.core.edit_rules import Hunk, SuggestedEdit
from midfill.core.model import Backend, BackendRequest
from midfill.core.rewrite import EditableRegion, RewriteFormat, Rewritten, nearest_edit, with_document_lines
from midfill.engine.call import Call

LinesBetween = Callable[[int, int], tuple[str, ...]]
"""Returns the lines of the document from one row to before another."""


class RewriteCall(Call):
    """A call for a rewritten region, shared by every request at this region.

    An edit is returned as soon as later text cannot change it. Reading continues for the edits after it.

    Args:
        backend_request: the request to the backend.
        call_id: the number of the call in the ledger.
        backend: the backend to call.
        clock: returns the current time in seconds.
        region: the region.
        rewrite_format: the format of the answer.
        linger_s: how long the call is kept without a waiting request.
        total_s: maximum time of the call.
        on_ended: called once when the call ends for any reason.
    """

    def __init__(
        self,
        backend_request: BackendRequest,
        call_id: int,
        backend: Backend,
        clock: Callable[[], float],
        *,
        region: EditableRegion,
        rewrite_format: RewriteFormat,
        linger_s: float,
        total_s: float,
        on_ended: "Callable[[RewriteCall], None]",
    ) -> None:
        self.region = region
        """The region as it is now in the document."""
        self._requested_region = region
        self._format = rewrite_format
        self._linger_s = linger_s
        self._on_ended = on_ended
        self._offered_edit: SuggestedEdit | None = None
        self._woken = asyncio.Event()
        self._waiting = 0
        self._generation = 0
        self._line_count = 0
        self._is_cancelled = False
        self._close_timer: asyncio.TimerHandle | None = None
        super().__init__(backend_request, call_id, backend, clock)
        asyncio.get_running_loop().call_later(total_s, self._stop)

    @property
    def failed(self) -> bool:
        """Whether it ended without an answer."""
        return self.done and (self.error is not None or self.crashed or self.finish_reason is None)

    async def suggested_edit(
        self, row: int, hunks: Sequence[Hunk], refused: Sequence[SuggestedEdit]
    ) -> SuggestedEdit | None:
        """Return the next edit once it is known; None if there is none, or if a newer request supersedes this one."""
        self.supersede()
        generation = self._generation
        self._waiting += 1
        self._cancel_close()
        try:
            while not self._is_cancelled and generation == self._generation:
                found = self._found()
                if found is not None:
                    self._offered_edit = nearest_edit(
                        self.region, found, row, hunks, refused, final=self.done
                    )
                if self._offered_edit is not None or self.done:
                    return self._offered_edit
                self._woken.clear()
                await self._woken.wait()
            return None
        finally:
            self._waiting -= 1
            if not self._waiting and self._offered_edit is None and not self.done:
                self._close_timer = asyncio.get_running_loop().call_later(self._linger_s, self.close)

    def supersede(self) -> None:
        """Answer the waiting requests with no edit; the call stays open for the next request."""
        self._generation += 1
        self._woken.set()

    def matches(self, lines: LinesBetween) -> bool:
        """Whether the document has the region's lines."""
        return lines(self.region.row, self.region.end) == self.region.document_lines

    def was_applied(self, lines: LinesBetween) -> bool:
        """Whether the document's change applied the offered edit; if so, update the region."""
        region, offered = self.region, self._offered_edit
        if offered is None:
            return False
        at = offered.row - region.row
        document_lines = (
            *region.document_lines[:at],
            *offered.after,
            *region.document_lines[at + len(offered.before) :],
        )
        if lines(region.row, region.row + len(document_lines)) != document_lines:
            return False
        self.region, self._offered_edit = with_document_lines(region, document_lines), None
        return True

    def on_text(self) -> None:
        """Wake the requests at each new line."""
        if (lines := self.raw.count("\n")) > self._line_count:
            self._line_count = lines
            self._woken.set()

    def ended(self) -> None:
        """Wake the requests."""
        self._woken.set()
        self._on_ended(self)

    def close(self) -> None:
        """Cancel the call, and answer its requests with no edit."""
        self._is_cancelled = True
        self._woken.set()
        self._stop()

    def _stop(self) -> None:
        super().close()

    def _found(self) -> Rewritten | None:
        """Return the rewritten lines so far, of the region as it is now."""
        found = self._format.read(self.raw, self._requested_region, ended=self.finish_reason == "stop")
        if found is None:
            return None
        added_lines = len(self.region.document_lines) - len(self._requested_region.document_lines)
        return found._replace(until=found.until + added_lines)

    def _cancel_close(self) -> None:
        if self._close_timer is not None:
            self._close_timer.cancel()
