"""A backend that cannot be opened: each call raises the reason."""

from collections.abc import AsyncGenerator

from midfill.core.model import BackendError, BackendRequest, Chunk
from midfill.settings import BackendConfig


class UnavailableBackend:
    """A backend whose key cannot be read; its calls cost nothing."""

    paid = thinks = chats = caches_prefix = False

    def __init__(self, config: BackendConfig, error: BackendError) -> None:
        self.name = config.name
        self.model = config.model
        self._error = error

    async def stream(self, request: BackendRequest) -> AsyncGenerator[Chunk]:
        """Raise the reason, a BackendError."""
        request.on_unsent()
        raise self._error
        yield  # It is a generator.

    async def warm(self) -> None:
        """Do nothing: there is no connection to open."""

    async def close(self) -> None:
        """Do nothing."""
