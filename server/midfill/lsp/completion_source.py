"""The source of completions, and whether one is shown in a document."""

from typing import Protocol

from midfill.engine import Engine
from midfill.lsp.items import RequestPosition


class CompletionSource(Protocol):
    """The source of completions."""

    shown: dict[str, RequestPosition]
    """By URI: the position of the last suggestion."""

    @property
    def engine(self) -> Engine | None:
        """The engine; None until it exists."""
        ...

    async def started(self) -> Engine:
        """Return the engine once it exists."""
        ...


def is_completion_shown(source: CompletionSource, uri: str) -> bool:
    """Whether a suggestion of midfill is shown in a document."""
    position = source.shown.get(uri)
    return bool(position and not position.is_outdated and source.engine and source.engine.first_line(uri))
