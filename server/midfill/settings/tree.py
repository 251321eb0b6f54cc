"""The settings: one frozen, typed tree, from which schema, README table and checks are derived."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec

from midfill.core.model import Scope
from midfill.core.prices import OWN_PRICE
from midfill.core.providers import PROVIDERS
from midfill.core.templates import TEMPLATES
from midfill.core.web import is_proxy, is_service
from midfill.settings.entries import BackendEntry, TemplateEntry

ContextSource = Literal["recent", "search", "declarations"]

SyntaxScope = Literal["comment", "string"]

Workspace = Literal["never", "any", "lower", "raise", "narrow", "add", "fewer"]
"""What `.midfill.toml` may do with a setting.

A cloned repository is not trusted: it never chooses who is asked, with which key and through which network,
and it can make midfill send and spend less, but not more. `never`: nothing; `any`: set it; `lower`, `raise`:
only below or above the user's; `narrow`: only to a value earlier in `NARROW_FIRST`; `add`: to the list;
`fewer`: leave out some of the list.
"""

NARROW_FIRST: dict[str, tuple[object, ...]] = {
    "enabled": (False, True),
    "context.enabled": (False, True),
    "trigger.mode": ("manual", "automatic"),
    "completion.scope": ("line", "statement", "block"),
}
"""The values of each `narrow` setting, the most restrained first."""

TUNING = ("popup", "completion.", "prompt.", "context.tokens", "timing.", "requests.", "cache.")
"""Settings that only tune, by their names' beginnings: a wrong one falls to its default.

All others say who is asked, by what way, or what is kept back: with one of them wrong, nobody is asked.
"""


def _anything(text: Any) -> bool:
    return True


def _quoted(*names: str) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _about(
    description: str,
    workspace: Workspace = "never",
    expected: str = "",
    fits: Callable[[Any], bool] = _anything,
    *,
    own: bool = False,
    **limits: Any,
) -> msgspec.Meta:
    """Return what is known of a setting.

    `fits` checks what no limit can say. `expected` says in words what it or a `pattern` among the limits means. `own`:
    only the user who starts the server may set it, no client that comes by a socket: commands, keys, addresses and
    certificates.
    """
    about = {"workspace": workspace, "expected": expected, "fits": fits, "own": own}
    return msgspec.Meta(description=description, extra=about, **limits)


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A table of settings; its subclasses' docstrings are what users read about it."""


class TriggerSettings(Section, frozen=True, kw_only=True):
    """When a completion is asked for."""

    mode: Annotated[
        Literal["automatic", "manual"],
        _about("`automatic`: while you type; `manual`: only by key or command.", "narrow"),
    ] = "automatic"
    languages_off: Annotated[
        tuple[str, ...],
        _about("Language identifiers (as the editor sends them) in which typing never asks.", "add"),
    ] = ()
    paths_off: Annotated[
        tuple[str, ...],
        _about("Files, as gitignore patterns, about which nothing is ever asked or sent.", "add"),
    ] = ()
    scopes_off: Annotated[
        tuple[SyntaxScope, ...],
        _about("Places in which typing never asks: `comment`, `string`.", "add"),
    ] = ()
    min_characters: Annotated[
        int,
        _about("Characters that must stand before the cursor in the file.", "raise", ge=0, le=1000),
    ] = 3
    max_file_kb: Annotated[
        int,
        _about("Files larger than this many KiB are left alone.", "lower", ge=1, le=1_000_000),
    ] = 10_240


class CompletionSettings(Section, frozen=True, kw_only=True):
    """What a completion may be."""

    scope: Annotated[
        Scope,
        _about(
            "How far a completion reaches at most: the line, the statement, or the block it begins.", "narrow"
        ),
    ] = "block"
    max_lines: Annotated[int, _about("Lines of a completion, at most.", "lower", ge=1, le=200)] = 12
    max_tokens: Annotated[
        int,
        # DeepSeek's FIM endpoint writes at most 4096 tokens (its fim_completion guide).
        _about("Tokens the model may write while you type.", "lower", ge=1, le=4096),
    ] = 128
    max_tokens_manual: Annotated[
        int,
        _about("Tokens the model may write when you ask by key or command.", "lower", ge=1, le=4096),
    ] = 256
    temperature: Annotated[
        float,
        _about("How freely the model writes; 0 repeats itself exactly.", "any", ge=0, le=2),
    ] = 0.0
    stop: Annotated[
        # DeepSeek answers 400 to more than 16 stop texts, and an empty one is undefined.
        tuple[Annotated[str, msgspec.Meta(min_length=1)], ...],
        _about("Texts before which the model stops, at most 16.", "add", max_length=16),
    ] = ()
    alternatives: Annotated[
        int,
        _about(
            "Completions to choose from when you ask by key; each is one paid request.", "lower", ge=1, le=8
        ),
    ] = 3
    think: Annotated[
        bool,
        _about("Whether a chat model (`deepseek-chat`, `openai-chat`) may think first when you ask by key."),
    ] = False


class PromptSettings(Section, frozen=True, kw_only=True):
    """How much the model reads."""

    prefix_tokens: Annotated[
        int,
        _about(
            "Tokens of the file before the cursor, about; 1400 by default where a backend has no prompt cache.",
            "lower",
            ge=64,
            le=100_000,
        ),
    ] = 6000
    suffix_tokens: Annotated[
        int,
        _about("Tokens of text after the cursor, about.", "lower", ge=0, le=100_000),
    ] = 150


class ContextSettings(Section, frozen=True, kw_only=True):
    """What the model reads of other files."""

    enabled: Annotated[
        bool,
        _about("Whether anything but the open file is sent: what you edited lately, other files.", "narrow"),
    ] = True
    tokens: Annotated[
        int,
        _about(
            "Tokens of other files in front of the text, about; 450 by default where a backend has no prompt cache.",
            "lower",
            ge=0,
            le=100_000,
        ),
    ] = 4000
    sources: Annotated[
        tuple[ContextSource, ...],
        _about(
            "Where it comes from: `recent` edits, `search` for similar text, `declarations` of the names you use.",
            "fewer",
        ),
    ] = ("recent", "search")
    extra: Annotated[
        tuple[str, ...],
        _about("Notes for the model: texts, or names of files (relative ones lie in the workspace).", "add"),
    ] = ()


class TimingSettings(Section, frozen=True, kw_only=True):
    """How long things take. All in milliseconds."""

    debounce_min_ms: Annotated[int, _about("Shortest pause in typing that asks.", ge=0, le=5000)] = 20
    debounce_max_ms: Annotated[
        int,
        _about("Longest pause that is waited for; between the two it adapts to your typing.", ge=0, le=5000),
    ] = 600
    first_token_ms: Annotated[
        int,
        _about("Wait for the first text of an answer, at most.", ge=100, le=60_000),
    ] = 5000
    total_ms: Annotated[
        int,
        _about("Wait for a whole answer; what has come by then is shown.", ge=100, le=60_000),
    ] = 8000
    think_ms: Annotated[
        int,
        _about("The same for a model that thinks first (`completion.think`).", ge=1000, le=600_000),
    ] = 60_000
    linger_ms: Annotated[
        int,
        _about("Keep a cancelled call open; editors cancel just before they ask again.", ge=0, le=10_000),
    ] = 500


class RequestSettings(Section, frozen=True, kw_only=True):
    """How many calls are made."""

    max_flights: Annotated[int, _about("Calls under way at once, at most.", ge=1, le=32)] = 4
    speculate: Annotated[
        Literal["auto", "always", "never"],
        _about("Fetch what follows a shown completion ahead of time: `auto` only where a call is free."),
    ] = "auto"


class CacheSettings(Section, frozen=True, kw_only=True):
    """Which answers are kept, in memory only."""

    capacity: Annotated[int, _about("Answers that are kept; 0 keeps none.", ge=0, le=100_000)] = 500
    ttl_s: Annotated[int, _about("Seconds that an answer is kept.", ge=0, le=604_800)] = 3600
    empty_ttl_s: Annotated[int, _about("Seconds that an empty answer is kept.", ge=0, le=604_800)] = 10


class NetworkSettings(Section, frozen=True, kw_only=True):
    """The way to the backend."""

    proxy: Annotated[
        str,
        _about(
            "Address of a proxy; empty: as the environment says (`HTTPS_PROXY`).",
            expected='empty or a valid address that begins with "http://" or "https://"',
            fits=is_proxy,
            pattern=r"^(?:https?://\S+)?$",
            own=True,
        ),
    ] = ""
    ca_file: Annotated[
        str,
        _about("PEM file of certificate authorities to trust; empty: those of the system.", own=True),
    ] = ""
    allow_http: Annotated[
        bool,
        _about(
            "Whether the key and your text may go to another machine without TLS, where others can read them.",
            own=True,
        ),
    ] = False


class LedgerSettings(Section, frozen=True, kw_only=True):
    """What is written down of calls and suggestions, on this machine only: numbers, no text and no path."""

    enabled: Annotated[
        bool,
        _about("Whether calls and suggestions are written down, for `midfill stats` and the caps."),
    ] = True
    keep_days: Annotated[int, _about("Days that they are kept.", ge=1, le=3650)] = 90
    currency: Annotated[
        Literal["auto", "USD", "CNY"],
        _about("Currency of all money; `auto`: the account's, as the backend tells with its balance."),
    ] = "auto"
    prices: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern=OWN_PRICE)], ...],
        _about(
            "Own prices of a million tokens, before DeepSeek's list: model, cached, read and written "
            'tokens, as in `"my-model 0.1 0.4 2"`.',
            expected='a list of texts like "my-model 0.1 0.4 2"',
            max_length=100,
        ),
    ] = ()


class CapSettings(Section, frozen=True, kw_only=True):
    """What may be spent, by all servers of the user; beyond it the embedded engine answers."""

    money_per_day: Annotated[
        float,
        _about("Money that a day may cost, in the currency of the ledger; 0: any.", ge=0, le=1_000_000),
    ] = 0.0
    tokens_per_day: Annotated[
        int,
        _about("Tokens that may be read and written on a day; 0: any.", ge=0, le=1_000_000_000_000),
    ] = 0
    low_balance: Annotated[
        float,
        _about("Balance of the account below which you are told, in its currency.", ge=0, le=1_000_000),
    ] = 1.0


class Settings(Section, frozen=True, kw_only=True):
    """All that users can set in midfill.

    `Settings()` is the defaults. Hashable, and equal to another tree when every value is.
    """

    enabled: Annotated[bool, _about("Whether midfill suggests anything.", "narrow")] = True
    backend: Annotated[
        str | tuple[str, ...],
        _about(
            "Who answers; `auto`: DeepSeek if a key is found, else the embedded engine (`local`). Of a list, each is "
            "asked while those before it are away, and the embedded engine last; `ollama:python,rust` is asked in "
            "these languages only.",
            expected=f"one of {_quoted('auto', *PROVIDERS, 'local')}, a name from backends, or a list of names",
        ),
    ] = "auto"
    base_url: Annotated[
        str,
        _about(
            "Address of the backend; empty: its own.",
            expected='empty or a valid address that begins with "http://" or "https://", without a user name',
            fits=is_service,
            pattern=r"^(?:https?://\S+)?$",
            own=True,
        ),
    ] = ""
    model: Annotated[
        str,
        _about("Model to ask; empty: the backend's own (DeepSeek: `deepseek-flash`)."),
    ] = ""
    template: Annotated[
        str,
        _about(
            "How prefix and suffix become one prompt, for a server that does not do it; empty: the backend's way.",
            expected=f"empty, one of {_quoted(*TEMPLATES)}, or a name from templates",
        ),
    ] = ""
    backends: Annotated[
        tuple[BackendEntry, ...],
        _about(
            "Backends of your own, as tables with `name`, `like` (the provider they are asked like), `base_url`, "
            "`model`, `template`, `api_key_command` and `api_key_file`. In a list of backends, the settings of these "
            "names outside of this table are the first one's.",
            expected="a list of tables with name, like, base_url, model, template, api_key_command, api_key_file",
            own=True,
        ),
    ] = ()
    templates: Annotated[
        tuple[TemplateEntry, ...],
        _about(
            "Templates of your own, as tables with `name`, `prompt` (with `{prefix}`, `{suffix}`, `{files}`, "
            "`{path}`), `file` (with `{path}`, `{text}`), `stop` and `fills_in` (false: blanks at the prompt's end are "
            "left off).",
            expected="a list of tables with name, prompt, file, stop, fills_in",
        ),
    ] = ()
    api_key_command: Annotated[
        str,
        _about("Command line whose first line of output is the API key; run without a shell.", own=True),
    ] = ""
    api_key_file: Annotated[
        str,
        _about("File whose first line is the API key; only you may be able to read it.", own=True),
    ] = ""
    popup: Annotated[
        Literal["auto", "always", "never"],
        _about("Offer completions in the popup list: `auto` only to editors without ghost text."),
    ] = "auto"
    trigger: TriggerSettings = TriggerSettings()
    completion: CompletionSettings = CompletionSettings()
    prompt: PromptSettings = PromptSettings()
    context: ContextSettings = ContextSettings()
    timing: TimingSettings = TimingSettings()
    requests: RequestSettings = RequestSettings()
    cache: CacheSettings = CacheSettings()
    network: NetworkSettings = NetworkSettings()
    ledger: LedgerSettings = LedgerSettings()
    caps: CapSettings = CapSettings()
