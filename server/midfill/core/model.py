"""What is asked of a model, and what comes back."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple, Protocol

from midfill.core.cursor import Cursor

Scope = Literal["line", "statement", "block"]
Finish = Literal["stop", "length", "content_filter", "insufficient_system_resource", "aborted"]
"""Why the model ended its answer (DeepSeek's documented values; other backends' are mapped onto these)."""


class Prompt(NamedTuple):
    r"""What the model reads: the text before and after the place to fill, line ends as `\n`.

    It is hashable, and serves as the key of the cache and of a flight.
    """

    prefix: str
    suffix: str


@dataclass(frozen=True, kw_only=True)
class Ask:
    """How much is asked for at a cursor."""

    scope: Scope = "block"
    """How far a completion may reach: the line, the statement, or the block it begins."""
    max_lines: int = 12
    max_tokens: int = 128
    stop: tuple[str, ...] = ()
    """Texts at which the model itself stops (at most 16)."""
    manual: bool = False
    """The user asked, by key or command; nothing was triggered by typing."""
    variant: int = 0
    """Which of several alternatives this call is for; all but the first are drawn at a higher temperature."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One call of a backend."""

    cursor: Cursor
    prompt: Prompt
    ask: Ask


class Usage(NamedTuple):
    """Tokens that an answer cost, as the backend counts them."""

    prompt: int = 0
    output: int = 0
    cached: int = 0
    """Those of `prompt` that the provider had cached (and sells cheaper)."""


class Chunk(NamedTuple):
    """One piece of an answer as it streams in."""

    text: str = ""
    finish: Finish | None = None
    usage: Usage | None = None
    model: str = ""
    """The model that says it answered."""


class Kind(StrEnum):
    """The causes a backend fails for; each has one way to go on."""

    NO_KEY = "no key"
    BAD_KEY = "bad key"
    NO_CREDIT = "no credit"
    BAD_REQUEST = "bad request"
    UNKNOWN_MODEL = "unknown model"
    RATE_LIMIT = "rate limit"
    OVERLOAD = "overload"
    NETWORK = "network"
    TIMEOUT = "timeout"
    MALFORMED = "malformed answer"

    @property
    def lasting(self) -> bool:
        """Whether asking again is pointless until the configuration changes."""
        return self in {Kind.NO_KEY, Kind.BAD_KEY, Kind.NO_CREDIT, Kind.BAD_REQUEST, Kind.UNKNOWN_MODEL}


class ModelError(Exception):
    """A backend could not answer; the message says what happened and what to do, and holds no key."""

    def __init__(self, kind: Kind, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after = retry_after
        """Seconds that the server asked us to wait, if it said so."""


class Backend(Protocol):
    """Anything that fills in the middle."""

    @property
    def name(self) -> str:
        """The name that settings and answers call it by."""
        ...

    @property
    def paid(self) -> bool:
        """Whether a call costs the user money."""
        ...

    def stream(self, question: Question) -> AsyncGenerator[Chunk]:
        """Yield the answer as it comes; closing the generator closes the call. Raises ModelError."""
        ...

    async def warm(self) -> None:
        """Get ready for a first call (open the connection); never raises."""
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...


class Backends(NamedTuple):
    """The backend that answers, and the one that answers while the first is unavailable."""

    primary: Backend
    fallback: Backend | None = None
