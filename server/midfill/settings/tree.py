"""The settings: one frozen, typed tree, from which schema, reference table and checks are derived."""

from typing import Annotated, Literal

import msgspec

from midfill.core.model import Scope
from midfill.core.providers import PROVIDERS
from midfill.core.templates import TEMPLATES
from midfill.core.web import is_service
from midfill.settings.edits import EditSettings
from midfill.settings.entries import BackendEntry, TemplateEntry
from midfill.settings.limits import CapSettings, LedgerSettings, NetworkSettings
from midfill.settings.section import Section, about

ContextSource = Literal["recent", "search", "declarations", "editor"]

ContextFormat = Literal["repository", "comments"]

SyntaxScope = Literal["comment", "string"]

NARROW_FIRST: dict[str, tuple[object, ...]] = {
    "enabled": (False, True),
    "context.enabled": (False, True),
    "edits.enabled": (False, True),
    "trigger.mode": ("manual", "automatic"),
    "completion.scope": ("line", "statement", "block"),
}
"""The values of each `narrow` setting, the most restrictive first."""

TUNING = (
    "popup",
    "edits.",
    "completion.",
    "prompt.",
    "context.tokens",
    "context.format",
    "timing.",
    "requests.",
    "cache.",
)
"""Prefixes of the settings that only tune: a wrong value is replaced by the default.

All others determine the backend, the connection, or the excluded files: a wrong one stops all calls.
"""


def _quoted(*names: str) -> str:
    return ", ".join(f'"{name}"' for name in names)


class TriggerSettings(Section, frozen=True, kw_only=True):
    """When a completion is asked for."""

    mode: Annotated[
        Literal["automatic", "manual"],
        about("`automatic`: while you type; `manual`: only by key or command.", "narrow"),
    ] = "automatic"
    languages_off: Annotated[
        tuple[str, ...],
        about("Language identifiers (as the editor sends them) in which typing never asks.", "add"),
    ] = ()
    paths_off: Annotated[
        tuple[str, ...],
        about("Files, as gitignore patterns, about which nothing is ever asked or sent.", "add"),
    ] = ()
    scopes_off: Annotated[
        tuple[SyntaxScope, ...],
        about("Places in which typing never asks: `comment`, `string`.", "add"),
    ] = ()
    min_characters: Annotated[
        int,
        about("Characters that must stand before the cursor in the file.", "raise", ge=0, le=1000),
    ] = 3
    max_file_kb: Annotated[
        int,
        about("Files larger than this many KiB are left alone.", "lower", ge=1, le=1_000_000),
    ] = 10_240


class CompletionSettings(Section, frozen=True, kw_only=True):
    """What a completion may be."""

    scope: Annotated[
        Scope,
        about(
            "How far a completion reaches at most: the line, the statement, or the block it begins.", "narrow"
        ),
    ] = "block"
    max_lines: Annotated[int, about("Lines of a completion, at most.", "lower", ge=1, le=200)] = 12
    max_tokens: Annotated[
        int,
        # DeepSeek's FIM endpoint writes at most 4096 tokens (its fim_completion guide).
        about("Tokens the model may write while you type.", "lower", ge=1, le=4096),
    ] = 128
    max_tokens_manual: Annotated[
        int,
        about("Tokens the model may write when you ask by key or command.", "lower", ge=1, le=4096),
    ] = 256
    temperature: Annotated[
        float,
        about("How freely the model writes; 0 repeats itself exactly.", "any", ge=0, le=2),
    ] = 0.0
    stop: Annotated[
        # DeepSeek answers 400 to more than 16 stop texts, and an empty one is undefined.
        tuple[Annotated[str, msgspec.Meta(min_length=1)], ...],
        about("Texts before which the model stops, at most 16.", "add", max_length=16),
    ] = ()
    alternatives: Annotated[
        int,
        about(
            "Completions to choose from when you ask by key; each is one paid request.", "lower", ge=1, le=8
        ),
    ] = 3
    think: Annotated[
        bool,
        about("Whether a chat model (`deepseek-chat`, `openai-chat`) may think first when you ask by key."),
    ] = False


class PromptSettings(Section, frozen=True, kw_only=True):
    """How much the model reads."""

    prefix_tokens: Annotated[
        int,
        about(
            "Tokens of the file before the cursor, about; 1400 by default where a backend has no prompt cache.",
            "lower",
            ge=64,
            le=100_000,
        ),
    ] = 6000
    suffix_tokens: Annotated[
        int,
        about("Tokens of text after the cursor, about.", "lower", ge=0, le=100_000),
    ] = 150


class ContextSettings(Section, frozen=True, kw_only=True):
    """What the model reads of other files."""

    enabled: Annotated[
        bool,
        about("Whether anything but the open file is sent: what you edited lately, other files.", "narrow"),
    ] = True
    tokens: Annotated[
        int,
        about(
            "Tokens of other files in front of the text, about; 450 by default where a backend has no prompt cache.",
            "lower",
            ge=0,
            le=100_000,
        ),
    ] = 4000
    sources: Annotated[
        tuple[ContextSource, ...],
        about(
            "Where it comes from: `recent` edits, `search` for similar text, `declarations` of the names you use, and "
            "the same from the language servers that run in your `editor`.",
            "fewer",
        ),
    ] = ("recent", "search", "editor")
    format: Annotated[
        ContextFormat,
        about("How other files are shown: as files of one `repository`, or as `comments` of the language."),
    ] = "repository"
    extra: Annotated[
        tuple[str, ...],
        about("Notes for the model: texts, or names of files (relative ones lie in the workspace).", "add"),
    ] = ()


class TimingSettings(Section, frozen=True, kw_only=True):
    """How long things take. All in milliseconds."""

    debounce_min_ms: Annotated[int, about("Shortest pause in typing that asks.", ge=0, le=5000)] = 20
    debounce_max_ms: Annotated[
        int,
        about("Longest pause that is waited for; between the two it adapts to your typing.", ge=0, le=5000),
    ] = 600
    first_token_ms: Annotated[
        int,
        about("Wait for the first text of an answer, at most.", ge=100, le=60_000),
    ] = 5000
    total_ms: Annotated[
        int,
        about("Wait for a whole answer; what has come by then is shown.", ge=100, le=60_000),
    ] = 8000
    think_ms: Annotated[
        int,
        about("The same for a model that thinks first (`completion.think`).", ge=1000, le=600_000),
    ] = 60_000
    linger_ms: Annotated[
        int,
        about("Keep a cancelled call open; editors cancel just before they ask again.", ge=0, le=10_000),
    ] = 500


class RequestSettings(Section, frozen=True, kw_only=True):
    """How many calls are made."""

    max_flights: Annotated[int, about("Calls under way at once, at most.", ge=1, le=32)] = 4
    speculate: Annotated[
        Literal["auto", "always", "never"],
        about("Fetch what follows a shown completion ahead of time: `auto` only where a call is free."),
    ] = "auto"


class CacheSettings(Section, frozen=True, kw_only=True):
    """Which answers are kept, in memory only."""

    capacity: Annotated[int, about("Answers that are kept; 0 keeps none.", ge=0, le=100_000)] = 500
    ttl_s: Annotated[int, about("Seconds that an answer is kept.", ge=0, le=604_800)] = 3600
    empty_ttl_s: Annotated[int, about("Seconds that an empty answer is kept.", ge=0, le=604_800)] = 10


class Settings(Section, frozen=True, kw_only=True):
    """All that users can set in midfill.

    `Settings()` has the defaults. It is hashable, and equal to another tree with equal values.
    """

    enabled: Annotated[bool, about("Whether midfill suggests anything.", "narrow")] = True
    backend: Annotated[
        str | tuple[str, ...],
        about(
            "Who answers; `auto`: DeepSeek if a key is found, else the embedded engine (`local`). Of a list, each is "
            "asked while those before it are away, and the embedded engine last; `ollama:python,rust` is asked in "
            "these languages only.",
            expected=f"one of {_quoted('auto', *PROVIDERS, 'local')}, a name from backends, or a list of names",
        ),
    ] = "auto"
    base_url: Annotated[
        str,
        about(
            "Address of the backend; empty: its own.",
            expected='empty or a valid address that begins with "http://" or "https://", without a user name',
            fits=is_service,
            pattern=r"^(?:https?://\S+)?$",
            own=True,
        ),
    ] = ""
    model: Annotated[
        str,
        about("Model to ask; empty: the backend's own (DeepSeek: `deepseek-flash`)."),
    ] = ""
    template: Annotated[
        str,
        about(
            "How prefix and suffix become one prompt, for a server that does not do it; empty: the backend's way.",
            expected=f"empty, one of {_quoted(*TEMPLATES)}, or a name from templates",
        ),
    ] = ""
    backends: Annotated[
        tuple[BackendEntry, ...],
        about(
            "Backends of your own, as tables with `name`, `like` (the provider they are asked like), `base_url`, "
            "`model`, `template`, `api_key_command` and `api_key_file`. In a list of backends, the settings of these "
            "names outside of this table are the first one's.",
            expected="a list of tables with name, like, base_url, model, template, api_key_command, api_key_file",
            own=True,
        ),
    ] = ()
    templates: Annotated[
        tuple[TemplateEntry, ...],
        about(
            "Templates of your own, as tables with `name`, `prompt` (with `{prefix}`, `{suffix}`, `{files}`, "
            "`{path}`), `file` (with `{path}`, `{text}`), `stop` and `fills_in` (false: blanks at the prompt's end are "
            "left off).",
            expected="a list of tables with name, prompt, file, stop, fills_in",
        ),
    ] = ()
    api_key_command: Annotated[
        str,
        about("Command line whose first line of output is the API key; run without a shell.", own=True),
    ] = ""
    api_key_file: Annotated[
        str,
        about("File whose first line is the API key; only you may be able to read it.", own=True),
    ] = ""
    popup: Annotated[
        Literal["auto", "always", "never"],
        about("Offer completions in the popup list: `auto` only to editors without ghost text."),
    ] = "auto"
    trigger: TriggerSettings = TriggerSettings()
    completion: CompletionSettings = CompletionSettings()
    prompt: PromptSettings = PromptSettings()
    context: ContextSettings = ContextSettings()
    edits: EditSettings = EditSettings()
    timing: TimingSettings = TimingSettings()
    requests: RequestSettings = RequestSettings()
    cache: CacheSettings = CacheSettings()
    network: NetworkSettings = NetworkSettings()
    ledger: LedgerSettings = LedgerSettings()
    caps: CapSettings = CapSettings()
