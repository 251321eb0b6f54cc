"""The records of calls and suggestions, and the interface to the ledger."""

from dataclasses import dataclass
from typing import Protocol

from midfill.core.model import Prompt, Usage


@dataclass(frozen=True, kw_only=True)
class CallRecord:
    """One finished call. Its texts serve estimates only; they are not stored."""

    number: int
    backend: str
    model: str
    """The model that answered; without an answer, the requested one."""
    paid: bool
    language: str
    prompt: Prompt
    text: str
    """The part of the model's text that was read."""
    usage: Usage | None
    """None if the stream was closed before its usage arrived."""
    read: bool
    """The provider has probably read the prompt: it did not refuse the call."""
    outcome: str
    """`whole`, `stopped` (closed before its end), or the kind of failure."""
    manual: bool
    speculative: bool
    first_ms: float | None
    """Milliseconds to the first text; None without text."""
    total_ms: float


@dataclass(frozen=True, kw_only=True)
class SuggestionRecord:
    """One suggestion that was shown, and its outcome so far."""

    number: int
    call_id: int
    """The number of the call that wrote the text."""
    backend: str
    language: str
    until: int = 0
    """Maximum number of characters of the call's text that were shown."""
    whole: bool = False
    """The whole suggestion or its last part was accepted."""
    words: int = 0
    """Number of accepted words."""
    lines: int = 0
    dismissed: bool = False
    accepted: int = 0
    """Number of accepted characters."""
    checked_30_s: int = 0
    """Number of accepted characters (without blanks) that were looked for 30 seconds later."""
    retained_30_s: int = 0
    """How many of them were still in the document."""
    checked_300_s: int = 0
    """The same after five minutes."""
    retained_300_s: int = 0


@dataclass(frozen=True, kw_only=True)
class EditRecord:
    """One next edit that was shown, and its outcome so far."""

    number: int
    backend: str
    language: str
    accepted: bool = False
    refused: bool = False


class Records(Protocol):
    """Records calls and suggestions without waiting, and checks the caps."""

    def new_id(self) -> int:
        """Return an id that is unique among the calls and suggestions of all servers."""
        ...

    def record_call(self, call: CallRecord) -> None:
        """Record a finished call."""
        ...

    def record_suggestion(self, record: SuggestionRecord) -> None:
        """Record a suggestion or its new outcome."""
        ...

    def cap_reason(self, *, manual: bool) -> str:
        """Return why a paid call is not allowed now, as text for the user; empty if it is."""
        ...


class NoRecords:
    """Records nothing."""

    def __init__(self) -> None:
        self._last = 0

    def new_id(self) -> int:
        """Return the next id."""
        self._last += 1
        return self._last

    def record_call(self, call: CallRecord) -> None:
        """Do nothing."""

    def record_suggestion(self, record: SuggestionRecord) -> None:
        """Do nothing."""

    def cap_reason(self, *, manual: bool) -> str:
        """Allow every call."""
        return ""
