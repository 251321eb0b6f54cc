"""What is answered, in OpenAI's and Ollama's formats. Nothing here does I/O."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from midfill.core.completion import Completion
from midfill.core.model import Usage
from midfill.gateway.asked import Asked, Kind

JSON, EVENTS, LINES = "application/json", "text/event-stream; charset=utf-8", "application/x-ndjson"


class Told(msgspec.Struct, frozen=True):
    """One answer: its text, the model that wrote it, and what it cost."""

    text: str
    model: str
    number: str
    time: int
    usage: Usage | None = None


def insertion(completion: Completion, rest: str, stop: tuple[str, ...] = ()) -> str:
    """Return what of a completion can be put in at the cursor, for clients that replace nothing.

    >>> insertion(Completion("x);", 1), ")")
    'x'
    """
    text, replaced = completion.text, rest[: completion.replace]
    if replaced and replaced in text:
        text = text[: text.rindex(replaced)]
    ends = [text.index(one) for one in stop if one and one in text]
    return text[: min(ends)] if ends else text


def answer(told: Told, asked: Asked, kind: Kind) -> tuple[str, bytes]:
    """Return media type and body."""
    whole = _WHOLE[kind](told)
    if not asked.stream:
        return JSON, msgspec.json.encode(whole)
    if kind == "infill":
        return EVENTS, b"data: " + msgspec.json.encode(whole) + b"\n\n"
    if kind == "generate":
        parts = [_generated(told, done=False), {**whole, "response": ""}] if told.text else [whole]
        return LINES, b"".join(msgspec.json.encode(part) + b"\n" for part in parts)
    chunks = [_chunk(told, told.text, None), {**_chunk(told, "", "stop"), "usage": _usage(told)}]
    events = [b"data: " + msgspec.json.encode(chunk) + b"\n\n" for chunk in chunks]
    return EVENTS, b"".join([*events, b"data: [DONE]\n\n"])


def failure(message: str, kind: Kind) -> bytes:
    """Return the body of an error."""
    told: Any = (
        message
        if kind == "generate"
        else {"message": message, "type": "midfill", "param": None, "code": None}
    )
    return msgspec.json.encode({"error": told})


def models(names: Sequence[str], kind: Kind) -> bytes:
    """Return the list of models: the backends, in the order in which they are asked."""
    if kind == "generate":
        return msgspec.json.encode({"models": [{"name": name, "model": name} for name in names]})
    rows = [{"id": name, "object": "model", "owned_by": "midfill"} for name in names]
    return msgspec.json.encode({"object": "list", "data": rows})


def _completion(told: Told) -> dict[str, Any]:
    choice = {"text": told.text, "index": 0, "logprobs": None, "finish_reason": "stop"}
    return {**_chunk(told, "", None), "choices": [choice], "usage": _usage(told)}


def _chunk(told: Told, text: str, finish: str | None) -> dict[str, Any]:
    return {
        "id": told.number,
        "object": "text_completion",
        "created": told.time,
        "model": told.model,
        "choices": [{"text": text, "index": 0, "logprobs": None, "finish_reason": finish}],
    }


def _usage(told: Told) -> dict[str, int]:
    usage = told.usage or Usage()
    total = usage.prompt + usage.output
    return {"prompt_tokens": usage.prompt, "completion_tokens": usage.output, "total_tokens": total}


def _generated(told: Told, *, done: bool = True) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "model": told.model,
        "created_at": _date(told.time),
        "response": told.text,
        "done": done,
    }
    if not done:
        return fields
    usage = told.usage or Usage()
    return {**fields, "done_reason": "stop", "prompt_eval_count": usage.prompt, "eval_count": usage.output}


def _filled_in(told: Told) -> dict[str, Any]:
    """Return llama.cpp's answer; only the server itself knows its times."""
    usage = told.usage or Usage()
    counts = {"prompt_n": usage.prompt, "predicted_n": usage.output}
    times = dict.fromkeys(("prompt_ms", "predicted_ms", "prompt_per_second", "predicted_per_second"), 0.0)
    fields = {
        "model": told.model,
        "tokens_cached": usage.cached,
        "truncated": False,
        "timings": counts | times,
    }
    return {"content": told.text, "stop": True, **fields}


def _date(seconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


_WHOLE: dict[Kind, Callable[[Told], dict[str, Any]]] = {
    "completions": _completion,
    "generate": _generated,
    "infill": _filled_in,
}
