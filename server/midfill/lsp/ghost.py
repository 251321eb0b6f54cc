"""Whether a completion stands in a document."""

from typing import Protocol

from midfill.engine import Engine
from midfill.lsp.items import Place


class Shows(Protocol):
    """Who gives completions."""

    shown: dict[str, Place]
    engine: Engine | None


def stands_in(shows: Shows, uri: str) -> bool:
    """Whether a suggestion of ours stands in a document."""
    place = shows.shown.get(uri)
    return bool(place and not place.overtaken and shows.engine and shows.engine.first_line(uri))
