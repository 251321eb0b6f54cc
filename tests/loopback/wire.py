"""The model's answer as DeepSeek writes it: one JSON object, or a stream of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal, NamedTuple

import msgspec

from tests.loopback.request import MAX_TOKENS, Ask
from tests.loopback.script import Script, Step
from tests.loopback.tokens import pieces

Payload = dict[str, Any]
"""A JSON object of the answer."""

UsageStyle = Literal["last", "extra", "none"]
"""Where a stream carries its usage: on the last content chunk (since August 2026), on another chunk without
choices (before; only on request), or nowhere.
"""

DONE = b"data: [DONE]\n\n"

_EVENT_STREAM = (("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-cache"))


class Pace(NamedTuple):
    """The times of an answer's parts, in milliseconds after the request's arrival."""

    first_token: float = 0.0
    token: float = 0.0
    """Between one token and the next."""

    def due(self, token: int) -> float:
        """Return the time of token number `token`."""
        return self.first_token + token * self.token


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The model's answer and its usage."""

    id: str
    created: int
    model: str
    pieces: tuple[str, ...]
    """The text, token by token."""
    finish: Literal["stop", "length"]
    usage: Payload


def limited(text: str, ask: Ask) -> tuple[tuple[str, ...], Literal["stop", "length"]]:
    """Return the tokens of `text` within stop texts and max_tokens, and the finish reason."""
    ends = [end for stop in ask.stops if stop and (end := text.find(stop)) >= 0]
    tokens = pieces(text[: min(ends, default=len(text))])
    most = MAX_TOKENS if ask.max_tokens is None else ask.max_tokens
    return tuple(tokens[:most]), "length" if len(tokens) > most else "stop"


def usage(prompt: int, cached: int, output: int) -> Payload:
    """Return the usage field: tokens read, cached ones among them, and tokens written."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": output,
        "total_tokens": prompt + output,
        "prompt_tokens_details": {"cached_tokens": cached},
        "completion_tokens_details": {"reasoning_tokens": 0},
        "prompt_cache_hit_tokens": cached,
        "prompt_cache_miss_tokens": prompt - cached,
    }


def completion(answer: Answer, ask: Ask) -> Payload:
    """Return the object that answers a request without `stream`."""
    text = (ask.prompt if ask.echo else "") + "".join(answer.pieces)
    logprobs = None if ask.logprobs is None else _logprobs(answer.pieces)
    choice = {"text": text, "index": 0, "logprobs": logprobs, "finish_reason": answer.finish}
    return {
        "id": answer.id,
        "choices": [choice],
        "created": answer.created,
        "model": answer.model,
        "system_fingerprint": "fp_loopback",
        "object": "text_completion",
        "usage": answer.usage,
    }


def chunks(answer: Answer, ask: Ask, style: UsageStyle = "last") -> list[Payload]:
    """Return the objects of a streamed answer: one for each token, and a last one without text."""
    first, *others = (*answer.pieces, "")
    texts = [ask.prompt + first if ask.echo else first, *others]
    payloads = [_chunk(answer, text, None) for text in texts[:-1]]
    payloads.append(_chunk(answer, texts[-1], answer.finish))
    if ask.include_usage and style != "none":
        for payload in payloads:
            payload["usage"] = None
    if style == "last":
        payloads[-1]["usage"] = answer.usage
    elif style == "extra" and ask.include_usage:
        payloads.append({**_chunk(answer, "", None), "choices": [], "usage": answer.usage})
    return payloads


def stream(payloads: Iterable[Payload], pace: Pace) -> Script:
    """Return the answer of a streaming request: a server-sent event for each object, then `[DONE]`."""
    steps: list[Step] = []
    tokens = 0
    for payload in payloads:
        written = _has_text(payload)
        steps.append(Step(pace.due(tokens), event(payload), written))
        tokens += written
    steps.append(Step(pace.due(tokens), DONE))
    return Script(headers=_EVENT_STREAM, steps=tuple(steps))


def single(payload: Payload, tokens: int, pace: Pace) -> Script:
    """Return the answer of a request without `stream`: all of it when the last of its `tokens` is written."""
    writing = (Step(pace.due(token), tokens=1) for token in range(tokens))
    steps = (*writing, Step(pace.due(tokens), msgspec.json.encode(payload)))
    return Script(headers=(("content-type", "application/json"),), steps=steps)


def event(payload: Payload) -> bytes:
    """Return one server-sent event."""
    return b"data: " + msgspec.json.encode(payload) + b"\n\n"


def _chunk(answer: Answer, text: str, finish: str | None) -> Payload:
    return {
        "id": answer.id,
        "object": "text_completion",
        "created": answer.created,
        "model": answer.model,
        "choices": [{"index": 0, "text": text, "finish_reason": finish}],
    }


def _has_text(payload: Payload) -> bool:
    return any(choice["text"] for choice in payload.get("choices", ()))


def _logprobs(tokens: tuple[str, ...]) -> Payload:
    """Return the legacy table; only the sampled token's value means anything on the real API, too."""
    offsets = list(accumulate(map(len, tokens), initial=0))[:-1]
    return {
        "tokens": tokens,
        "token_logprobs": [-0.1] * len(tokens),
        "top_logprobs": [{token: -0.1} for token in tokens],
        "text_offset": offsets,
    }
