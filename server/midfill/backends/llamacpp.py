"""llama.cpp's own endpoints: `/infill` for FIM models, `/completion` for any."""

from typing import Any

import msgspec
from msgspec import Struct

from midfill.backends.api_errors import malformed_error, stream_error
from midfill.backends.api_identity import ApiIdentity
from midfill.backends.completions import AnswerReader, encoded
from midfill.backends.error_body import DECODE_ERRORS
from midfill.backends.wire_format import RequestParameters, ResponseReader
from midfill.core.model import BackendError, BackendRequest, Chunk, FinishReason, Usage

COMPLETION = "/completion"
"""The endpoint that continues a prompt, whatever the model was trained for."""


def grammar(required_start: str) -> str:
    """Return the grammar of a text that starts with `required_start` (llama.cpp, grammars/README.md).

    >>> print(grammar("\\n  ret"))
    root ::= "\\n  ret" .*
    """
    escaped = (
        required_start.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n").replace("\t", r"\t")
    )
    return f'root ::= "{escaped}" .*'


class InfillFormat:
    """llama.cpp's server. The text of the cursor's line is sent as `prompt`, as llama.vim and llama.vscode do."""

    def body(self, request: BackendRequest, parameters: RequestParameters) -> bytes:
        """Return the JSON of a request; the server caches the prompt for the next one."""
        limits, head = request.limits, request.prompt.full_prefix
        fields: dict[str, Any] = {
            "n_predict": parameters.max_tokens(limits),
            "temperature": parameters.temperature_of(limits),
            "stream": True,
            "cache_prompt": True,
        }
        if parameters.template is not None:
            fields["prompt"] = parameters.filled(request)
        else:
            line = head.rfind("\n") + 1
            fields |= {
                "input_prefix": head[:line],
                "prompt": head[line:],
                "input_suffix": request.prompt.suffix,
                "input_extra": [{"filename": path, "text": text} for path, text in request.files],
            }
        if request.required_start:
            fields["grammar"] = grammar(request.required_start)
        if stops := parameters.stops(limits):
            fields["stop"] = stops
        if parameters.model:
            fields["model"] = parameters.model
        return encoded(fields)

    def reader(self, identity: ApiIdentity) -> ResponseReader:
        """Return the reader of the answer."""
        return AnswerReader(identity, _parsed)


class _Event(Struct):
    content: str | None = None
    stop: bool = False
    stop_type: str | None = None
    model: str = ""
    tokens_evaluated: int | None = None
    tokens_predicted: int | None = None
    timings: dict[str, Any] | None = None
    error: Any = None


_DECODER = msgspec.json.Decoder(_Event, strict=False)


def _parsed(document: bytes, identity: ApiIdentity, *, whole: bool) -> Chunk | BackendError:
    try:
        event = _DECODER.decode(document)
    except DECODE_ERRORS:
        return malformed_error(identity, document)
    if event.error:
        return stream_error(identity, event.error)
    if event.content is None:
        return malformed_error(identity, document)
    return Chunk(event.content, _finish(event, whole=whole), _usage(event), event.model)


def _finish(event: _Event, *, whole: bool) -> FinishReason | None:
    if not (event.stop or whole):
        return None
    return "length" if event.stop_type == "limit" else "stop"


def _usage(event: _Event) -> Usage | None:
    if not event.stop or event.tokens_predicted is None:
        return None
    prompt, read = event.tokens_evaluated or 0, (event.timings or {}).get("prompt_n")
    cached = prompt - read if isinstance(read, int) else 0
    return Usage(prompt, event.tokens_predicted, min(max(0, cached), prompt))
