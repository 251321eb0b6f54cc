"""What is answered, in OpenAI's and Ollama's formats. Nothing here does I/O."""

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
    whole = _completion(told) if kind == "completions" else _generated(told, done=True)
    if not asked.stream:
        return JSON, msgspec.json.encode(whole)
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


def models(name: str, kind: Kind) -> bytes:
    """Return the list of models: the one that is asked."""
    if kind == "generate":
        return msgspec.json.encode({"models": [{"name": name, "model": name}]})
    return msgspec.json.encode(
        {"object": "list", "data": [{"id": name, "object": "model", "owned_by": "midfill"}]}
    )


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


def _generated(told: Told, *, done: bool) -> dict[str, Any]:
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


def _date(seconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
