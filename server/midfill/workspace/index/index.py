"""The index of one workspace in the server: searched at any time, updated in the background."""

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from midfill.core.context.snippet import Snippet
from midfill.workspace.ignores import IGNORE_FILES
from midfill.workspace.index.git_state import stamp
from midfill.workspace.index.index_location import DATABASE, disk_size, index_path_of
from midfill.workspace.index.open_document import OpenDocumentText
from midfill.workspace.index.reader import BrokenIndexError, IndexReader
from midfill.workspace.index.update import UpdateProgress
from midfill.workspace.index.update_process import UpdateJob, relative_paths, start_update, wait_for_update

UPDATE_DELAY_S = 0.5
"""Seconds before an update, to collect further changes."""
GIT_CHECK_S = 2.0
"""Minimum seconds between two checks whether git has changed the files (`git_state`)."""
RESCAN_S = 600.0
"""Seconds after which a workspace in use is scanned again for unreported changes."""
MAX_CHANGED_FILES = 200
"""Number of files changed at once, as by a branch switch, from which the whole workspace is scanned."""

logger = logging.getLogger(__name__)


class IndexStatus(NamedTuple):
    """The content of an index, and the state of its updates."""

    workspace: str
    place: str
    state: Literal["missing", "building", "partial", "ready"]
    files: int = 0
    chunks: int = 0
    bytes: int = 0
    """Bytes of the indexed files."""
    disk: int = 0
    """Bytes of the index itself."""
    updated: float = 0.0
    """Seconds since the epoch; 0 means never."""
    short: str = ""
    """Why it is incomplete."""
    progress: UpdateProgress | None = None


class Index:
    """Searches a workspace's files; thread-safe. The owner calls `open` and `close`."""

    def __init__(
        self,
        workspace: Path,
        excluded_globs: Sequence[str] = (),
        on_progress: Callable[[UpdateProgress], None] | None = None,
    ) -> None:
        self._workspace = workspace
        self._excluded_globs = tuple(excluded_globs)
        self._on_progress = on_progress
        self._index_path = index_path_of(workspace)
        self._reader = IndexReader(workspace, self._index_path / DATABASE, excluded_globs)
        self._opened: dict[str, OpenDocumentText] = {}
        self._next_job: UpdateJob | None = UpdateJob(self._excluded_globs)
        self._process: subprocess.Popen[str] | None = None
        self._progress: UpdateProgress | None = None
        self._stamp, self._checked, self._scanned = stamp(workspace), time.monotonic(), time.monotonic()
        self._closed = self._reported_short = False
        self._condition = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="index", daemon=True)

    @classmethod
    def open(
        cls,
        folder: str | Path,
        excluded_globs: Sequence[str] = (),
        on_progress: Callable[[UpdateProgress], None] | None = None,
    ) -> "Index":
        """Return the index of a folder, and update it in the background.

        `excluded_globs` are the user's globs of excluded files. `on_progress` is called with the progress of an update,
        in the index's thread.
        """
        index = cls(Path(os.path.realpath(folder)), excluded_globs, on_progress)
        index._thread.start()
        return index

    def search(self, words: Sequence[str], limit: int, skip: Collection[str] = ()) -> list[Snippet]:
        """Return the lines that share the rarest of `words`, the best first, without the files `skip`."""
        self._scan_for_changes()
        with self._condition:
            opened = dict(self._opened)
        try:
            return self._reader.search(words, limit, {skip} if isinstance(skip, str) else set(skip), opened)
        except BrokenIndexError as error:
            self._rebuild(error)
            return []

    def definitions(self, names: Sequence[str], limit: int) -> list[Snippet]:
        """Return the definitions of these names: signature, fields and the comment above; the rarest names first."""
        self._scan_for_changes()
        with self._condition:
            opened = dict(self._opened)
        try:
            return self._reader.definitions(names, limit, opened)
        except BrokenIndexError as error:
            self._rebuild(error)
            return []

    def changed(self, path: str, text: str | None) -> None:
        """Set the text of an open document; None if it was saved or closed, so that the file on disk counts."""
        for inner in relative_paths(self._workspace, [path]):
            with self._condition:
                if text is not None:
                    self._opened[inner] = OpenDocumentText(inner, text)
                    return
                self._opened.pop(inner, None)
            self._update_files((inner,))

    def files_changed(self, paths: Sequence[str]) -> None:
        """Note files that were changed or deleted on disk; above a limit the whole workspace is scanned."""
        inner = relative_paths(self._workspace, paths)
        if inner:
            self._update_files(inner)

    def _update_files(self, inner: tuple[str, ...]) -> None:
        if len(inner) > MAX_CHANGED_FILES or {*IGNORE_FILES}.intersection(map(os.path.basename, inner)):
            self._reader.forget()
            self._request_update(UpdateJob(self._excluded_globs))
        else:
            self._request_update(UpdateJob(self._excluded_globs, inner))

    def opened(self) -> dict[str, str]:
        """Return the texts of unsaved open documents, by path within the workspace."""
        with self._condition:
            return {path: document.text for path, document in self._opened.items()}

    def status(self) -> IndexStatus:
        """Return the status of the index."""
        with self._condition:
            progress, busy = self._progress, self._process is not None or self._next_job is not None
        try:
            found = status(self._workspace, self._reader)
        except BrokenIndexError as error:
            self._rebuild(error)
            found = IndexStatus(str(self._workspace), str(self._index_path), "missing")
        return found._replace(progress=progress, state="building" if busy else found.state)

    def wait(self, seconds: float) -> bool:
        """Wait until no update is pending; return whether that happened in time."""
        with self._condition:
            return self._condition.wait_for(lambda: self._next_job is None and self._process is None, seconds)

    def close(self) -> None:
        """Stop the background work."""
        with self._condition:
            self._closed = True
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()  # The process ends for this.
            self._condition.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        self._reader.close()

    def _rebuild(self, error: BrokenIndexError) -> None:
        logger.warning("the index of %s is broken (%s), and is rebuilt", self._workspace, error)
        self._request_update(UpdateJob(self._excluded_globs, fresh=True))

    def _scan_for_changes(self) -> None:
        """Check now and then for changes that were not reported, by git or over time."""
        now = time.monotonic()
        if now - self._checked < GIT_CHECK_S:
            return
        self._checked, before = now, self._stamp
        self._stamp = stamp(self._workspace)
        if self._stamp != before or now - self._scanned > RESCAN_S:
            self._reader.forget()
            self._request_update(UpdateJob(self._excluded_globs))

    def _request_update(self, job: UpdateJob) -> None:
        with self._condition:
            self._next_job = job if self._next_job is None else self._next_job.with_more(job)
            self._condition.notify_all()

    def _work(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._closed or self._next_job is not None)
                self._condition.wait_for(lambda: self._closed, UPDATE_DELAY_S)
                if self._closed or self._next_job is None:
                    return
                job, self._next_job = self._next_job, None
                try:
                    self._process = start_update(self._workspace, job)
                except OSError as error:
                    logger.warning("the workspace is not indexed: %s", error)
                    return
            self._follow(self._process, job)

    def _follow(self, process: "subprocess.Popen[str]", job: UpdateJob) -> None:
        try:
            short = wait_for_update(process, self._on_update_progress)
            if short and not self._reported_short:
                self._reported_short = True
                logger.warning("the index of %s has %s", self._workspace, short)
        except (OSError, ValueError) as error:
            if not self._closed:
                logger.warning("the index of %s is not up to date: %s", self._workspace, error)
        if self._progress is not None:
            self._on_update_progress(
                self._progress._replace(done=self._progress.of)
            )  # The update has ended, whatever its result.
        with self._condition:
            self._process = self._progress = None
            if job.paths is None:
                self._scanned = time.monotonic()
            self._condition.notify_all()

    def _on_update_progress(self, progress: UpdateProgress) -> None:
        self._progress = progress
        if self._on_progress is not None:
            self._on_progress(progress)


def status(workspace: Path, reader: IndexReader) -> IndexStatus:
    """Return the status of a workspace's index on disk. Raises BrokenIndexError."""
    index_path = index_path_of(workspace)
    facts = reader.facts()
    if not facts:
        return IndexStatus(str(workspace), str(index_path), "missing")
    short = str(facts.get("short", ""))
    state: Literal["building", "partial", "ready"] = "ready" if facts.get("finished") else "building"
    return IndexStatus(
        str(workspace),
        str(index_path),
        "partial" if short else state,
        int(facts["files"]),
        int(facts["chunks"]),
        int(facts["bytes"]),
        disk_size(index_path),
        float(facts.get("updated", 0)),
        short,
    )
