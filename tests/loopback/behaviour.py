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
"""The faults; tests/loopback/faults.py says what each does."""


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault and the calls that it affects."""

    kind: Kind
    times: int = 1
    """Calls that it strikes before it is spent; 0 means without end."""
    every: Annotated[int, msgspec.Meta(ge=1)] = 1
    """It strikes every nth call."""
    path: Literal["completions", "models", "balance", "any"] = "completions"
    """The calls that it counts and strikes."""
    after: int = 0
    """Tokens that come before it (stall, cut, mid-chunk, reset, garbage, error-event)."""
    final: bool = False
    """A cut comes behind the chunk with the finish reason and the usage, and before `[DONE]`."""
    ms: float = 300.0
    """How long keep-alives or blank lines go on before the first token."""
    interval_ms: float = 50.0
    """How long it is from one of them to the next."""
    status: int = 0
    """The status of an irregular body (html, empty, plain, json-as-text, detail); 0 means the usual one."""
    message: str = ""
    """What an error says; empty means what DeepSeek says."""
    retry_after: str = ""
    """The header of that name; empty means none."""
    reason: Literal["aborted", "insufficient_system_resource", "content_filter", "length", "stop"] = "aborted"
    """The finish reason of `finish`."""


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings. An echo has priority over the truth, and the truth over a text."""

    text: str | tuple[str, ...] = "answer = 42"
    """What every call is answered, or texts that are gone round call by call."""
    echo: Echo | None = None
    truth: tuple[str, ...] = ()
    """Paths of the files whose own continuation is the answer."""
    documents: tuple[str, ...] = ()
    """Texts that are known besides those files."""
    lines: int = 3
    wrong: float = 0.0
    ramble: int = 0
    seed: int = 0
    first_token_ms: float = 0.0
    token_ms: float = 0.0
    headers_ms: float = 0.0
    """When an answer begins, errors included (DeepSeek was seen to take about 300)."""
    usage: UsageStyle = "last"
    key: str | None = None
    """The only key that is accepted; None accepts any, and an empty one a request without."""
    inserts: bool = True
    """Whether the model fills in the middle: else Ollama, llama.cpp and vLLM refuse, in their own words."""
    thoughts: tuple[str, ...] = ("The user ", "wants ", "a sum.")
    """What a chat model thinks before it writes, if it is asked to think."""
    balances: tuple[tuple[str, str], ...] = (("USD", "110.00"),)
    """Currency and total of the account."""
    has_credit: bool = True
    """Whether the account's balance is enough for a call, as it tells."""
    models: tuple[str, ...] = ("deepseek-flash", "deepseek-v4-pro")
    faults: tuple[Fault, ...] = ()
    """The faults; those of one call apply in this order."""


def changed(behaviour: Behaviour, changes: Mapping[str, object]) -> Behaviour:
    """Return `behaviour` with `changes` from JSON; raises ValueError that names a wrong field."""
    return msgspec.convert({**msgspec.to_builtins(behaviour), **changes}, Behaviour)
