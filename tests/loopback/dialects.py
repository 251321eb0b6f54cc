"""The wire formats of other providers: requests turned into DeepSeek's, and DeepSeek's answers into theirs.

So each fault of the model's answer applies to every format. Sources: the providers' own pages; llama.cpp's
tools/server/README.md; Ollama's docs/api.md.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from tests.loopback.errors import RefusedError, error
from tests.loopback.request import Request
from tests.loopback.script import Script, Step, whole
from tests.loopback.wire import DONE, Pace, Payload, event

Fields = dict[str, Any]

CURSOR = "<|cursor|>"


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """One wire format."""

    fields: Callable[[Fields], Fields]
    """Turns a request's body into DeepSeek's; raises RefusedError."""
    payload: Callable[[Payload], Payload]
    """Turns an object of DeepSeek's answer into this one's."""
    lines: bool = False
    """Whether a stream has lines of JSON instead of events."""
    marks_end: bool = True
    """Whether a stream ends with `[DONE]`."""
    needs_key: bool = True


def translated(request: Request, dialect: Dialect) -> Request:
    """Return the request in DeepSeek's format."""
    if dialect.fields is _same:
        return request
    try:
        fields = msgspec.json.decode(request.body, type=Fields)
    except (msgspec.DecodeError, msgspec.ValidationError) as wrong:
        raise RefusedError(error(400, f"Failed to parse the request body as JSON: {wrong}")) from None
    return request._replace(body=msgspec.json.encode(dialect.fields(fields)))


def stream(payloads: Iterable[Payload], pace: Pace, dialect: Dialect) -> Script:
    """Return the answer of a streaming request."""
    steps: list[Step] = []
    tokens = 0
    for payload in payloads:
        fields = dialect.payload(payload)
        written = any(choice["text"] for choice in payload.get("choices", ()))
        steps.append(Step(pace.due(tokens), line(fields) if dialect.lines else event(fields), written))
        tokens += written
    if dialect.marks_end:
        steps.append(Step(pace.due(tokens), DONE))
    kind = "application/x-ndjson" if dialect.lines else "text/event-stream"
    return Script(headers=(("content-type", kind),), steps=tuple(steps))


def line(payload: Payload) -> bytes:
    """Return a line of JSON."""
    return msgspec.json.encode(payload) + b"\n"


def refused(status: int, value: object) -> RefusedError:
    """Return a refusal in a provider's format."""
    return RefusedError(whole(status, "application/json", msgspec.json.encode(value)))


def _choices(payload: Payload, turned: Callable[[Payload], Payload]) -> Payload:
    return {**payload, "choices": [turned(choice) for choice in payload.get("choices", ())]}


def _same(value: Any) -> Any:
    return value


# Mistral: DeepSeek's request without `stream_options`, an answer as in a chat.


def _mistral_fields(fields: Fields) -> Fields:
    known = {"model", "prompt", "suffix", "temperature", "top_p", "max_tokens", "min_tokens", "stop", "stream",
             "random_seed", "metadata", "prompt_cache_key"}  # fmt: skip
    if unknown := set(fields) - known:
        about = {"type": "extra_forbidden", "msg": "Extra inputs are not permitted"}
        detail = [{**about, "loc": ["body", name]} for name in sorted(unknown)]
        raise refused(422, {"detail": detail})
    return fields


def _message(payload: Payload) -> Payload:
    """Return the object with its text as a message's content: in `delta` while streaming."""
    where = "message" if "logprobs" in str(payload.get("choices", [{}])[:1]) else "delta"

    def turned(choice: Payload) -> Payload:
        content = {"role": "assistant", "content": choice["text"]}
        if "thought" in choice:
            content = {"role": "assistant", "content": None, "reasoning_content": choice["thought"]}
        return {"index": choice["index"], "finish_reason": choice["finish_reason"], where: content}

    return {**_choices(payload, turned), "object": "chat.completion.chunk"}


# Chats: the text of the messages that the model continues.


def _chat_fields(fields: Fields) -> Fields:
    messages = fields.pop("messages", None)
    if not messages or any("reasoning_content" in message for message in messages):
        raise RefusedError(error(400, "reasoning_content is not allowed in the messages"))
    last, thinking = messages[-1], (fields.pop("thinking", None) or {}).get("type") == "enabled"
    thinking = bool(fields.pop("reasoning_effort", "")) or thinking
    if last.get("prefix") and (last["role"] != "assistant" or thinking):
        raise RefusedError(error(400, "prefix needs a last message of the assistant, and no thinking"))
    code = last["content"].partition("\n")[2] or "\n".join(message["content"] for message in messages)
    if not last.get("prefix"):
        code = next(message["content"] for message in messages if CURSOR in message["content"])
    prompt, _, suffix = code.partition(CURSOR)
    return {
        **fields,
        "prompt": prompt,
        "suffix": suffix,
        "max_tokens": min(fields.get("max_tokens", 64), 4096),
    }


# Inception's next edit: one message with tags, an answer in one piece, in a fence (docs.inceptionlabs.ai, "Next Edit").


def _edit_fields(fields: Fields) -> Fields:
    unknown = set(fields) - {"model", "messages", "max_tokens", "temperature", "top_p", "stop"}
    messages = fields.get("messages") or []
    text = messages[0].get("content", "") if len(messages) == 1 and messages[0].get("role") == "user" else ""
    region = text.partition("<|code_to_edit|>\n")[2].partition("<|/code_to_edit|>")[0]
    tags = ("recently_viewed_code_snippets", "current_file_content", "edit_diff_history")
    if (
        unknown
        or CURSOR not in region
        or not all(f"<|{tag}|>" in text and f"<|/{tag}|>" in text for tag in tags)
    ):
        raise RefusedError(error(400, "The message is not a next edit request."))
    return {"model": fields.get("model", ""), "prompt": text, "max_tokens": fields.get("max_tokens")}


def _fenced(payload: Payload) -> Payload:
    return _message(_choices(payload, lambda choice: {**choice, "text": f"```\n{choice['text']}\n```"}))


# Ollama.


def _ollama_fields(fields: Fields) -> Fields:
    options = fields.get("options") or {}
    if fields.get("suffix") and fields.get("raw"):
        raise refused(400, {"error": "raw mode does not support template, system, or context"})
    return {
        "model": fields.get("model", ""),
        "prompt": fields.get("prompt", ""),
        "suffix": fields.get("suffix"),
        "stream": fields.get("stream", True),
        "max_tokens": options.get("num_predict"),
        "temperature": options.get("temperature"),
        "stop": options.get("stop"),
    }


def _ollama(payload: Payload) -> Payload:
    [choice] = payload["choices"] or [{"text": "", "finish_reason": None}]
    done = choice["finish_reason"] is not None
    fields = {
        "model": payload["model"],
        "created_at": "2026-11-28T00:00:00Z",
        "response": choice["text"],
        "done": done,
    }
    if not done:
        return fields
    usage = payload.get("usage") or {}
    counts = {"prompt_eval_count": usage.get("prompt_tokens"), "eval_count": usage.get("completion_tokens")}
    return {**fields, "done_reason": choice["finish_reason"], "total_duration": 1_000_000, **counts}


# llama.cpp.


def _infill_fields(fields: Fields) -> Fields:
    return {
        "model": fields.get("model") or "deepseek-flash",
        "prompt": fields.get("input_prefix", "") + fields.get("prompt", ""),
        "suffix": fields.get("input_suffix"),
        "stream": fields.get("stream", False),
        "max_tokens": fields.get("n_predict"),
        "temperature": fields.get("temperature"),
        "stop": fields.get("stop"),
    }


def _infill(payload: Payload) -> Payload:
    [choice] = payload["choices"] or [{"text": "", "finish_reason": None}]
    fields = {
        "index": 0,
        "content": choice["text"],
        "tokens": [],
        "stop": choice["finish_reason"] is not None,
    }
    if choice["finish_reason"] is None:
        return fields
    usage = payload.get("usage") or {}
    prompt, cached = usage.get("prompt_tokens", 0), usage.get("prompt_cache_hit_tokens", 0)
    return {
        **fields,
        "model": payload["model"],
        "stop_type": "limit" if choice["finish_reason"] == "length" else "eos",
        "truncated": False,
        "tokens_evaluated": prompt,
        "tokens_predicted": usage.get("completion_tokens", 0),
        "tokens_cached": prompt,
        "timings": {"prompt_n": prompt - cached, "predicted_per_second": 25.0},
    }


DIALECTS: dict[str, Dialect] = {
    "completions": Dialect(fields=_same, payload=_same),
    "mistral": Dialect(fields=_mistral_fields, payload=_message),
    "chat": Dialect(fields=_chat_fields, payload=_message),
    "edit": Dialect(fields=_edit_fields, payload=_fenced),
    "ollama": Dialect(fields=_ollama_fields, payload=_ollama, lines=True, marks_end=False, needs_key=False),
    "infill": Dialect(fields=_infill_fields, payload=_infill, marks_end=False, needs_key=False),
}
