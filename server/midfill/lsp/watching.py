"""Files that were saved or have changed on the disk, as the client tells of them."""

import asyncio
from collections.abc import Callable, Iterable

from midfill.lsp.client import Client
from midfill.lsp.framing import Message
from midfill.lsp.outgoing import Outgoing
from midfill.lsp.progress import IndexProgress
from midfill.lsp.service import Service
from midfill.workspace import to_path


class Watching:
    """Keeps the index up to date between two looks of its own."""

    def __init__(self, outgoing: Outgoing, service: Service) -> None:
        self._outgoing = outgoing
        self._indexes = service.surveyor.indexes

    def saved(self, message: Message) -> None:
        """Take a `textDocument/didSave`."""
        self._in_thread(self._indexes.saved, [message["params"]["textDocument"]["uri"]])

    def changed(self, message: Message) -> None:
        """Take a `workspace/didChangeWatchedFiles`."""
        self._in_thread(self._indexes.touched, [event["uri"] for event in message["params"]["changes"]])

    def follow(self, client: Client) -> None:
        """Ask to be told of files that change, and show how far an index is, as far as the client can."""
        if client.shows_progress:
            self._indexes.tell = IndexProgress(self._outgoing).hear
        if client.watches:
            registration = {
                "id": "midfill-files",
                "method": "workspace/didChangeWatchedFiles",
                "registerOptions": {"watchers": [{"globPattern": "**/*"}]},
            }
            self._outgoing.request("client/registerCapability", {"registrations": [registration]})

    @staticmethod
    def _in_thread(take: Callable[[list[str]], None], uris: Iterable[str]) -> None:
        """Have files taken by the indexes, which look where their links lead to."""
        if paths := _paths(uris):
            asyncio.get_running_loop().run_in_executor(None, take, paths)


def _paths(uris: Iterable[str]) -> list[str]:
    """Return the paths of files; what git writes for itself is none of the project's."""
    found = (to_path(uri) for uri in uris)
    return [path for path in found if path is not None and "/.git/" not in path.replace("\\", "/")]
