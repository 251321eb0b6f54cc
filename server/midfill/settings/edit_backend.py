"""The backend for next edits that the settings choose."""

from collections.abc import Iterator

from midfill.core.providers import EDIT_PROVIDERS, Provider
from midfill.core.rewrite_format_names import format_of
from midfill.settings.backend_config import BackendConfig, backend_configs
from midfill.settings.entries import BackendEntry
from midfill.settings.problem import shown
from midfill.settings.tree import Settings


def edit_backend_config(settings: Settings) -> BackendConfig | None:
    """Return the backend for next edits; None if none is set.

    It has the address and the key of the first backend if both are the same service.
    """
    edits, entry = settings.edits, _entry(settings)
    provider = EDIT_PROVIDERS.get(entry.like)
    if provider is None:
        return None
    shares = _is_first(settings, entry, provider)
    plain = settings if shares else BackendEntry(name=entry.name, like=entry.like)
    return BackendConfig(
        entry.name,
        provider,
        base_url=entry.base_url or plain.base_url,
        model=edits.model or entry.model or provider.model,
        template="",
        api_key_command=entry.api_key_command or plain.api_key_command,
        api_key_file=entry.api_key_file or plain.api_key_file,
        first=shares,
    )


def edit_contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the choice of the backend for next edits, as a setting and the text after its name."""
    name, entry = settings.edits.backend, _entry(settings)
    if name and entry.like not in EDIT_PROVIDERS:
        known = ", ".join(f'"{one}"' for one in EDIT_PROVIDERS)
        yield (
            "edits.backend",
            f"must be empty, one of {known}, or a backend like one of them, not {shown(name)}",
        )
    config = edit_backend_config(settings)
    if config is not None and not format_of(
        settings.edits.format, config.provider, settings.edits.model or entry.model
    ):
        yield (
            "edits.backend",
            f"needs a model for next edits: set edits.model to one for {shown(name)} whose name contains zeta or "
            "sweep, or edits.format",
        )


def _is_first(settings: Settings, entry: BackendEntry, provider: Provider) -> bool:
    """Whether the first backend is the same service: the same entry, or the same provider if neither is an entry."""
    first, names = next(iter(backend_configs(settings)), None), {one.name for one in settings.backends}
    if first is None or entry.name in names or first.name in names:
        return first is not None and first.name == entry.name
    return first.provider.base_url == provider.base_url


def _entry(settings: Settings) -> BackendEntry:
    """Return the user's entry for the backend, or an empty one."""
    name = settings.edits.backend
    found = (entry for entry in settings.backends if name and entry.name == name)
    return next(found, BackendEntry(name=name, like=name))
