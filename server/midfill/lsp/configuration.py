"""The sources of the server's settings, including the client's."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from midfill.lsp.client import Client, folders
from midfill.lsp.folders import Folder, Folders
from midfill.settings import WORKSPACE_FILE, Files, LoadedSettings, load, read_files

TOKEN = "token"  # noqa: S105 (the name of an option, not a secret)
"""The token's name in `initializationOptions`, for clients on a socket."""


class Configuration:
    """The environment, the workspace folders, and the client's own settings, of which the latest apply.

    A client that connected `by_socket` may not be the user's own editor: it may not set everything.
    """

    def __init__(self, environ: Mapping[str, str], *, by_socket: bool = False) -> None:
        self.environ = environ
        self._by_socket = by_socket
        self.folders = Folders()
        self._files: Files = ()
        """The contents of the settings files, as last read."""
        self._pulls = False
        self._initial: object = None
        self._latest: object = None

    def began(self, params: Mapping[str, Any]) -> None:
        """Handle the parameters of `initialize` (undecoded)."""
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
        """Remove folders from the workspace."""
        self.folders.remove(uris)

    def received(self, options: object, *, whole: bool = False) -> None:
        """Set the client's settings; `whole` ones replace everything that it sent before."""
        self._latest = options
        if whole:
            self._initial = None

    async def read(self) -> bool:
        """Read the settings files in a thread, and return whether their contents have changed.

        Contents of folders that have left the workspace meanwhile are dropped.
        """
        paths = tuple(self.folders.paths)
        files = await asyncio.to_thread(read_files, self.environ, paths)
        new = paths == tuple(self.folders.paths) and files != self._files
        if new:
            self._files = files
        return new

    def load(self) -> LoadedSettings:
        """Return the settings of documents outside all folders, which each folder's file can restrict.

        The files' contents are those of the last read.
        """
        return self._load(self._files, self._latest)

    def load_folder(self, folder: Folder) -> LoadedSettings:
        """Return the settings of the documents in a folder."""
        others = {str(path / WORKSPACE_FILE) for path in self.folders.paths if path != folder.path}
        files = tuple(file for file in self._files if file.origin not in others)
        return self._load(files, self._latest if folder.settings is None else folder.settings)

    def _load(self, files: Files, latest: object) -> LoadedSettings:
        sent = (self._initial, latest)
        clients = [self._without_token(options) for options in sent if options is not None]
        return load(self.environ, clients=clients, clients_are_local=not self._by_socket, files=files)

    def _without_token(self, options: object) -> object:
        """Return settings without the token."""
        if self._by_socket and isinstance(options, dict):
            return {name: value for name, value in options.items() if name != TOKEN}
        return options
