"""Files that were saved or have changed on the disk, as the client tells of them."""

import asyncio
from collections.abc import Callable, Iterable

from lsprotocol import types

from midfill.lsp.client import Client
from midfill.lsp.progress import IndexProgress
from midfill.lsp.pygls_server import PyglsServer
from midfill.lsp.service import Service
from midfill.workspace import to_path


class Watching:
    """Keeps the index up to date between two looks of its own."""

    def __init__(self, pygls_server: PyglsServer, service: Service) -> None:
        self._pygls_server = pygls_server
        self._indexes = service.surveyor.indexes

        def saved(params: types.DidSaveTextDocumentParams) -> None:
            self._in_thread(self._indexes.saved, [params.text_document.uri])

        def watched(params: types.DidChangeWatchedFilesParams) -> None:
            self._in_thread(self._indexes.touched, [event.uri for event in params.changes])

        pygls_server.feature(types.TEXT_DOCUMENT_DID_SAVE)(saved)
        pygls_server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(watched)

    def follow(self, client: Client) -> None:
        """Ask to be told of files that change, and show how far an index is, as far as the client can."""
        if client.shows_progress:
            self._indexes.tell = IndexProgress(self._pygls_server).hear
        if client.watches:
            watcher = types.FileSystemWatcher(glob_pattern="**/*")
            registration = types.Registration(
                id="midfill-files",
                method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                register_options=types.DidChangeWatchedFilesRegistrationOptions([watcher]),
            )
            self._pygls_server.client_register_capability(types.RegistrationParams([registration]))

    @staticmethod
    def _in_thread(take: Callable[[list[str]], None], uris: Iterable[str]) -> None:
        """Have files taken by the indexes, which look where their links lead to."""
        if paths := _paths(uris):
            asyncio.get_running_loop().run_in_executor(None, take, paths)


def _paths(uris: Iterable[str]) -> list[str]:
    """Return the paths of files; what git writes for itself is none of the project's."""
    found = (to_path(uri) for uri in uris)
    return [path for path in found if path is not None and "/.git/" not in path.replace("\\", "/")]
