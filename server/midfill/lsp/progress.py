"""How far the making of an index has come, on the client's progress bar (LSP 3.18, "Work Done Progress")."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from lsprotocol import types

from midfill.lsp.pygls_server import PyglsServer
from midfill.workspace.index.update import Progress

LEAST = 200
"""Files from which an update is shown; one of fewer is over at once."""


class IndexProgress:
    """The progress bars of a client, one for each folder whose index is made. For the loop's thread, but for `hear`."""

    def __init__(self, pygls_server: PyglsServer) -> None:
        self._pygls_server = pygls_server
        self._loop = asyncio.get_running_loop()
        self._numbers = count(1)
        self._shown: dict[Path, Callable[[Progress], None]] = {}

    def hear(self, folder: Path, progress: Progress) -> None:
        """Take note of how far the index of a folder has come; from any thread."""
        self._loop.call_soon_threadsafe(self._heard, folder, progress)

    def _heard(self, folder: Path, progress: Progress) -> None:
        if folder in self._shown:
            self._shown[folder](progress)
            if progress.done >= progress.of:
                del self._shown[folder]
        elif progress.of >= LEAST and progress.done < progress.of:
            self._shown[folder] = _Bar(
                self._pygls_server, f"midfill-index-{next(self._numbers)}", folder
            ).show


class _Bar:
    """One progress bar; nothing of it is sent before the client has made it."""

    def __init__(self, pygls_server: PyglsServer, token: str, folder: Path) -> None:
        self._pygls_server = pygls_server
        self._token = token
        self._is_there = self._is_done = False
        create = types.WorkDoneProgressCreateParams(token)
        made = pygls_server.protocol.send_request(types.WINDOW_WORK_DONE_PROGRESS_CREATE, create)
        made.add_done_callback(partial(self._begin, f"midfill reads {folder.name}"))

    def show(self, progress: Progress) -> None:
        """Show how far it is; all done, the bar goes."""
        self._is_done = progress.done >= progress.of
        if not self._is_there:
            return
        if self._is_done:
            self._send(types.WorkDoneProgressEnd())
        else:
            told = f"{progress.done:,} of {progress.of:,} files"
            self._send(
                types.WorkDoneProgressReport(message=told, percentage=100 * progress.done // progress.of)
            )

    def _begin(self, title: str, made: "Future[Any]") -> None:
        if made.cancelled() or made.exception() is not None or self._is_done:
            return
        self._is_there = True
        self._send(types.WorkDoneProgressBegin(title, percentage=0))

    def _send(
        self, value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd
    ) -> None:
        self._pygls_server.protocol.notify(types.PROGRESS, types.ProgressParams(self._token, value))
