"""The request to a backend, its answer, and the interface of a backend."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple, Protocol

from midfill.core.cursor import Cursor
from midfill.core.templates import TemplateFile

Scope = Literal["line", "statement", "block"]
FinishReason = Literal["stop", "length", "content_filter", "insufficient_system_resource", "aborted"]
"""The reason why an answer ended (DeepSeek's documented values; values of other backends are mapped to these)."""


@dataclass(frozen=True)
class Prompt:
    r"""The text before and after the cursor for the model, with `\n` line ends.

    A prompt is hashable: it is the key of the cache and of a flight. Comparisons ignore the context, because an answer
    still fits when only the context differs.
    """

    prefix: str
    suffix: str
    context: str = field(default="", compare=False)
    """The text before the document in the prompt: other files, and the document's own path."""

    @property
    def full_prefix(self) -> str:
        """All text that the model reads before the cursor."""
        return self.context + self.prefix


@dataclass(frozen=True, kw_only=True)
class AnswerLimits:
    """The limits of an answer, and the kind of request."""

    scope: Scope = "block"
    """The maximum extent of a completion: the line, the statement, or the block that it starts."""
    max_lines: int = 12
    max_tokens: int = 128
    temperature: float | None = None
    """None means the backend's own temperature."""
    stop: tuple[str, ...] = ()
    """Stop sequences for the model (at most 16)."""
    manual: bool = False
    """The user requested the completion by a shortcut or command, not by typing."""
    alternative_index: int = 0
    """Index of the alternative; all but the first use a higher temperature."""


@dataclass(frozen=True, kw_only=True)
class BackendRequest:
    """The input of one backend call."""

    cursor: Cursor
    prompt: Prompt
    limits: AnswerLimits
    files: tuple[TemplateFile, ...] = ()
    """Other files, for backends that send them apart from the prompt."""
    earlier: tuple[str, ...] = ()
    """The model's earlier answers here that the user did not want."""
    required_start: str = ""
    """The required start of the answer, for a server that can enforce it."""
    json: bool = False
    """The answer is to be JSON, for a server that can enforce it."""
    on_unsent: Callable[[], None] = field(default=lambda: None, compare=False, repr=False)
    """A backend calls it if it is cancelled before it has sent the request: the call costs nothing."""


class Usage(NamedTuple):
    """Tokens of one call, as the backend counts them."""

    prompt: int = 0
    output: int = 0
    cached: int = 0
    """Number of tokens of `prompt` from the provider's cache, which cost less."""


class Chunk(NamedTuple):
    """One piece of a streamed answer."""

    text: str = ""
    finish_reason: FinishReason | None = None
    usage: Usage | None = None
    model: str = ""
    """The model named in the answer."""
    thinks: bool = False
    """The model reasons, and text follows later; the reasoning is discarded."""


class ErrorKind(StrEnum):
    """The causes of a backend failure."""

    NO_KEY = "no key"
    BAD_KEY = "bad key"
    NO_CREDIT = "no credit"
    BAD_SETTING = "bad setting"
    BAD_REQUEST = "bad request"
    UNKNOWN_MODEL = "unknown model"
    RATE_LIMIT = "rate limit"
    OVERLOAD = "overload"
    NETWORK = "network"
    TIMEOUT = "timeout"
    MALFORMED = "malformed answer"

    @property
    def lasting(self) -> bool:
        """Whether calls fail until the user acts."""
        return self in _LASTING

    @property
    def final(self) -> bool:
        """Whether only a change of the configuration helps; credit can return without one."""
        return self.lasting and self is not ErrorKind.NO_CREDIT


_LASTING = frozenset(
    {
        ErrorKind.NO_KEY,
        ErrorKind.BAD_KEY,
        ErrorKind.NO_CREDIT,
        ErrorKind.BAD_SETTING,
        ErrorKind.BAD_REQUEST,
        ErrorKind.UNKNOWN_MODEL,
    }
)


class BackendError(Exception):
    """A backend failure; the message names the cause and the remedy, and contains no key."""

    def __init__(
        self, kind: ErrorKind, message: str, *, retry_after: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
        """The HTTP status; None without an answer or after a success."""
        self.retry_after = retry_after
        """Seconds to wait before the next call, as the provider requests; None without such a request."""
        self.offers: Sequence[str] = ()
        """The available models, if the requested one is not among them."""


class Backend(Protocol):
    """A provider of fill-in-the-middle completions."""

    @property
    def name(self) -> str:
        """The name in the settings and in answers."""
        ...

    @property
    def model(self) -> str:
        """The requested model."""
        ...

    @property
    def paid(self) -> bool:
        """Whether a call costs the user money."""
        ...

    @property
    def thinks(self) -> bool:
        """Whether the model may reason first after a manual request, which takes longer."""
        ...

    @property
    def chats(self) -> bool:
        """Whether it is a chat model, which can receive its earlier answers."""
        ...

    @property
    def caches_prefix(self) -> bool:
        """Whether a prompt prefix that was read before costs almost nothing."""
        ...

    def stream(self, request: BackendRequest) -> AsyncGenerator[Chunk]:
        """Yield the answer in pieces; closing the generator cancels the call. Raises BackendError."""
        ...

    async def warm(self) -> None:
        """Prepare for the first call (open the connection); never raises."""
        ...

    async def close(self) -> None:
        """Release all resources."""
        ...


class Backends(NamedTuple):
    """The backends in the order they are called, and the fallback that answers while all are unavailable."""

    primary: Backend
    fallback: Backend | None = None
    others: tuple[Backend, ...] = ()
    """The backends that are called while the earlier ones are unavailable."""
    languages: tuple[frozenset[str], ...] = ()
    """The languages of each backend, the primary first; empty means all."""
    edit_backend: Backend | None = None
    """The backend for next edits; None if none is set."""
    edit_format: str = ""
    """The name of its prompt format."""

    @property
    def all(self) -> tuple[Backend, ...]:
        """All backends, the fallback last."""
        last = () if self.fallback is None else (self.fallback,)
        return (self.primary, *self.others, *last)

    def for_language(self, language: str) -> list[Backend]:
        """Return the backends for a language, in order, without the fallback."""
        remotes = (self.primary, *self.others)
        limits = (*self.languages, *(frozenset[str]() for _ in remotes))
        return [one for one, only in zip(remotes, limits, strict=False) if not only or language in only]
