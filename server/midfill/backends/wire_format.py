"""The interface of the wire formats, and the parameters of a request."""

from dataclasses import dataclass
from typing import Final, Protocol

from midfill.backends.api_identity import ApiIdentity
from midfill.core.model import AnswerLimits, BackendError, BackendRequest, Chunk
from midfill.core.providers import Provider
from midfill.core.templates import Template

ALTERNATIVES_TEMPERATURE: Final = 0.8
"""The temperature of alternatives; at 0 all would be the same text. Peers' default is 0.2 to 1."""


@dataclass(frozen=True, kw_only=True)
class RequestParameters:
    """The parameters of a request besides the prompt and its limits."""

    provider: Provider
    model: str
    template: Template | None = None
    """The template for prefix and suffix; None if the provider applies its own."""
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    think: bool = False
    """Whether a model may reason first after a manual request."""

    @property
    def fills_in(self) -> bool:
        """Whether the model was trained to fill in at any character."""
        return self.provider.fills_in if self.template is None else self.template.fills_in

    def thinks(self, limits: AnswerLimits) -> bool:
        """Whether the model may reason before it answers."""
        return self.think and limits.manual and self.chats

    @property
    def chats(self) -> bool:
        """Whether it is a chat model."""
        return self.provider.wire in {"prefix", "chat"}

    def instructs(self, request: BackendRequest) -> bool:
        """Whether the model is instructed to write the missing text, in a chat that it does not continue.

        A chat prefix cannot be sent with reasoning, nor after earlier answers, each of which would repeat the prefix.
        """
        begun = not (self.thinks(request.limits) or request.earlier)
        return self.chats and not (self.provider.wire == "prefix" and begun)

    def filled(self, request: BackendRequest) -> str:
        """Return the prompt with prefix and suffix filled in."""
        assert self.template is not None
        prompt, path = request.prompt, request.cursor.uri.rpartition("/")[2]
        return self.template.filled(prompt.full_prefix, prompt.suffix, path, request.files)

    def max_tokens(self, limits: AnswerLimits) -> int:
        """Return the maximum number of tokens for the model."""
        return max(1, min(limits.max_tokens, self.provider.max_tokens))

    def temperature_of(self, limits: AnswerLimits) -> float:
        """Return the temperature; alternatives use a higher one."""
        temperature = self.temperature if limits.temperature is None else limits.temperature
        return max(temperature, ALTERNATIVES_TEMPERATURE) if limits.alternative_index else temperature

    def stops(self, limits: AnswerLimits, *own: str) -> list[str]:
        """Return the stop sequences, at most as many as the provider accepts: the format's `own` first."""
        template = self.template.stop if self.template is not None else ()
        texts = (*own, *limits.stop, *self.stop, *template)
        return list(dict.fromkeys(text for text in texts if text))[: self.provider.max_stops]


class ResponseReader(Protocol):
    """Reads the body of a successful answer."""

    failure: BackendError | None
    """The error in the body; reading then stops."""

    @property
    def done(self) -> bool:
        """Whether reading can stop."""
        ...

    def feed(self, data: bytes) -> list[Chunk]:
        """Return the chunks that `data` completes."""
        ...

    def end(self) -> list[Chunk]:
        """Return the last chunks, at the end of the body."""
        ...


class WireFormat(Protocol):
    """A wire format."""

    def body(self, request: BackendRequest, parameters: RequestParameters) -> bytes:
        """Return the body of the request for `request`."""
        ...

    def reader(self, identity: ApiIdentity) -> ResponseReader:
        """Return the reader of the answer."""
        ...
