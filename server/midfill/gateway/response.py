"""Formats responses, in OpenAI's, Ollama's and llama.cpp's formats. No I/O."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from midfill.core.completion import Completion
from midfill.core.model import Usage
from midfill.gateway.infill_request import InfillRequest, Kind

JSON, EVENTS, LINES = "application/json", "text/event-stream; charset=utf-8", "application/x-ndjson"


class InfillResponse(msgspec.Struct, frozen=True):
    """One answer: its text, the model that wrote it, and its usage."""

    text: str
    model: str
    number: str
    time: int
    usage: Usage | None = None


def insertion(completion: Completion, rest: str, stop: tuple[str, ...] = ()) -> str:
    """Return the text to insert at the cursor, for clients that replace nothing.

    >>> insertion(Completion("x);", 1), ")")
    'x'
    """
    text, replaced = completion.text, rest[: completion.replace]
    if replaced and replaced in text:
        text = text[: text.rindex(replaced)]
    ends = [text.index(one) for one in stop if one and one in text]
    return text[: min(ends)] if ends else text


def answer(response: InfillResponse, request: InfillRequest, kind: Kind) -> tuple[str, bytes]:
    """Return media type and body."""
    whole = _WHOLE[kind](response)
    if not request.stream:
        return JSON, msgspec.json.encode(whole)
    if kind == "infill":
        return EVENTS, b"data: " + msgspec.json.encode(whole) + b"\n\n"
    if kind == "generate":
        parts = [_generated(response, done=False), {**whole, "response": ""}] if response.text else [whole]
        return LINES, b"".join(msgspec.json.encode(part) + b"\n" for part in parts)
    chunks = [
        _chunk(response, response.text, None),
        {**_chunk(response, "", "stop"), "usage": _usage(response)},
    ]
    events = [b"data: " + msgspec.json.encode(chunk) + b"\n\n" for chunk in chunks]
    return EVENTS, b"".join([*events, b"data: [DONE]\n\n"])


def failure(message: str, kind: Kind) -> bytes:
    """Return the body of an error."""
    response: Any = (
        message
        if kind == "generate"
        else {"message": message, "type": "midfill", "param": None, "code": None}
    )
    return msgspec.json.encode({"error": response})


def models(names: Sequence[str], kind: Kind) -> bytes:
    """Return the list of models: the backends, in their order."""
    if kind == "generate":
        return msgspec.json.encode({"models": [{"name": name, "model": name} for name in names]})
    rows = [{"id": name, "object": "model", "owned_by": "midfill"} for name in names]
    return msgspec.json.encode({"object": "list", "data": rows})


def _completion(response: InfillResponse) -> dict[str, Any]:
    choice = {"text": response.text, "index": 0, "logprobs": None, "finish_reason": "stop"}
    return {**_chunk(response, "", None), "choices": [choice], "usage": _usage(response)}


def _chunk(response: InfillResponse, text: str, finish_reason: str | None) -> dict[str, Any]:
    return {
        "id": response.number,
        "object": "text_completion",
        "created": response.time,
        "model": response.model,
        "choices": [{"text": text, "index": 0, "logprobs": None, "finish_reason": finish_reason}],
    }


def _usage(response: InfillResponse) -> dict[str, int]:
    usage = response.usage or Usage()
    total = usage.prompt + usage.output
    return {"prompt_tokens": usage.prompt, "completion_tokens": usage.output, "total_tokens": total}


def _generated(response: InfillResponse, *, done: bool = True) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "model": response.model,
        "created_at": _date(response.time),
        "response": response.text,
        "done": done,
    }
    if not done:
        return fields
    usage = response.usage or Usage()
    return {**fields, "done_reason": "stop", "prompt_eval_count": usage.prompt, "eval_count": usage.output}


def _filled_in(response: InfillResponse) -> dict[str, Any]:
    """Return llama.cpp's answer; only the server itself knows its timings."""
    usage = response.usage or Usage()
    counts = {"prompt_n": usage.prompt, "predicted_n": usage.output}
    times = dict.fromkeys(("prompt_ms", "predicted_ms", "prompt_per_second", "predicted_per_second"), 0.0)
    fields = {
        "model": response.model,
        "tokens_cached": usage.cached,
        "truncated": False,
        "timings": counts | times,
    }
    return {"content": response.text, "stop": True, **fields}


def _date(seconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


_WHOLE: dict[Kind, Callable[[InfillResponse], dict[str, Any]]] = {
    "completions": _completion,
    "generate": _generated,
    "infill": _filled_in,
}
