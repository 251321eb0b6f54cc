"""What DeepSeek's completions endpoint reads and writes, as bytes; nothing here does I/O.

The shapes are those of OpenAI's legacy `/completions`, with the deviations that DeepSeek's documentation,
its older versions and gateways in front of it show.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from midfill.backends.caller import Caller
from midfill.backends.errors import UNREADABLE, broken_off, cut_off, malformed, oversized
from midfill.core.model import Ask, Chunk, Finish, ModelError, Prompt, Usage
from midfill.core.sse import Decoder

MAX_TOKENS: Final = 4096
"""What the FIM endpoint writes at most (DeepSeek's guide `fim_completion`)."""

MAX_STOPS: Final = 16
"""More are answered with 400, "Stop string array too long"."""

_MAX_BODY: Final = 1 << 20
"""Bytes of an answer that is not a stream; `max_tokens` of the longest tokens are far less."""

_MAX_TEXT: Final = 1 << 18
"""Characters of an answer, for the same reason."""

_FINISHES: Final[Mapping[str, Finish]] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "content_filter",
    "insufficient_system_resource": "insufficient_system_resource",
    "aborted": "aborted",
    # What gateways and sibling APIs say for the same things (Mistral, llama.cpp, vLLM).
    "eos": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_length": "length",
    "abort": "aborted",
    "error": "aborted",
}


def request_body(prompt: Prompt, ask: Ask, *, model: str, temperature: float, stop: tuple[str, ...]) -> bytes:
    """Return the JSON of a request.

    An empty suffix is sent as "" (as minuet does; no report of it failing is known), so that the request has
    the same shape at the end of a file as elsewhere. top_p, the penalties and n are left out: ignored,
    deprecated, or not in the schema.
    """
    fields = {
        "model": model,
        "prompt": prompt.prefix,
        "suffix": prompt.suffix,
        "max_tokens": max(1, min(ask.max_tokens, MAX_TOKENS)),
        "temperature": temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    stops = list(dict.fromkeys(text for text in (*ask.stop, *stop) if text))[:MAX_STOPS]
    if stops:
        fields["stop"] = stops
    return _encoded(fields)


def _encoded(fields: object) -> bytes:
    """Return `fields` as JSON; half a surrogate pair, which UTF-8 cannot carry, becomes U+FFFD."""
    try:
        return msgspec.json.encode(fields)
    except UnicodeEncodeError:
        text = json.dumps(fields, ensure_ascii=False).encode("utf-16", "surrogatepass")
        return text.decode("utf-16", "replace").encode()


class AnswerReader:
    """Reads the body of a successful answer into chunks: events, or one JSON document from a gateway.

    Which of the two it is shows in its first characters, not in its media type: DeepSeek sends JSON under
    others too. For anything else, and for what ends before its end, `failure` is set to a ModelError, and no
    more is read.
    """

    def __init__(self, caller: Caller) -> None:
        self.failure: ModelError | None = None
        self._caller = caller
        self._events: Decoder | None = None
        self._body = bytearray()
        self._finished = False
        self._length = 0

    @property
    def done(self) -> bool:
        """Whether nothing that comes now can matter: the stream said that it is over, or went wrong."""
        return self.failure is not None or (self._events is not None and self._events.done)

    def feed(self, data: bytes) -> list[Chunk]:
        """Return the chunks that `data` completes."""
        if self._events is not None:
            return self._chunks(self._events.feed(data))
        self._body += data if self._body else data.lstrip(_BLANK)
        if len(self._body) > _MAX_BODY:
            self.failure = oversized(self._caller.host)
            self._body.clear()
        start = bytes(self._body[:8])
        return [] if not start or start.startswith(b"{") else self._begun(start)

    def end(self) -> list[Chunk]:
        """Return the last chunks, when no more bytes come."""
        if self._events is not None:
            chunks = self._chunks(self._events.end())
            if not (self._finished or self.done):
                self.failure = cut_off(self._caller.host)
            return chunks
        return self._chunks([bytes(self._body)])

    def _begun(self, start: bytes) -> list[Chunk]:
        """Go on with what is no JSON: as events, as soon as it is sure that they are."""
        if not any(start.startswith(field[: len(start)]) for field in _FIELDS):
            self.failure = malformed(self._caller, bytes(self._body))
        elif b":" in start:
            self._events = Decoder()
            return self._chunks(self._events.feed(bytes(self._body)))
        return []

    def _chunks(self, documents: list[bytes]) -> list[Chunk]:
        chunks: list[Chunk] = []
        for document in documents:
            answer = _decoded(document)
            if answer is None or answer.error or (self._events is None and not answer.choices):
                self.failure = _failure(self._caller, document, answer)
                return chunks
            chunks.append(_as_chunk(answer, self._caller))
            self._length += len(chunks[-1].text)
            self._finished = self._finished or chunks[-1].finish is not None
        if self._length > _MAX_TEXT or (self._events is not None and self._events.overflowed):
            self.failure = oversized(self._caller.host)
        return chunks


_BLANK: Final = b" \t\r\n\xef\xbb\xbf"
_FIELDS: Final = (b"data:", b"event:", b"id:", b"retry:", b":")


class _Message(Struct):
    content: str | None = None


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


def _failure(caller: Caller, document: bytes, answer: _Answer | None) -> ModelError:
    return broken_off(caller, answer.error) if answer and answer.error else malformed(caller, document)


def _decoded(document: bytes) -> _Answer | None:
    try:
        return _DECODER.decode(document)
    except (msgspec.ValidationError, RecursionError):
        return None
    except UNREADABLE:
        return _decoded_leniently(document)


def _decoded_leniently(document: bytes) -> _Answer | None:
    r"""Read what msgspec refuses: bytes that are no UTF-8, and one half of a pair like `\ud83d\ude00`."""
    try:
        return _DECODER.decode(_encoded(json.loads(document.decode("utf-8", "replace"))))
    except (ValueError, *UNREADABLE):
        return None


def _as_chunk(answer: _Answer, caller: Caller) -> Chunk:
    usage = _as_usage(answer.usage) if answer.usage else None
    model = caller.masked(answer.model) if answer.model else ""
    choice = next((choice for choice in answer.choices or () if not choice.index), None)
    if choice is None:
        return Chunk(usage=usage, model=model)
    message = choice.delta or choice.message
    text = choice.text or (message and message.content) or ""
    reason = choice.finish_reason
    return Chunk(text, _FINISHES.get(reason, "stop") if reason else None, usage, model)


def _as_usage(usage: _Usage) -> Usage:
    details = usage.prompt_tokens_details
    hit = usage.prompt_cache_hit_tokens
    cached = max(0, hit if hit is not None else (details and details.cached_tokens) or 0)
    prompt = usage.prompt_tokens
    if prompt is None:
        prompt = cached + (usage.prompt_cache_miss_tokens or 0)
    return Usage(max(0, prompt), max(0, usage.completion_tokens or 0), min(cached, max(0, prompt)))
