"""Opens the backends of the settings: the primary, the others in order, and the fallback."""

from collections.abc import Mapping

from midfill.backends import open_edit_backend, open_remote
from midfill.backends.embedded import EmbeddedBackend, FindMemories
from midfill.backends.unavailable import UnavailableBackend
from midfill.core.model import Backend, BackendError, Backends
from midfill.core.rewrite_format_names import format_of
from midfill.keys import Key, find_key, key_of
from midfill.keys.command import commands
from midfill.settings import Settings, backend_configs, edit_backend_config


def open_backends(settings: Settings, environ: Mapping[str, str], find_memories: FindMemories) -> Backends:
    """Return the backends of the settings, in their order, with the embedded engine as the fallback.

    Finding a key may run the user's command and take seconds. Raises BackendError if a key that was found is invalid.
    """
    keys = {config.name: find_key(config.name, settings, environ) for config in backend_configs(settings)}
    remotes = [
        (open_remote(config, settings, keys[config.name]), config.languages)
        for config in backend_configs(settings)
        if settings.backend != "auto" or keys[config.name] is not None
    ]
    first = next(iter(keys.values()), None)
    if not remotes:
        return _with_edit_backend(Backends(EmbeddedBackend(find_memories)), settings, environ, first)
    backends, languages = zip(*remotes, strict=True)
    found = Backends(backends[0], EmbeddedBackend(find_memories), backends[1:], languages)
    return _with_edit_backend(found, settings, environ, first)


def end_key_commands() -> None:
    """End the user's commands that `open_backends` waits for in other threads; it then fails there."""
    commands.end()


def _with_edit_backend(
    backends: Backends, settings: Settings, environ: Mapping[str, str], first: Key | None
) -> Backends:
    """Return the backends with the one for next edits, if the settings name one; it may share the `first` one's key."""
    config = edit_backend_config(settings)
    if config is None:
        return backends
    try:
        key = first if config.first else key_of(config, environ)
        edit_backend: Backend = open_edit_backend(config, settings, key)
    except BackendError as error:  # Completions need not fail with it.
        edit_backend = UnavailableBackend(config, error)
    return backends._replace(
        edit_backend=edit_backend, edit_format=format_of(settings.edits.format, config.provider, config.model)
    )
