"""llama.cpp's own endpoints: `/infill` for FIM models, `/completion` for any."""

from typing import Any

import msgspec
from msgspec import Struct

from midfill.backends.api_errors import malformed, stream_error
from midfill.backends.caller import ApiIdentity
from midfill.backends.completions import AnswerReader, encoded
from midfill.backends.error_body import DECODE_ERRORS
from midfill.backends.wire_format import Parameters, ResponseReader
from midfill.core.model import BackendRequest, Chunk, Finish, ModelError, Usage

COMPLETION = "/completion"
"""The endpoint that continues a prompt, whatever the model was trained for."""


def grammar(begins: str) -> str:
    """Return the grammar of a text that starts with `begins` (llama.cpp, grammars/README.md).

    >>> print(grammar("\\n  ret"))
    root ::= "\\n  ret" .*
    """
    escaped = begins.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n").replace("\t", r"\t")
    return f'root ::= "{escaped}" .*'


class Infill:
    """llama.cpp's server. The text of the cursor's line is sent as `prompt`, as llama.vim and llama.vscode do."""

    def body(self, question: BackendRequest, parameters: Parameters) -> bytes:
        """Return the JSON of a request; the server caches the prompt for the next one."""
        limits, head = question.limits, question.prompt.head
        fields: dict[str, Any] = {
            "n_predict": parameters.max_tokens(limits),
            "temperature": parameters.temperature_of(limits),
            "stream": True,
            "cache_prompt": True,
        }
        if parameters.template is not None:
            fields["prompt"] = parameters.filled(question)
        else:
            line = head.rfind("\n") + 1
            fields |= {
                "input_prefix": head[:line],
                "prompt": head[line:],
                "input_suffix": question.prompt.suffix,
                "input_extra": [{"filename": path, "text": text} for path, text in question.files],
            }
        if question.begins:
            fields["grammar"] = grammar(question.begins)
        if stops := parameters.stops(limits):
            fields["stop"] = stops
        if parameters.model:
            fields["model"] = parameters.model
        return encoded(fields)

    def reader(self, caller: ApiIdentity) -> ResponseReader:
        """Return the reader of the answer."""
        return AnswerReader(caller, _parsed)


class _Event(Struct):
    content: str | None = None
    stop: bool = False
    stop_type: str | None = None
    model: str = ""
    tokens_evaluated: int | None = None
    tokens_predicted: int | None = None
    tokens_cached: int | None = None
    timings: dict[str, Any] | None = None
    error: Any = None


_DECODER = msgspec.json.Decoder(_Event, strict=False)


def _parsed(document: bytes, caller: ApiIdentity, *, whole: bool) -> Chunk | ModelError:
    try:
        event = _DECODER.decode(document)
    except DECODE_ERRORS:
        return malformed(caller, document)
    if event.error:
        return stream_error(caller, event.error)
    if event.content is None:
        return malformed(caller, document)
    return Chunk(event.content, _finish(event, whole=whole), _usage(event), event.model)


def _finish(event: _Event, *, whole: bool) -> Finish | None:
    if not (event.stop or whole):
        return None
    return "length" if event.stop_type == "limit" else "stop"


def _usage(event: _Event) -> Usage | None:
    if not event.stop or event.tokens_predicted is None:
        return None
    prompt, read = event.tokens_evaluated or 0, (event.timings or {}).get("prompt_n")
    cached = prompt - read if isinstance(read, int) else 0
    return Usage(prompt, event.tokens_predicted, min(max(0, cached), prompt))
