"""The folders of the workspace, and the settings that the client has for each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from midfill.workspace import to_path

ON_DISK = frozenset({"file", "vscode-notebook-cell"})
"""Schemes of documents that lie in a folder on the disk; a notebook's cells lie where it does."""


@dataclass
class Folder:
    """One folder of the workspace."""

    uri: str
    place: Path
    settings: object = None
    """The client's settings for it; None if it has sent none, and those for the whole workspace count."""
    awaited: bool = False
    """The client is to answer with its settings: until then nothing in it may be sent."""

    @property
    def path(self) -> Path | None:
        """Where it is on the disk; None for a folder that is elsewhere."""
        return None if to_path(self.uri) is None else self.place


class Folders:
    """The folders of the workspace by the place at which they are."""

    def __init__(self) -> None:
        self._by_place: dict[Path, Folder] = {}

    def __iter__(self) -> Iterator[Folder]:
        """Iterate over the folders, in the client's order."""
        return iter(tuple(self._by_place.values()))

    def add(self, uris: Sequence[str], *, awaited: bool) -> None:
        """Add folders, whose settings the client will be asked for if they are `awaited`."""
        for uri in uris:
            place = _place(uri)
            if place not in self._by_place:
                self._by_place[place] = Folder(uri, place, awaited=awaited)

    def remove(self, uris: Sequence[str]) -> None:
        """Take folders out of the workspace."""
        for uri in uris:
            self._by_place.pop(_place(uri), None)

    def around(self, uri: str) -> Folder | None:
        """Return the innermost folder that a document lies in."""
        return next((found for place in _place(uri).parents if (found := self._by_place.get(place))), None)

    def awaits(self, uri: str) -> bool:
        """Whether the client has still to answer with the settings of a document's folder."""
        folder = self.around(uri)
        return folder is not None and folder.awaited

    @property
    def paths(self) -> list[Path]:
        """The folders on the disk."""
        return [folder.path for folder in self if folder.path is not None]


def _place(uri: str) -> Path:
    """Return what stands for a URI where folders and documents are compared."""
    scheme, _, rest = uri.partition(":")
    path = to_path(f"file:{rest}") if scheme.lower() in ON_DISK else None
    return Path(path if path is not None else unquote(uri))
