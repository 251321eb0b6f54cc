"""A client's request, checked as by DeepSeek."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

import msgspec

from tests.loopback.errors import MESSAGES, RefusedError, bad_key, error, no_key, unknown_model

MAX_TOKENS = 4_096
"""Maximum `max_tokens` of a FIM request (DeepSeek, guide "FIM Completion")."""

MAX_STOPS = 16

ALIASES = ("deepseek-v4-flash", "deepseek-v4-flash-vision-exp")
"""Names that currently mean deepseek-flash (DeepSeek, pricing page, October 2026)."""


class Request(NamedTuple):
    """An HTTP request, read to its end."""

    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The names and values of the query."""
        return dict(parse_qsl(self.target.partition("?")[2]))


class StreamOptions(msgspec.Struct):
    include_usage: bool | None = False


class Ask(msgspec.Struct):
    """The body of a FIM request; fields that are not listed here are ignored, as DeepSeek ignores them."""

    model: str
    prompt: str
    suffix: str | None = None
    max_tokens: int | None = None
    stop: str | list[str] | None = None
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    temperature: float | None = None
    top_p: float | None = None
    logprobs: int | None = None
    echo: bool | None = False

    @property
    def stops(self) -> list[str]:
        """The texts at which the answer ends."""
        return [self.stop] if isinstance(self.stop, str) else self.stop or []

    @property
    def include_usage(self) -> bool:
        """Whether every chunk carries a usage field."""
        return bool(self.stream_options and self.stream_options.include_usage)


def authorize(request: Request, key: str | None) -> None:
    """Raise RefusedError unless the request has `key`, or any key if `key` is None."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given:
        raise RefusedError(no_key())
    if key is not None and given != key:
        raise RefusedError(bad_key(given))


def parse(request: Request, models: Sequence[str]) -> Ask:
    """Return the content of the request; raise RefusedError if it is not as documented."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RefusedError(error(415))
    try:
        ask = msgspec.json.decode(request.body, type=Ask)
    except msgspec.ValidationError as wrong:
        raise RefusedError(
            error(400, f"Failed to deserialize the JSON body into the target type: {wrong}")
        ) from None
    except msgspec.DecodeError as broken:
        message = f"Failed to parse the request body as JSON: {broken}"
        raise RefusedError(error(400, message, "application/octet-stream")) from None
    if ask.model not in (*models, *ALIASES):
        raise RefusedError(unknown_model(ask.model, models))
    if fault := _fault(ask):
        raise RefusedError(error(400, fault))
    return ask


def _fault(ask: Ask) -> str:
    """Return the error in the values of `ask`; None if there is none."""
    rules = (
        (_within(ask.max_tokens, 1, MAX_TOKENS), MESSAGES[400]),
        (
            _within(ask.temperature, 0, 2),
            "Invalid temperature value, the valid range of temperature is [0, 2]",
        ),
        (
            _within(ask.top_p, 0, 1) and ask.top_p != 0,
            "Invalid top_p value, the valid range of top_p is (0, 1.0]",
        ),
        (_within(ask.logprobs, 0, 20), "Invalid logprobs value, the valid range of logprobs is [0, 20]"),
        (len(ask.stops) <= MAX_STOPS, "Stop string array too long"),
        (ask.stream or ask.stream_options is None, "stream_options should be set along with stream = true"),
        (not ask.echo or ask.suffix is None, "echo is not allowed along with suffix"),
        (not ask.echo or ask.logprobs is None, "echo is not allowed along with logprobs"),
    )
    return next((message for kept, message in rules if not kept), "")


def _within(value: float | None, least: float, most: float) -> bool:
    return value is None or least <= value <= most
