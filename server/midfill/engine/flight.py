"""One call of a backend, shared by every request that its text answers."""

import asyncio
import math
from collections.abc import Callable

from midfill.core import policy, shape
from midfill.core.answer_cache import CachedAnswer
from midfill.core.model import Backend, BackendRequest, FinishReason, Prompt
from midfill.core.prompt import remaining_text, typed_since
from midfill.core.timing import PACKET_S, STALLED_S
from midfill.engine.call import Call
from midfill.engine.waiting_request import WaitingRequest

UNFINISHED: frozenset[FinishReason | None] = frozenset({"aborted", "insufficient_system_resource"})
"""Finish reasons of an incomplete answer (DeepSeek: generation was interrupted)."""
MAX_TYPO_LENGTH = 3
"""Maximum characters of a typing error before the user notices it (Cody's tolerance)."""
MAX_CORRECTION_LENGTH = 12
"""Maximum characters that a user deletes and types again in one correction."""


class Flight(Call):
    """An in-flight call and its answer.

    Args:
        backend_request: the request to the backend.
        call_id: the number of the call in the ledger.
        backend: the backend to call.
        min_lines: number of lines to read at least, if the answer has as many.
        on_finished: called once when the flight ends for any reason.
        clock: returns the current time in seconds.
        speculative: whether the call starts before a request for it.
    """

    def __init__(
        self,
        backend_request: BackendRequest,
        call_id: int,
        backend: Backend,
        min_lines: int,
        on_finished: "Callable[[Flight], None]",
        clock: Callable[[], float],
        *,
        speculative: bool = False,
    ) -> None:
        self.min_lines = min_lines
        self._starts_at_cursor = False
        self._on_finished = on_finished
        self._waiting: set[WaitingRequest] = set()
        self._close_timer: asyncio.TimerHandle | None = None
        self._mended = ("", False, "")
        super().__init__(backend_request, call_id, backend, clock, speculative=speculative)

    def __repr__(self) -> str:
        state = "done" if self.done else f"{len(self._waiting)} waiting"
        return f"<Flight of {self.backend.name}, {len(self.raw)} characters, {state}>"

    @property
    def text(self) -> str:
        """The mended text so far; only the complete lines if the answer was cut off."""
        if not (self._starts_at_cursor or self.done):
            return ""  # The answer may repeat the text before the cursor.
        if self._mended[:2] != (self.raw, self.done):
            mended = shape.mend(self.raw, self.backend_request.cursor, complete=self.done)
            self._mended = (self.raw, self.done, mended)
        text = self._mended[2]
        if self.finish_reason == "length":
            return policy.complete_part(text)
        return text[: text.rfind("\n") + 1] or text if self.stopped_reading else text

    @property
    def showable_from(self) -> float:
        """Time in seconds from which a part may be shown: more text follows the first token at once."""
        return self.first_token + PACKET_S if self.first_token is not None else math.inf

    @property
    def complete(self) -> bool:
        """Whether no more text can be shown: the model ended the answer, or the engine read enough."""
        return self.stopped_reading or self.finish_reason in {"stop", "length"}

    @property
    def cacheable(self) -> bool:
        """Whether the text is a valid answer or the start of one."""
        is_valid = self.error is None and not self.crashed and self.finish_reason not in UNFINISHED
        return is_valid and (self.complete or bool(self.raw))

    @property
    def cached_answer(self) -> CachedAnswer:
        """The text as an answer for the cache."""
        return CachedAnswer(
            self.prompt,
            self.text,
            self.backend_name,
            self.model,
            complete=self.complete,
            finish_reason=self.finish_reason,
            call_id=self.call_id,
        )

    def remaining_text_at(self, prompt: Prompt) -> str | None:
        """Return the rest of the text at `prompt`; empty if it may follow later, None if the text disagrees."""
        typed = typed_since(self.prompt, prompt)
        if typed is None:
            return None
        rest = remaining_text(self.text, typed)
        if rest is None and not self.done and typed.startswith(self.text):
            return ""
        return rest

    def fits_after_correction(self, prompt: Prompt) -> bool:
        """Whether a correction of a few characters would make the flight usable again at `prompt`."""
        typed = typed_since(self.prompt, prompt)
        if typed is None:
            return typed_since(prompt, self.prompt) is not None and self.is_near(prompt)
        agreed = next(
            (n for n, (a, b) in enumerate(zip(typed, self.text, strict=False)) if a != b), len(self.text)
        )
        return len(typed) - agreed <= MAX_TYPO_LENGTH

    def is_near(self, prompt: Prompt) -> bool:
        """Whether `prompt` differs from the flight's prompt by only a few characters at the end."""
        common = self.prompt.prefix[:-MAX_CORRECTION_LENGTH]
        return (
            prompt.prefix.startswith(common) and len(prompt.prefix) - len(common) <= 2 * MAX_CORRECTION_LENGTH
        )

    def join(self, waiting: WaitingRequest) -> None:
        """Add a waiting request."""
        self._waiting.add(waiting)
        self.cancel_close()

    def leave(self, waiting: WaitingRequest) -> None:
        """Remove a waiting request."""
        self._waiting.discard(waiting)

    def cancel_close(self) -> None:
        """Cancel the close that `close_after` has scheduled."""
        if self._close_timer is not None:
            self._close_timer.cancel()
            self._close_timer = None

    def close_after(self, seconds: float, *, extra_s: float = 0) -> None:
        """Close the flight after `seconds`, or `extra_s` seconds later if it still receives text.

        A request that joins cancels this. Editors cancel a request just before the next one, which may join.
        """
        if self._close_timer is None and not self.is_awaited and not self.done:
            self._close_timer = asyncio.get_running_loop().call_later(seconds, self._on_close_timer, extra_s)

    def _on_close_timer(self, extra_s: float) -> None:
        self._close_timer = None
        if extra_s and self._clock() - self.last_text_at < STALLED_S:
            self.close_after(extra_s)
        else:
            self.close()

    @property
    def is_awaited(self) -> bool:
        """Whether a request waits for the flight."""
        return any(not waiting.superseded for waiting in self._waiting)

    def on_text(self) -> None:
        """Decide whether to read on, and wake the requests."""
        self._starts_at_cursor = self._starts_at_cursor or shape.start_is_known(
            self.raw, self.backend_request.cursor
        )
        self.stopped_reading = self._starts_at_cursor and policy.read_enough(
            self.raw, self.backend_request.cursor, self.backend_request.limits, self.min_lines
        )
        self._wake_requests()

    def ended(self) -> None:
        """Wake the requests."""
        if self.finish_reason == "length" and shape.ends_itself(self.raw, self.backend_request.cursor):
            self.finish_reason = "stop"
        self.cancel_close()
        self._wake_requests()
        self._on_finished(self)

    def _wake_requests(self) -> None:
        for waiting in self._waiting:
            waiting.wake()
