"""The format of completions endpoints, as bytes; without I/O.

The shapes are those of OpenAI's legacy `/completions`, with the deviations of DeepSeek's documentation and its older
versions, of similar APIs (Mistral answers in a message's content) and of gateways.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct

from midfill.backends.api_errors import cut_off_error, malformed_error, stream_error, too_large_error
from midfill.backends.api_identity import ApiIdentity
from midfill.backends.error_body import DECODE_ERRORS
from midfill.backends.wire_format import RequestParameters, ResponseReader
from midfill.core.model import BackendError, BackendRequest, Chunk, FinishReason, Usage
from midfill.core.sse import Decoder

_MAX_BODY_BYTES: Final = 1 << 20
"""Maximum bytes of an answer that is not a stream, far above `max_tokens` of the longest tokens."""

_MAX_TEXT_LENGTH: Final = 1 << 18
"""Maximum characters of a streamed answer (the same bound)."""

FINISHES: Final[Mapping[str, FinishReason]] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "content_filter",
    "insufficient_system_resource": "insufficient_system_resource",
    "aborted": "aborted",
    # The finish reasons of gateways and similar APIs (Mistral, llama.cpp, vLLM).
    "eos": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_length": "length",
    "abort": "aborted",
    "error": "aborted",
}


class CompletionsFormat:
    """OpenAI's legacy completions: DeepSeek, Mistral, Inception, SiliconFlow, vLLM and many more."""

    def body(self, request: BackendRequest, parameters: RequestParameters) -> bytes:
        """Return the JSON of a request.

        An empty suffix is sent as "" (as minuet does; no failure is known), so that the request has the same shape at
        the end of a file. top_p, the penalties and n are omitted: they are ignored, deprecated, or not in the schema.
        """
        provider, prompt = parameters.provider, request.prompt
        fields: dict[str, object] = {"model": parameters.model}
        if parameters.template is not None:
            fields["prompt"] = parameters.filled(request)
        else:
            fields["prompt"], fields["suffix"] = prompt.full_prefix, prompt.suffix or provider.empty_suffix
        fields["max_tokens"] = parameters.max_tokens(request.limits)
        fields["temperature"] = parameters.temperature_of(request.limits)
        fields["stream"] = True
        if provider.reports_usage:
            fields["stream_options"] = {"include_usage": True}
        if stops := parameters.stops(request.limits):
            fields["stop"] = stops
        return encoded(fields)

    def reader(self, identity: ApiIdentity) -> ResponseReader:
        """Return the reader of the answer."""
        return AnswerReader(identity)


def encoded(fields: object) -> bytes:
    """Return `fields` as JSON; a lone surrogate, which UTF-8 cannot encode, becomes U+FFFD."""
    try:
        return msgspec.json.encode(fields)
    except UnicodeEncodeError:
        text = json.dumps(fields, ensure_ascii=False).encode("utf-16", "surrogatepass")
        return text.decode("utf-16", "replace").encode()


class Parse(Protocol):
    """Converts one document of a stream, or the `whole` answer, into a chunk."""

    def __call__(self, document: bytes, identity: ApiIdentity, *, whole: bool) -> Chunk | BackendError:
        """Return the chunk, or the error in the document."""
        ...


class AnswerReader:
    """Reads the body of a successful answer into chunks: events, or one JSON document from a gateway.

    The first characters distinguish the two, not the media type: DeepSeek also sends JSON under other types. Any other
    body, and one that ends early, sets `failure` to a BackendError, and reading stops.
    """

    def __init__(self, identity: ApiIdentity, parse: Parse | None = None) -> None:
        self.failure: BackendError | None = None
        self._identity = identity
        self._parse = parse or parsed
        self._events: Decoder | None = None
        self._body = bytearray()
        self._finished = False
        self._length = 0

    @property
    def done(self) -> bool:
        """Whether reading can stop: the stream has ended or failed."""
        return self.failure is not None or (self._events is not None and self._events.done)

    def feed(self, data: bytes) -> list[Chunk]:
        """Return the chunks that `data` completes."""
        if self._events is not None:
            return self._chunks(self._events.feed(data))
        self._body += data if self._body else data.lstrip(_BLANK)
        if len(self._body) > _MAX_BODY_BYTES:
            self.failure = too_large_error(self._identity.host)
        start = bytes(self._body[:8])
        return [] if not start or start.startswith(b"{") else self._classify(start)

    def end(self) -> list[Chunk]:
        """Return the last chunks, at the end of the body."""
        if self._events is not None:
            chunks = self._chunks(self._events.end())
            if not (self._finished or self.done):
                self.failure = cut_off_error(self._identity.host)
            return chunks
        return self._chunks([bytes(self._body)])

    def _classify(self, start: bytes) -> list[Chunk]:
        """Treat a body that is not JSON as events, as soon as that is certain."""
        if not any(start.startswith(field[: len(start)]) for field in _FIELDS):
            self.failure = malformed_error(self._identity, bytes(self._body))
        elif b":" in start:
            self._events = Decoder()
            return self._chunks(self._events.feed(bytes(self._body)))
        return []

    def _chunks(self, documents: list[bytes]) -> list[Chunk]:
        chunks: list[Chunk] = []
        for document in documents:
            chunk = self._parse(document, self._identity, whole=self._events is None)
            if isinstance(chunk, BackendError):
                self.failure = chunk
                return chunks
            chunks.append(chunk)
            self._length += len(chunk.text)
            self._finished = self._finished or chunks[-1].finish_reason is not None
        if self._length > _MAX_TEXT_LENGTH or (self._events is not None and self._events.overflowed):
            self.failure = too_large_error(self._identity.host)
        return chunks


_BLANK: Final = b" \t\r\n\xef\xbb\xbf"
_FIELDS: Final = (b"data:", b"event:", b"id:", b"retry:", b":")


class _Message(Struct):
    content: str | None = None
    reasoning_content: str | None = None
    """The model's reasoning before its answer (DeepSeek and vLLM; OpenRouter calls it `reasoning`)."""
    reasoning: Any = None


class _Choice(Struct):
    index: int | None = 0
    text: str | None = None
    message: _Message | None = None
    delta: _Message | None = None
    finish_reason: str | None = None


class _Details(Struct):
    cached_tokens: int | None = None


class _Usage(Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_cache_hit_tokens: int | None = None
    prompt_cache_miss_tokens: int | None = None
    prompt_tokens_details: _Details | None = None


class _Answer(Struct):
    model: str | None = None
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None


_DECODER: Final = msgspec.json.Decoder(_Answer, strict=False)


def parsed(document: bytes, identity: ApiIdentity, *, whole: bool) -> Chunk | BackendError:
    """Return the chunk of a document in OpenAI's shape."""
    answer = _decoded(document)
    if answer is None or (whole and not answer.choices and not answer.error):
        return malformed_error(identity, document)
    return stream_error(identity, answer.error) if answer.error else _as_chunk(answer, identity)


def _decoded(document: bytes) -> _Answer | None:
    try:
        return _DECODER.decode(document)
    except msgspec.ValidationError:
        return None
    except DECODE_ERRORS:
        return _decoded_leniently(document)


def _decoded_leniently(document: bytes) -> _Answer | None:
    r"""Decode what msgspec rejects: invalid UTF-8, and half of a pair like `\ud83d\ude00`."""
    try:
        return _DECODER.decode(encoded(json.loads(document.decode("utf-8", "replace"))))
    except (ValueError, *DECODE_ERRORS):
        return None


def _as_chunk(answer: _Answer, identity: ApiIdentity) -> Chunk:
    usage = _as_usage(answer.usage) if answer.usage else None
    model = identity.masked(answer.model) if answer.model else ""
    choice = next((choice for choice in answer.choices or () if not choice.index), None)
    if choice is None:
        return Chunk(usage=usage, model=model)
    message = choice.delta or choice.message
    text = choice.text or (message and message.content) or ""
    thinks = bool(message and not text and (message.reasoning_content or message.reasoning))
    return Chunk(text, finish_of(choice.finish_reason), usage, model, thinks=thinks)


def finish_of(reason: str | None) -> FinishReason | None:
    """Return the finish reason of an answer, mapped to ours; None while there is none."""
    return FINISHES.get(reason, "stop") if reason else None


def _as_usage(usage: _Usage) -> Usage:
    details = usage.prompt_tokens_details
    hit = usage.prompt_cache_hit_tokens
    cached = max(0, hit if hit is not None else (details and details.cached_tokens) or 0)
    prompt = usage.prompt_tokens
    if prompt is None:
        prompt = cached + (usage.prompt_cache_miss_tokens or 0)
    return Usage(max(0, prompt), max(0, usage.completion_tokens or 0), min(cached, max(0, prompt)))
