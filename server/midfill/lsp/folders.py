"""The workspace folders, and the client's settings for each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from midfill.workspace import to_path

ON_DISK = frozenset({"file", "vscode-notebook-cell"})
"""Schemes of documents in a folder on disk; a notebook's cells are in its folder."""


@dataclass
class Folder:
    """A workspace folder."""

    uri: str
    location: Path
    """The form of its URI that is compared with other URIs; its path, if it is on the disk."""
    settings: object = None
    """The client's settings for it; None if the whole workspace's apply."""
    awaited: bool = False
    """The client has not sent its settings yet: until then no document in it may be sent."""

    @property
    def path(self) -> Path | None:
        """Its path on disk; None for a remote folder."""
        return None if to_path(self.uri) is None else self.location


class Folders:
    """The workspace folders by location."""

    def __init__(self) -> None:
        self._by_location: dict[Path, Folder] = {}
        self.notebook_of: Callable[[str], str] = lambda uri: ""
        """Returns the URI of the notebook that contains a cell, whose own URI may say nothing; empty for others."""

    def __iter__(self) -> Iterator[Folder]:
        """Iterate over the folders, in the client's order."""
        return iter(tuple(self._by_location.values()))

    def add(self, uris: Sequence[str], *, awaited: bool) -> None:
        """Add folders; the client will be asked for the settings of `awaited` ones."""
        for uri in uris:
            location = _location(uri)
            if location not in self._by_location:
                self._by_location[location] = Folder(uri, location, awaited=awaited)

    def remove(self, uris: Sequence[str]) -> None:
        """Remove folders from the workspace."""
        for uri in uris:
            self._by_location.pop(_location(uri), None)

    def around(self, uri: str) -> Folder | None:
        """Return the innermost folder that contains a document."""
        for name in (uri, self.notebook_of(uri)):
            for location in _locations_around(name) if name else ():
                if (found := self._by_location.get(location)) is not None:
                    return found
        return None

    def awaits(self, uri: str) -> bool:
        """Whether the client still has to send the settings of a document's folder."""
        folder = self.around(uri)
        return folder is not None and folder.awaited

    @property
    def paths(self) -> list[Path]:
        """The folders on the disk."""
        return [folder.path for folder in self if folder.path is not None]


@lru_cache(maxsize=256)
def _locations_around(uri: str) -> tuple[Path, ...]:
    """Return the locations that can be those of a document's folder, the innermost first."""
    return tuple(_location(uri).parents)


def _location(uri: str) -> Path:
    """Return the form of a URI for comparing folders and documents."""
    scheme, _, rest = uri.partition(":")
    path = to_path(f"file:{rest}") if scheme.lower() in ON_DISK else None
    return Path(path if path is not None else unquote(uri))
