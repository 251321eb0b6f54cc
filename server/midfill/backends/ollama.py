"""Ollama's `/api/generate`: one line of JSON for each piece of the answer."""

from typing import Any

import msgspec
from msgspec import Struct

from midfill.backends.api_errors import cut_off_error, malformed_error, stream_error
from midfill.backends.api_identity import ApiIdentity
from midfill.backends.completions import encoded, finish_of
from midfill.backends.error_body import DECODE_ERRORS
from midfill.backends.wire_format import RequestParameters, ResponseReader
from midfill.core.model import BackendError, BackendRequest, Chunk, Usage

_KEEP_ALIVE = "30m"
"""How long the model stays in memory; loading it again takes seconds, and Ollama's default is 5 minutes."""
_MAX_LINE_BYTES = 1 << 20
"""Maximum bytes of a line."""


class OllamaFormat:
    """Ollama's own format. The server fills in the model's template, unless the settings name one."""

    def body(self, request: BackendRequest, parameters: RequestParameters) -> bytes:
        """Return the JSON of a request; `think` is off, because reasoning models have it on by default."""
        options: dict[str, Any] = {
            "num_predict": parameters.max_tokens(request.limits),
            "temperature": parameters.temperature_of(request.limits),
        }
        if stops := parameters.stops(request.limits):
            options["stop"] = stops
        fields: dict[str, Any] = {
            "model": parameters.model,
            "stream": True,
            "think": False,
            "keep_alive": _KEEP_ALIVE,
            "options": options,
        }
        if parameters.template is not None:
            fields |= {"prompt": parameters.filled(request), "raw": True}
        else:
            fields |= {"prompt": request.prompt.full_prefix, "suffix": request.prompt.suffix}
        return encoded(fields)

    def reader(self, identity: ApiIdentity) -> ResponseReader:
        """Return the reader of the answer."""
        return LineReader(identity)


class LineReader:
    """Reads lines of JSON (NDJSON) into chunks."""

    def __init__(self, identity: ApiIdentity) -> None:
        self.failure: BackendError | None = None
        self._identity = identity
        self._line = bytearray()
        self._begun = False
        self._finished = False

    @property
    def done(self) -> bool:
        """Whether the model has ended, or the answer is invalid."""
        return self._finished or self.failure is not None

    def feed(self, data: bytes) -> list[Chunk]:
        """Return the chunks that `data` completes."""
        self._line += data
        self._begun = True
        if b"\n" not in data:
            if len(self._line) > _MAX_LINE_BYTES:
                self.failure = malformed_error(self._identity, b"")
            return []
        *lines, rest = bytes(self._line).split(b"\n")
        self._line[:] = rest
        return self._chunks(lines)

    def end(self) -> list[Chunk]:
        """Return the last chunks, at the end of the body."""
        chunks = self._chunks([bytes(self._line)])
        if not self.done:
            self.failure = (
                cut_off_error(self._identity.host) if self._begun else malformed_error(self._identity, b"")
            )
        return chunks

    def _chunks(self, lines: list[bytes]) -> list[Chunk]:
        chunks: list[Chunk] = []
        for line in lines:
            if self.done or not line.strip():
                continue
            chunk = _parsed(line, self._identity)
            if isinstance(chunk, BackendError):
                self.failure = chunk
            else:
                self._finished = chunk.finish_reason is not None
                chunks.append(chunk)
        return chunks


class _Line(Struct):
    model: str = ""
    response: str | None = None
    thinking: str | None = None
    done: bool = False
    done_reason: str | None = None
    prompt_eval_count: int | None = None
    eval_count: int | None = None
    error: Any = None


_DECODER = msgspec.json.Decoder(_Line, strict=False)


def _parsed(line: bytes, identity: ApiIdentity) -> Chunk | BackendError:
    try:
        event = _DECODER.decode(line)
    except DECODE_ERRORS:
        return malformed_error(identity, line)
    if event.error:
        return stream_error(identity, event.error)
    if event.response is None and not event.done and not event.thinking:
        return malformed_error(identity, line)
    usage = (
        Usage(event.prompt_eval_count or 0, event.eval_count or 0) if event.eval_count is not None else None
    )
    finish_reason = finish_of(event.done_reason or "stop") if event.done else None
    text = event.response or ""
    return Chunk(text, finish_reason, usage, event.model, thinks=bool(event.thinking and not text))
