"""What is booked of each call and of each suggestion, and who is told."""

from dataclasses import dataclass
from typing import Protocol

from midfill.core.model import Prompt, Usage


@dataclass(frozen=True, kw_only=True)
class Called:
    """One call that has ended. Its texts are for estimates, and are not written down."""

    number: int
    backend: str
    model: str
    """The model that answered, or was asked."""
    paid: bool
    language: str
    prompt: Prompt
    text: str
    """What the model wrote, as far as it was read."""
    usage: Usage | None
    """None where the stream was closed before its usage came."""
    read: bool
    """The provider has read the prompt, as far as is known: it did not refuse the call."""
    outcome: str
    """`whole`, `stopped` (closed before its end), or the kind of failure."""
    manual: bool = False
    speculative: bool = False
    first_ms: float | None = None
    """Milliseconds to the first text; None if none came."""
    total_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Suggested:
    """One suggestion, from the first time that it was shown, and what became of it so far."""

    number: int
    call: int
    """The number of the call whose text it is."""
    backend: str
    language: str
    until: int = 0
    """Characters of the call's text that were shown, at most."""
    whole: bool = False
    """It was accepted as a whole, or the last of it."""
    words: int = 0
    """Times that a word of it was accepted."""
    lines: int = 0
    dismissed: bool = False
    accepted: int = 0
    """Characters that were accepted."""
    measured_30: int = 0
    """Characters (without blanks) that were looked for 30 seconds after they were accepted."""
    standing_30: int = 0
    """Those of them that stood there."""
    measured_300: int = 0
    """The same after five minutes."""
    standing_300: int = 0


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """One next edit, from the first time that it was shown, and what became of it so far."""

    number: int
    backend: str
    language: str
    accepted: bool = False
    refused: bool = False


class Book(Protocol):
    """Takes note of calls and suggestions, without waiting, and knows what may be spent."""

    def number(self) -> int:
        """Return a number that no other call or suggestion has, of any server."""
        ...

    def called(self, call: Called) -> None:
        """Take note of a call that has ended."""
        ...

    def suggested(self, suggested: Suggested) -> None:
        """Take note of a suggestion, or of what has become of one."""
        ...

    def why_not(self, *, manual: bool) -> str:
        """Return why no call that costs something may be made now, in words; empty if one may."""
        ...


class NoBook:
    """Takes note of nothing."""

    def __init__(self) -> None:
        self._last = 0

    def number(self) -> int:
        """Return the next number."""
        self._last += 1
        return self._last

    def called(self, call: Called) -> None:
        """Do nothing."""

    def suggested(self, suggested: Suggested) -> None:
        """Do nothing."""

    def why_not(self, *, manual: bool) -> str:
        """Allow everything."""
        return ""
