"""Who answers: DeepSeek over HTTP, or the engine inside midfill.

A new backend is a module here and a line in `open_backend`; nothing else knows one from another.
"""

from midfill.backends.deepseek import DeepSeek
from midfill.backends.local import Local, Neighbours
from midfill.backends.remote import RemoteOptions
from midfill.core.model import Backend
from midfill.keys import Key
from midfill.settings import Settings


def open_backend(settings: Settings, key: Key | None, neighbours: Neighbours | None = None) -> Backend:
    """Return the backend to ask: for `auto` DeepSeek if there is a key, else the embedded engine.

    `neighbours` names the files that the embedded engine may learn from. Opening takes no time and raises
    nothing: connections are made, and wrong settings told, when the backend is used.
    """
    if settings.backend == "local" or (settings.backend == "auto" and key is None):
        return Local(neighbours)
    return DeepSeek(
        RemoteOptions(
            base_url=settings.base_url,
            model=settings.model,
            key=key.secret if key else "",
            first_token_s=settings.timing.first_token_ms / 1000,
            total_s=settings.timing.total_ms / 1000,
            temperature=settings.completion.temperature,
            stop=settings.completion.stop,
            proxy=settings.network.proxy,
            ca_file=settings.network.ca_file,
            allow_http=settings.network.allow_http,
        )
    )
