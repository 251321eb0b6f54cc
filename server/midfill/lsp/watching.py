"""The client's reports of saved files and of files that changed on disk."""

import asyncio
from collections.abc import Callable, Iterable

from midfill.lsp.client import Client
from midfill.lsp.framing import Message
from midfill.lsp.outgoing import Outgoing
from midfill.lsp.progress import IndexProgress
from midfill.lsp.service import Service
from midfill.workspace import to_path


class WatchedFiles:
    """Updates the index between two scans."""

    def __init__(self, outgoing: Outgoing, service: Service) -> None:
        self._outgoing = outgoing
        self._indexes = service.collector.indexes

    def saved(self, message: Message) -> None:
        """Handle `textDocument/didSave`."""
        self._in_thread(self._indexes.saved, [message["params"]["textDocument"]["uri"]])

    def changed(self, message: Message) -> None:
        """Handle `workspace/didChangeWatchedFiles`."""
        self._in_thread(self._indexes.files_changed, [event["uri"] for event in message["params"]["changes"]])

    def follow(self, client: Client) -> None:
        """Register for changes of files, and show the progress of an index, if the client supports these."""
        if client.shows_progress:
            self._indexes.on_progress = IndexProgress(self._outgoing).report
        if client.watches:
            registration = {
                "id": "midfill-files",
                "method": "workspace/didChangeWatchedFiles",
                "registerOptions": {"watchers": [{"globPattern": "**/*"}]},
            }
            self._outgoing.request("client/registerCapability", {"registrations": [registration]})

    @staticmethod
    def _in_thread(take: Callable[[list[str]], None], uris: Iterable[str]) -> None:
        """Pass files to the indexes, which resolve their links."""
        if paths := _paths(uris):
            asyncio.get_running_loop().run_in_executor(None, take, paths)


def _paths(uris: Iterable[str]) -> list[str]:
    """Return the paths of files, without git's own."""
    found = (to_path(uri) for uri in uris)
    return [path for path in found if path is not None and "/.git/" not in path.replace("\\", "/")]
