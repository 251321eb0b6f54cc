"""How a question is put: the provider's row, with what the user has set, and the wire formats' common face."""

from dataclasses import dataclass
from typing import Final, Protocol

from midfill.backends.caller import Caller
from midfill.core.model import Ask, Chunk, ModelError, Question
from midfill.core.providers import Provider
from midfill.core.templates import Template

VARIED: Final = 0.8
"""The temperature of alternatives; at 0 each of them would be the same text. Peers' default is 0.2 to 1."""


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """What a request needs to know besides the question."""

    provider: Provider
    model: str
    template: Template | None = None
    """What prefix and suffix are filled into; None: the provider does that."""
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    think: bool = False
    """Whether a model that is asked by hand may think first."""

    @property
    def fills_in(self) -> bool:
        """Whether the model was trained to fill in at any character."""
        return self.provider.fills_in if self.template is None else self.template.fills_in

    def thinks(self, ask: Ask) -> bool:
        """Whether the model may think before it answers."""
        return self.think and ask.manual and self.provider.wire in {"prefix", "chat"}

    def filled(self, question: Question) -> str:
        """Return the prompt with prefix and suffix in it."""
        assert self.template is not None
        prompt, path = question.prompt, question.cursor.uri.rpartition("/")[2]
        return self.template.filled(prompt.head, prompt.suffix, path, question.files)

    def most_tokens(self, ask: Ask) -> int:
        """Return how many tokens the model may write."""
        return max(1, min(ask.max_tokens, self.provider.most_tokens))

    def temperature_of(self, ask: Ask) -> float:
        """Return how freely the model writes: more so for alternatives."""
        temperature = self.temperature if ask.temperature is None else ask.temperature
        return max(temperature, VARIED) if ask.variant else temperature

    def stops(self, ask: Ask, *own: str) -> list[str]:
        """Return the texts before which the model stops, as many as the provider takes: the format's `own` first."""
        template = self.template.stop if self.template is not None else ()
        texts = (*own, *ask.stop, *self.stop, *template)
        return list(dict.fromkeys(text for text in texts if text))[: self.provider.most_stops]


class Reader(Protocol):
    """Reads the body of a successful answer."""

    failure: ModelError | None
    """What is wrong with it; then no more is read."""

    @property
    def done(self) -> bool:
        """Whether nothing that comes now can matter."""
        ...

    def feed(self, data: bytes) -> list[Chunk]:
        """Return the chunks that `data` completes."""
        ...

    def end(self) -> list[Chunk]:
        """Return the last chunks, when no more bytes come."""
        ...


class Format(Protocol):
    """A wire format."""

    def body(self, question: Question, parameters: Parameters) -> bytes:
        """Return the body of the request that puts `question`."""
        ...

    def reader(self, caller: Caller) -> Reader:
        """Return what reads the answer."""
        ...
