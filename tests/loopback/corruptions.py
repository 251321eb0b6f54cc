"""Faults in the model's text: the objects of an answer are changed before they are written."""

from collections.abc import Callable, Mapping

from tests.loopback.behaviour import Fault
from tests.loopback.wire import Payload

FIM_TOKENS = "<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", "<｜end▁of▁sentence｜>"

SEPARATORS = "\u2028\u2029\u0085\x0b\x0c"
"""Line ends of Python's `splitlines`; the first three are unescaped in JSON."""


def _no_choices(payloads: list[Payload], fault: Fault) -> list[Payload]:
    return [{**payload, "choices": []} for payload in payloads]


def _null_text(payloads: list[Payload], fault: Fault) -> list[Payload]:
    return [_with_choices(payload, text=None) for payload in payloads]


def _finish(payloads: list[Payload], fault: Fault) -> list[Payload]:
    ends = [any(choice["finish_reason"] for choice in payload["choices"]) for payload in payloads]
    return [
        _with_choices(payload, finish_reason=fault.reason) if ending else payload
        for payload, ending in zip(payloads, ends, strict=True)
    ]


def _fim_tokens(payloads: list[Payload], fault: Fault) -> list[Payload]:
    """Return the answer with FIM control tokens at both ends, the last one split over two objects."""
    first, last = payloads[0], payloads[-1]
    if first is last:
        return [_with_text(first, lambda text: FIM_TOKENS[2] + text + FIM_TOKENS[3])]
    begin, end = FIM_TOKENS[3][:5], FIM_TOKENS[3][5:]
    texts = (FIM_TOKENS[2], begin, end)
    added = [_with_choices(first, text=text, finish_reason=None) for text in texts]
    closing = next(at for at, payload in enumerate(payloads) if _finished(payload))
    return [added[0], *payloads[:closing], *added[1:], *payloads[closing:]]


def _separators(payloads: list[Payload], fault: Fault) -> list[Payload]:
    return [_with_text(payloads[0], lambda text: text[:1] + SEPARATORS + text[1:]), *payloads[1:]]


def _with_choices(payload: Payload, **changes: object) -> Payload:
    return {**payload, "choices": [{**choice, **changes} for choice in payload["choices"]]}


def _with_text(payload: Payload, change: Callable[[str], str]) -> Payload:
    return {
        **payload,
        "choices": [{**choice, "text": change(choice["text"])} for choice in payload["choices"]],
    }


def _finished(payload: Payload) -> bool:
    return any(choice["finish_reason"] for choice in payload["choices"])


CORRUPTIONS: Mapping[str, Callable[[list[Payload], Fault], list[Payload]]] = {
    "no-choices": _no_choices,
    "null-text": _null_text,
    "finish": _finish,
    "fim-tokens": _fim_tokens,
    "separators": _separators,
}
