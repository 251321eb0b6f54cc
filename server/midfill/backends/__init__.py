"""The backends: the providers' APIs over HTTP, and the embedded engine.

A new provider is a row in `core.providers`, and a new wire format a module here; no other code changes.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from midfill.backends.embedded import EmbeddedBackend, FindMemories
from midfill.core.model import Backend
from midfill.core.templates import WHOLE
from midfill.keys import Key
from midfill.settings import BackendConfig, Settings, backend_configs, template_of

if TYPE_CHECKING:
    from midfill.backends.remote import RemoteBackend
    from midfill.backends.remote_options import RemoteOptions

__all__ = ["open_backend", "open_edit_backend", "open_remote"]


def open_backend(settings: Settings, key: Key | None, find_memories: FindMemories | None = None) -> Backend:
    """Return the primary backend: for `auto`, DeepSeek if there is a key, otherwise the embedded engine.

    `find_memories` returns the memories for the embedded engine. Opening takes no time and raises nothing: the backend
    connects, and reports wrong settings, when it is used.
    """
    first = next(iter(backend_configs(settings)), None)
    if first is None or (settings.backend == "auto" and key is None):
        return EmbeddedBackend(find_memories)
    return open_remote(first, settings, key)


def open_remote(config: BackendConfig, settings: Settings, key: Key | None) -> "RemoteBackend":
    """Return an HTTP backend."""
    # Imported in the functions: the embedded engine answers sooner without them.
    from midfill.backends.gguf import GgufBackend
    from midfill.backends.remote import RemoteBackend

    options = _options(config, settings, key)
    return GgufBackend(options) if config.provider.name == "gguf" else RemoteBackend(options)


def open_edit_backend(config: BackendConfig, settings: Settings, key: Key | None) -> "RemoteBackend":
    """Return the HTTP backend for next edits; its prompts are complete and have their own stop sequences."""
    from midfill.backends.remote import RemoteBackend

    options = _options(config, settings, key)
    return RemoteBackend(replace(options, template=WHOLE, temperature=0.0, stop=()))


def _options(config: BackendConfig, settings: Settings, key: Key | None) -> "RemoteOptions":
    from midfill.backends.remote_options import RemoteOptions

    completion, timing, network = settings.completion, settings.timing, settings.network
    return RemoteOptions(
        provider=config.provider,
        name=config.name,
        base_url=config.base_url,
        model=config.model,
        template=template_of(config.template, settings),
        key=key.secret if key else "",
        first_token_s=timing.first_token_ms / 1000,
        total_s=timing.total_ms / 1000,
        think=completion.think,
        think_s=timing.think_ms / 1000,
        temperature=completion.temperature,
        stop=completion.stop,
        proxy=network.proxy,
        ca_file=network.ca_file,
        allow_http=network.allow_http,
    )
