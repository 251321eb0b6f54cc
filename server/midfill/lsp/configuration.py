"""Where the server's settings come from, and what the client has sent of them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from midfill.lsp.client import Client, folders
from midfill.lsp.folders import Folder, Folders
from midfill.settings import WORKSPACE_FILE, Files, Loaded, load, read_files

TOKEN = "token"  # noqa: S105 (the name of an option, not a secret)
"""What lets a client in that comes by a socket: its name in `initializationOptions`."""


class Configuration:
    """The environment, the workspace's folders, and the client's own settings, the latest of which counts.

    A client that came `by_socket` is not the user's own editor for sure: some settings are not its to set.
    """

    def __init__(self, environ: Mapping[str, str], *, by_socket: bool = False) -> None:
        self.environ = environ
        self._by_socket = by_socket
        self.folders = Folders()
        self._files: Files = ()
        """What stands in the settings files, as far as they have been read."""
        self._pulls = False
        self._initial: object = None
        self._latest: object = None

    def began(self, params: Mapping[str, Any]) -> None:
        """Take the parameters of `initialize` (undecoded)."""
        self._pulls = Client.from_params(params).pulls_configuration
        self._initial = params.get("initializationOptions")
        uris = [folder["uri"] for folder in folders(params)]
        root = params.get("rootUri")
        if not uris and isinstance(root, str) and root:
            uris = [root]
        self.add_folders(uris)

    def add_folders(self, uris: Sequence[str]) -> None:
        """Add folders to the workspace."""
        self.folders.add(uris, awaited=self._pulls)

    def remove_folders(self, uris: Sequence[str]) -> None:
        """Take folders out of the workspace."""
        self.folders.remove(uris)

    def received(self, options: object, *, whole: bool = False) -> None:
        """Take the client's settings; `whole` ones leave nothing in force that it sent before."""
        self._latest = options
        if whole:
            self._initial = None

    async def read(self) -> bool:
        """Read the settings files in a thread, and return whether there is anything new in them.

        What was read of folders that are not the workspace any more does not count.
        """
        paths = tuple(self.folders.paths)
        files = await asyncio.to_thread(read_files, self.environ, paths)
        new = paths == tuple(self.folders.paths) and files != self._files
        if new:
            self._files = files
        return new

    def load(self) -> Loaded:
        """Return the settings of documents in no folder, which each folder's file restrains.

        The files are as they were when they were read last.
        """
        return self._load(self._files, self._latest)

    def load_folder(self, folder: Folder) -> Loaded:
        """Return the settings of the documents in a folder."""
        others = {str(path / WORKSPACE_FILE) for path in self.folders.paths if path != folder.path}
        files = tuple(file for file in self._files if file.origin not in others)
        return self._load(files, self._latest if folder.settings is None else folder.settings)

    def _load(self, files: Files, latest: object) -> Loaded:
        sent = (self._initial, latest)
        clients = [self._without_token(options) for options in sent if options is not None]
        return load(self.environ, clients=clients, clients_are_local=not self._by_socket, files=files)

    def _without_token(self, options: object) -> object:
        """Return settings without what let the client in."""
        if self._by_socket and isinstance(options, dict):
            return {name: value for name, value in options.items() if name != TOKEN}
        return options
