"""The server's behaviour, set on the command line, and at run time by `POST /control/behave`."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from tests.loopback.oracle import Echo
from tests.loopback.wire import UsageStyle

Kind = Literal[
    "400", "401", "402", "404", "405", "415", "422", "429", "500", "503",
    "html", "empty", "plain", "json-as-text", "detail", "close", "half-head",
    "no-choices", "null-text", "finish", "fim-tokens", "separators", "error-event",
    "keep-alive", "blank-lines", "garbage", "no-done", "bytes", "crlf",
    "stall", "cut", "mid-chunk", "reset",
]  # fmt: skip
"""The faults; tests/loopback/faults.py describes each."""


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault and the calls that it affects."""

    kind: Kind
    times: int = 1
    """Number of calls that it affects; 0: all."""
    every: Annotated[int, msgspec.Meta(ge=1)] = 1
    """It affects every nth call."""
    path: Literal["completions", "models", "balance", "any"] = "completions"
    """The calls that it counts and affects."""
    after: int = 0
    """Tokens before it (stall, cut, mid-chunk, reset, garbage, error-event)."""
    final: bool = False
    """A cut is after the chunk with the finish reason and the usage, and before `[DONE]`."""
    ms: float = 300.0
    """Milliseconds of keep-alives or blank lines before the first token."""
    interval_ms: float = 50.0
    """Milliseconds between two of them."""
    status: int = 0
    """The status of an irregular body (html, empty, plain, json-as-text, detail); 0: the usual one."""
    message: str = ""
    """The message of an error; empty: DeepSeek's."""
    retry_after: str = ""
    """The header of that name; empty: none."""
    reason: Literal["aborted", "insufficient_system_resource", "content_filter", "length", "stop"] = "aborted"
    """The finish reason of `finish`."""


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings. An echo has priority over the truth, and the truth over a text."""

    text: str | tuple[str, ...] = "answer = 42"
    """The answer of each call, or texts that answer the calls in turn."""
    echo: Echo | None = None
    truth: tuple[str, ...] = ()
    """Paths of the files whose own continuation is the answer."""
    documents: tuple[str, ...] = ()
    """Further known texts."""
    lines: int = 3
    wrong: float = 0.0
    ramble: int = 0
    seed: int = 0
    first_token_ms: float = 0.0
    token_ms: float = 0.0
    headers_ms: float = 0.0
    """Milliseconds until an answer starts, errors included (DeepSeek takes about 300)."""
    held: bool = False
    """Whether no answer starts until this is false again: a test decides what happens before it."""
    usage: UsageStyle = "last"
    key: str | None = None
    """The only key that is accepted; None accepts any, and an empty one a request without."""
    inserts: bool = True
    """Whether the model fills in the middle: otherwise Ollama, llama.cpp and vLLM refuse with their own messages."""
    thoughts: tuple[str, ...] = ("The user ", "wants ", "a sum.")
    """The reasoning of a chat model, if it is requested."""
    balances: tuple[tuple[str, str], ...] = (("USD", "110.00"),)
    """Currency and total of the account."""
    has_credit: bool = True
    """Whether the reported balance is enough for a call."""
    models: tuple[str, ...] = ("deepseek-flash", "deepseek-v4-pro")
    faults: tuple[Fault, ...] = ()
    """The faults; those of one call apply in this order."""


def changed(behaviour: Behaviour, changes: Mapping[str, object]) -> Behaviour:
    """Return `behaviour` with `changes` from JSON; raises ValueError that names a wrong field."""
    return msgspec.convert({**msgspec.to_builtins(behaviour), **changes}, Behaviour)
