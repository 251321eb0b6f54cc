"""Where the server's settings come from, and what the client has sent of them."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from midfill.settings import Files, Loaded, load, read_files
from midfill.workspace import to_path


class Configuration:
    """The environment, the workspace's folders, and the client's own settings, the latest of which counts."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.folders: list[Path] = []
        self._files: Files = ()
        """What stands in the settings files, as far as they have been read."""
        self._initial: object = None
        self._latest: object = None

    def began(self, params: Mapping[str, Any]) -> None:
        """Take the parameters of `initialize` (undecoded)."""
        self._initial = params.get("initializationOptions")
        uris = [folder["uri"] for folder in params.get("workspaceFolders") or ()]
        if not uris and params.get("rootUri"):
            uris = [params["rootUri"]]
        self.add_folders(uris)

    def add_folders(self, uris: Sequence[str]) -> None:
        """Add folders to the workspace."""
        paths = (to_path(uri) for uri in uris)
        self.folders += [Path(path) for path in paths if path is not None]

    def remove_folders(self, uris: Sequence[str]) -> None:
        """Take folders out of the workspace."""
        gone = {to_path(uri) for uri in uris}
        self.folders = [folder for folder in self.folders if str(folder) not in gone]

    def received(self, options: object, *, whole: bool = False) -> None:
        """Take the client's settings; `whole` ones leave nothing in force that it sent before."""
        self._latest = options
        if whole:
            self._initial = None

    async def read(self) -> bool:
        """Read the settings files in a thread, and return whether there is anything new in them.

        What was read of folders that are not the workspace any more does not count.
        """
        folders = tuple(self.folders)
        files = await asyncio.to_thread(read_files, self.environ, folders)
        new = folders == tuple(self.folders) and files != self._files
        if new:
            self._files = files
        return new

    def load(self) -> Loaded:
        """Return all settings as they are now, with the files as they were when they were read last."""
        clients = [options for options in (self._initial, self._latest) if options is not None]
        return load(self.environ, clients=clients, files=self._files)
