"""The progress of building an index, on the client's progress bar (LSP 3.18, "Work Done Progress")."""

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from midfill.lsp.outgoing import Outgoing, Response
from midfill.workspace.index.update import UpdateProgress

MIN_FILES = 200
"""Minimum number of files for a progress bar; a smaller update ends at once."""


class IndexProgress:
    """The progress bars of a client, one for each folder. Only `report` is thread-safe."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        self._loop = asyncio.get_running_loop()
        self._numbers = count(1)
        self._shown: dict[Path, Callable[[UpdateProgress], None]] = {}

    def report(self, folder: Path, progress: UpdateProgress) -> None:
        """Record the progress of a folder's index; from any thread."""
        self._loop.call_soon_threadsafe(self._report, folder, progress)

    def _report(self, folder: Path, progress: UpdateProgress) -> None:
        if folder in self._shown:
            self._shown[folder](progress)
            if progress.done >= progress.of:
                del self._shown[folder]
        elif progress.of >= MIN_FILES and progress.done < progress.of:
            self._shown[folder] = _Bar(self._outgoing, f"midfill-index-{next(self._numbers)}", folder).show


class _Bar:
    """One progress bar; nothing is sent before the client has created it."""

    def __init__(self, outgoing: Outgoing, token: str, folder: Path) -> None:
        self._outgoing = outgoing
        self._token = token
        self._is_created = self._is_done = False
        then = partial(self._begin, f"midfill reads {folder.name}")
        outgoing.request("window/workDoneProgress/create", {"token": token}, then)

    def show(self, progress: UpdateProgress) -> None:
        """Show the progress; the bar is removed at the end."""
        self._is_done = progress.done >= progress.of
        if not self._is_created:
            return
        if self._is_done:
            self._send({"kind": "end"})
        else:
            message = f"{progress.done:,} of {progress.of:,} files"
            percentage = 100 * progress.done // progress.of
            self._send({"kind": "report", "message": message, "percentage": percentage})

    def _begin(self, title: str, answer: Response) -> None:
        if answer.refused or self._is_done:
            return
        self._is_created = True
        self._send({"kind": "begin", "title": title, "percentage": 0})

    def _send(self, value: dict[str, Any]) -> None:
        self._outgoing.notify("$/progress", {"token": self._token, "value": value})
