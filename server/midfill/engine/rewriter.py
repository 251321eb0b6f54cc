"""The next edit with a model: one call at a time. Its answer is used until another change of a document."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from midfill.core.circuit_breaker import CircuitBreaker
from midfill.core.cursor import Cursor
from midfill.core.edit_rules import Hunk, SuggestedEdit
from midfill.core.model import AnswerLimits, Backend, BackendError, BackendRequest, Backends, Prompt
from midfill.core.records import Records
from midfill.core.rewrite import FORMATS, EditableRegion, RewritePrompt, editable_region_at
from midfill.core.timing import PROBE_S
from midfill.core.tokens import estimate
from midfill.engine.call_record import call_record
from midfill.engine.rewrite_call import LinesBetween, RewriteCall

MAX_TOKENS = 4_096
"""Maximum tokens of an answer, however large its region is."""
TOKENS_FACTOR, TOKENS_MARGIN = 1.5, 150
"""Maximum tokens of an answer: the region's tokens times the factor, plus the margin."""


@dataclass(frozen=True)
class EditRequest:
    """A request for the next edit at a cursor."""

    cursor: Cursor
    hunks: Sequence[Hunk]
    """The user's edits that may be sent, the newest last."""
    refused: Sequence[SuggestedEdit]
    path_of: Callable[[str], str]
    """Returns the path of a document for the prompt."""
    lines: LinesBetween


class Rewriter:
    """Requests the rewritten region around a cursor.

    Args:
        backends: name the backend for next edits, and its format.
        linger_s: seconds for which a call is kept that no request waits for.
        total_s: maximum seconds of a call.
        on_error: called with each error.
        records: records the calls and checks the caps.
        clock: returns the current time in seconds.
    """

    def __init__(
        self,
        backends: Backends,
        linger_s: float,
        total_s: float,
        on_error: Callable[[BackendError], None],
        records: Records,
        clock: Callable[[], float],
    ) -> None:
        self.backend = backends.edit_backend
        self._format = FORMATS.get(backends.edit_format)
        self._linger_s = linger_s
        self._total_s = total_s
        self._on_error = on_error
        self._records = records
        self._clock = clock
        self._breaker = CircuitBreaker()
        self._latest: RewriteCall | None = None

    async def next_edit(self, request: EditRequest) -> SuggestedEdit | None:
        """Return the model's edit; None if it has none, if no call is possible, or if the document changes first."""
        rewrite = self._known(request) or self._start_call(request)
        return (
            None
            if rewrite is None
            else await rewrite.suggested_edit(request.cursor.row, request.hunks, request.refused)
        )

    def supersede(self) -> None:
        """Answer the waiting requests with no edit."""
        if self._latest is not None:
            self._latest.supersede()

    def changed(self, uri: str, lines: LinesBetween) -> None:
        """Drop the latest answer at each change of a document, except a change that applies the answer's edit."""
        rewrite = self._latest
        if rewrite is not None and not (rewrite.region.cursor.uri == uri and rewrite.was_applied(lines)):
            self._drop()

    async def close(self) -> None:
        """Cancel the call and close the backend."""
        rewrite = self._latest
        self._drop()
        if rewrite is not None:
            await rewrite.wait_closed()
        if self.backend is not None:
            await self.backend.close()

    def _known(self, request: EditRequest) -> RewriteCall | None:
        """Return the latest call, if its answer is about this place."""
        rewrite, cursor = self._latest, request.cursor
        if rewrite is None or rewrite.failed or rewrite.region.cursor.uri != cursor.uri:
            return None
        is_inside = rewrite.region.row <= cursor.row < rewrite.region.end
        return rewrite if is_inside and rewrite.matches(request.lines) else None

    def _start_call(self, request: EditRequest) -> RewriteCall | None:
        self._drop()
        backend, rewrite_format = self.backend, self._format
        if backend is None or rewrite_format is None or not request.hunks or not self._may_call(backend):
            return None
        region = editable_region_at(
            request.cursor, request.hunks, request.path_of, rewrite_format.lines_around
        )
        prompt = None if region is None else rewrite_format.prompt_for(region)
        if region is None or prompt is None:
            return None
        self._breaker = self._breaker.probing(self._clock(), PROBE_S)
        self._latest = RewriteCall(
            edit_backend_request(region, prompt),
            self._records.new_id(),
            backend,
            self._clock,
            region=region,
            rewrite_format=rewrite_format,
            linger_s=self._linger_s,
            total_s=self._total_s,
            on_ended=self._ended,
        )
        return self._latest

    def _may_call(self, backend: Backend) -> bool:
        capped = backend.paid and bool(self._records.cap_reason(manual=False))
        return self._breaker.allows(self._clock()) and not capped

    def _drop(self) -> None:
        if self._latest is not None:
            self._latest.close()
            self._latest = None

    def _ended(self, rewrite: RewriteCall) -> None:
        now = self._clock()
        if rewrite.sent:
            self._records.record_call(call_record(rewrite, now))
        if rewrite.error is not None:
            self._breaker = self._breaker.failed(rewrite.error, now)
            self._on_error(rewrite.error)
        elif rewrite.first_token is not None or rewrite.finish_reason is not None:
            self._breaker = CircuitBreaker()
        else:
            self._breaker = self._breaker.unproven(now)


def edit_backend_request(region: EditableRegion, prompt: RewritePrompt) -> BackendRequest:
    """Return the request for a rewritten region."""
    max_tokens = TOKENS_FACTOR * estimate("\n".join(region.lines)) + TOKENS_MARGIN
    return BackendRequest(
        cursor=region.cursor,
        prompt=Prompt(prompt.prompt, "", prompt.system),
        limits=AnswerLimits(max_tokens=min(MAX_TOKENS, int(max_tokens)), stop=prompt.stop),
        required_start=prompt.required_start,
        json=prompt.json,
    )
