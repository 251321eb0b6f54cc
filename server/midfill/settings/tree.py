"""The settings: one frozen, typed tree, from which schema, reference table and checks are derived."""

from typing import Annotated, Literal

from midfill.core.globs import is_glob
from midfill.core.providers import PROVIDERS
from midfill.core.service_urls import is_service_url
from midfill.core.templates import TEMPLATES
from midfill.settings.completion_settings import CompletionSettings
from midfill.settings.edit_settings import EditSettings
from midfill.settings.entries import BackendEntry, TemplateEntry
from midfill.settings.limits import CapSettings, LedgerSettings, NetworkSettings
from midfill.settings.section import Section, about
from midfill.settings.timing_settings import CacheSettings, RequestSettings, TimingSettings

ContextSource = Literal["document", "recent", "search", "declarations", "editor"]

ContextFormat = Literal["repository", "comments"]

SyntaxScope = Literal["comment", "string"]

MOST_RESTRICTIVE_FIRST: dict[str, tuple[object, ...]] = {
    "enabled": (False, True),
    "context.enabled": (False, True),
    "edits.enabled": (False, True),
    "trigger.mode": ("manual", "automatic"),
    "completion.scope": ("line", "statement", "block"),
}
"""The values of each `narrow` setting, the most restrictive first."""

TUNING = (
    "popup",
    "edits.backend",
    "edits.model",
    "edits.format",
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
    """When completions are requested."""

    mode: Annotated[
        Literal["automatic", "manual"],
        about("`automatic`: while you type; `manual`: only by key or command.", "narrow"),
    ] = "automatic"
    languages_off: Annotated[
        tuple[str, ...],
        about("Language identifiers in which typing never requests a completion.", "add"),
    ] = ()
    paths_off: Annotated[
        tuple[str, ...],
        about(
            "Files, as gitignore patterns, that are never completed in or sent; case does not count.",
            "add",
            expected="a list of gitignore patterns, without comments, `{a,b}` and `../`",
            fits=lambda globs: all(map(is_glob, globs)),
        ),
    ] = ()
    scopes_off: Annotated[
        tuple[SyntaxScope, ...],
        about("Places where typing never requests a completion: `comment`, `string`.", "add"),
    ] = ()
    min_characters: Annotated[
        int,
        about("Minimum characters before the cursor in the file.", "raise", ge=0, le=1000),
    ] = 3
    max_file_kb: Annotated[
        int,
        about("Maximum KiB of a file; larger files get no completions.", "lower", ge=1, le=1_000_000),
    ] = 10_240


class PromptSettings(Section, frozen=True, kw_only=True):
    """The size of the prompt."""

    prefix_tokens: Annotated[
        int,
        about(
            "Approximate tokens of the file before the cursor; 1000 by default for a backend without a prompt cache.",
            "lower",
            ge=64,
            le=100_000,
        ),
    ] = 6000
    suffix_tokens: Annotated[
        int,
        about("Approximate tokens of text after the cursor.", "lower", ge=0, le=100_000),
    ] = 150


class ContextSettings(Section, frozen=True, kw_only=True):
    """The context from other files."""

    enabled: Annotated[
        bool,
        about("Whether text beyond the open file is sent: recent edits, other files.", "narrow"),
    ] = True
    tokens: Annotated[
        int,
        about(
            "Approximate tokens of other files before the text; 850 by default for a backend without a prompt cache.",
            "lower",
            ge=0,
            le=100_000,
        ),
    ] = 5000
    sources: Annotated[
        tuple[ContextSource, ...],
        about(
            "Where it comes from: other lines of a long `document`, `recent` edits, `search` for similar text, "
            "`declarations` of the names you use, and the same from the language servers that run in your `editor`.",
            "fewer",
        ),
    ] = ("document", "recent", "search", "editor")
    format: Annotated[
        ContextFormat,
        about("How other files are shown: as files of one `repository`, or as `comments` of the language."),
    ] = "repository"
    extra: Annotated[
        tuple[str, ...],
        about("Notes for the model: their text, or names of files (relative to the workspace).", "add"),
    ] = ()


class Settings(Section, frozen=True, kw_only=True):
    """All settings of midfill.

    `Settings()` has the defaults. It is hashable, and equal to another tree with equal values.
    """

    enabled: Annotated[bool, about("Whether midfill makes suggestions.", "narrow")] = True
    backend: Annotated[
        str | tuple[str, ...],
        about(
            "The backend; `auto`: DeepSeek if a key is found, otherwise the embedded engine (`local`). In a list, each "
            "backend is called while the earlier ones are unavailable, and the embedded engine last; "
            "`ollama:python,rust` is called in these languages only.",
            expected=f"one of {_quoted('auto', *PROVIDERS, 'local')}, a name from backends, or a list of names",
        ),
    ] = "auto"
    base_url: Annotated[
        str,
        about(
            "Address of the backend; empty: the default.",
            expected='empty or a valid address that begins with "http://" or "https://", without a user name',
            fits=is_service_url,
            pattern=r"^(?:https?://\S+)?$",
            local_only=True,
        ),
    ] = ""
    model: Annotated[
        str,
        about("Name of the model; empty: the backend's default (DeepSeek: `deepseek-flash`)."),
    ] = ""
    template: Annotated[
        str,
        about(
            "The template that joins prefix and suffix, for a server that does not join them; empty: the "
            "backend's own.",
            expected=f"empty, one of {_quoted(*TEMPLATES)}, or a name from templates",
        ),
    ] = ""
    backends: Annotated[
        tuple[BackendEntry, ...],
        about(
            "Your own backends, as tables with `name`, `like` (the provider whose format they use), `base_url`, "
            "`model`, `template`, `api_key_command` and `api_key_file`. In a list of backends, the settings of these "
            "names outside this table apply to the first one.",
            expected="a list of tables with name, like, base_url, model, template, api_key_command, api_key_file",
            local_only=True,
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
        about("Command line that prints the API key and nothing else; run without a shell.", local_only=True),
    ] = ""
    api_key_file: Annotated[
        str,
        about("File whose first line is the API key; only you may be able to read it.", local_only=True),
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
