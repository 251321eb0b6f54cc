"""Whether a completion is shown in a document."""

from typing import Protocol

from midfill.engine import Engine
from midfill.lsp.items import RequestPosition


class Shows(Protocol):
    """The source of completions."""

    shown: dict[str, RequestPosition]
    engine: Engine | None

    async def started(self) -> Engine:
        """Return the engine once it exists."""
        ...


def stands_in(shows: Shows, uri: str) -> bool:
    """Whether a suggestion of midfill is shown in a document."""
    place = shows.shown.get(uri)
    return bool(place and not place.is_outdated and shows.engine and shows.engine.first_line(uri))
