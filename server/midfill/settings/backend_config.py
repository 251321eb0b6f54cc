"""The backends that the settings choose, with their order and languages."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from midfill.core.language_ids import language_named
from midfill.core.providers import PROVIDERS, Provider
from midfill.core.service_urls import is_service_url
from midfill.core.templates import TEMPLATES, Template, template_error
from midfill.settings.entries import BackendEntry
from midfill.settings.problem import shown
from midfill.settings.tree import Settings

_LOCAL = "local"
_AUTO = "auto"


class BackendConfig(NamedTuple):
    """One HTTP backend, with its own settings."""

    name: str
    provider: Provider
    base_url: str
    model: str
    template: str
    api_key_command: str
    api_key_file: str
    first: bool
    """Whether MIDFILL_API_KEY and the settings that name no backend apply to it."""
    languages: frozenset[str] = frozenset()
    """Its languages; empty for all."""

    @property
    def address(self) -> str:
        """Return its address."""
        return self.base_url or self.provider.base_url


def backend_configs(settings: Settings) -> tuple[BackendConfig, ...]:
    """Return the chosen backends in order, without the embedded engine (`local`) and unknown names."""
    entries = {entry.name: entry for entry in settings.backends}
    found: list[BackendConfig] = []
    for name, languages in _named_backends(settings):
        known = _provider_name(name, entries) if name != _AUTO else "deepseek"
        if known in PROVIDERS:
            config = _backend_config(
                "deepseek" if name == _AUTO else name, known, entries, settings, first=not found
            )
            found.append(config._replace(languages=languages))
    return tuple(found)


def template_of(name: str, settings: Settings) -> Template | None:
    """Return a template by name; None for an empty name."""
    for entry in settings.templates:
        if entry.name == name:
            return Template(prompt=entry.prompt, file=entry.file, stop=entry.stop, fills_in=entry.fills_in)
    return TEMPLATES.get(name)


def contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the settings that contradict each other, each with the text after its name."""
    yield from _entry_contradictions(settings)
    names = {_AUTO, _LOCAL, *PROVIDERS, *(entry.name for entry in settings.backends)}
    chosen = [name for name, _ in _named_backends(settings)]
    for name in chosen:
        if name not in names:
            yield (
                "backend",
                f"must be {_list(names)}, or a list of them, not {shown(name)}{_hint(name, names)}",
            )
    if not chosen:
        yield "backend", "must name a backend: the list is empty"
    if _AUTO in chosen and len(chosen) > 1:
        yield "backend", 'must name the backends one by one: "auto" cannot be in a list'
    if len(set(chosen)) < len(chosen):
        yield "backend", "names a backend twice"
    templates = {*TEMPLATES, *(entry.name for entry in settings.templates)}
    for key, template in _templates_named(settings):
        if template and template not in templates:
            yield key, f"must be {_list(templates)}, not {shown(template)}{_hint(template, templates)}"


def _entry_contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for entry in settings.backends:
        name = shown(entry.name)
        is_word = entry.name.split() == [entry.name] and not set(entry.name) & set(":,")
        if not is_word or entry.name in {_AUTO, _LOCAL} | seen:
            yield "backends", f"must have names of one word, each once, not {name}"
        if entry.like not in PROVIDERS:
            rule = f"must set like to a provider for {name} ({_list(set(PROVIDERS))})"
            yield "backends", f"{rule}, not {shown(entry.like)}{_hint(entry.like, set(PROVIDERS))}"
        if not is_service_url(entry.base_url):
            yield "backends", f"must have a valid web address as base_url of {name}"
        seen.add(entry.name)
    for template in settings.templates:
        if wrong := template_error(template.prompt, template.file):
            yield "templates", f"{wrong} ({shown(template.name)})"


def _templates_named(settings: Settings) -> Iterator[tuple[str, str]]:
    yield "template", settings.template
    for entry in settings.backends:
        yield "backends", entry.template


def _named_backends(settings: Settings) -> list[tuple[str, frozenset[str]]]:
    """Return the names in `backend`, each with the languages after its colon."""
    value = settings.backend
    found = []
    for one in value.split() if isinstance(value, str) else value:
        name, _, languages = one.strip().partition(":")
        only = frozenset(language_named(part) for part in languages.split(",") if part.strip())
        found.append((name.strip(), only))
    return found


def _provider_name(name: str, entries: Mapping[str, BackendEntry]) -> str:
    return entries[name].like if name in entries else name


def _backend_config(
    name: str, like: str, entries: Mapping[str, BackendEntry], settings: Settings, *, first: bool
) -> BackendConfig:
    """Return a backend with its own entry's settings; the `first` one also has those that name no backend."""
    entry = entries.get(name) or BackendEntry(name=name, like=like)
    plain = settings if first else BackendEntry(name=name, like=like)
    return BackendConfig(
        name,
        PROVIDERS[like],
        base_url=entry.base_url or plain.base_url,
        model=entry.model or plain.model,
        template=entry.template or plain.template or PROVIDERS[like].template,
        api_key_command=entry.api_key_command or plain.api_key_command,
        api_key_file=entry.api_key_file or plain.api_key_file,
        first=first,
    )


def _list(names: set[str]) -> str:
    return "one of " + ", ".join(f'"{name}"' for name in sorted(names))


def _hint(name: str, names: set[str]) -> str:
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""
