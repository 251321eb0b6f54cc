"""`midfill index`: shows, builds, rebuilds and removes the index of a folder."""

import argparse
import json
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from midfill.cli.terminal import DIM, OutputError, painted, say, show, show_json
from midfill.settings import load
from midfill.workspace.index.index import IndexStatus, status
from midfill.workspace.index.index_location import DATABASE, LOCK, index_path_of, remove_index
from midfill.workspace.index.lock import IndexLockedError, locked
from midfill.workspace.index.reader import BrokenIndexError, IndexReader
from midfill.workspace.index.update import UpdateProgress, update
from midfill.workspace.index.update_process import decoded_job, lower_priority

BAR_WIDTH = 30
"""Characters of the progress bar."""
BAR_INTERVAL_S = 0.1
"""Minimum seconds between two updates of the progress bar."""


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Execute the action on a folder's index, and return the exit code."""
    folder = Path(os.path.realpath(arguments.folder))
    if not folder.is_dir():
        say(f"{arguments.folder} is not a folder; name the folder that is open in your editor")
        return 2
    try:
        if arguments.background:
            return _in_background(folder)
        if arguments.what == "status":
            return _status(folder, arguments.json)
        if arguments.what == "clear":
            return _clear(folder)
        return _update(folder, arguments.what == "rebuild", environ)
    except OutputError:
        raise
    except (IndexLockedError, OSError, sqlite3.Error) as error:
        say(f"the index of {folder} cannot be used: {_reason(error)}")
        return 2


def _reason(error: Exception) -> str:
    """Return an error with what may be the cause, where SQLite does not know it: a limit on files, or a quota."""
    return (
        f"{error}; the disk, a quota or a limit on files may be full" if "I/O" in str(error) else str(error)
    )


def found(folder: Path) -> IndexStatus:
    """Return the status of a folder's index; a broken one counts as missing."""
    reader = IndexReader(folder, index_path_of(folder) / DATABASE, ())
    try:
        return status(folder, reader)
    except BrokenIndexError:
        return IndexStatus(str(folder), str(index_path_of(folder)), "missing")
    finally:
        reader.close()


def status_text(known: IndexStatus) -> str:
    """Return the status of an index as text."""
    if known.state == "missing":
        return "none yet; the server builds it when an editor opens the folder"
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(known.updated))
    text = (
        f"{known.files:,} files, {known.bytes / 1e6:,.1f} MB; {known.disk / 1e6:,.1f} MB on disk, of {when}"
    )
    return {"partial": f"{text}; not whole: {known.short}", "building": f"{text}; not finished yet"}.get(
        known.state, text
    )


def _status(folder: Path, as_json: bool) -> int:
    known = found(folder)
    if as_json:
        show_json(known._asdict())
    else:
        show(f"{known.workspace}: {status_text(known)}")
        show(known.place)
    return 0


def _clear(folder: Path) -> int:
    index_path = index_path_of(folder)
    if index_path.exists():
        with locked(index_path / LOCK, wait_s=0):
            (index_path / DATABASE).unlink(missing_ok=True)
        remove_index(index_path)
    show(f"{folder}: the index is removed")
    return 0


def _update(folder: Path, fresh: bool, environ: Mapping[str, str]) -> int:
    loaded = load(environ, workspaces=[folder])
    for problem in loaded.problems:
        say(str(problem))
    if loaded.blocking:
        return 2
    bar = _Bar(environ)
    update(folder, loaded.settings.trigger.paths_off, fresh=fresh, on_progress=bar.show)
    bar.clear()
    return _status(folder, as_json=False)


class _Bar:
    """A progress bar on a terminal; elsewhere it prints nothing."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._shown = 0.0

    def show(self, progress: UpdateProgress) -> None:
        """Show the progress, ten times a second."""
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self._shown < BAR_INTERVAL_S:
            return
        self._shown = now
        full = BAR_WIDTH * progress.done // max(progress.of, 1)
        rest = painted("─" * (BAR_WIDTH - full), DIM, sys.stderr, self._environ)
        sys.stderr.write(f"\r{'━' * full}{rest} {progress.done:,} of {progress.of:,} files")
        sys.stderr.flush()

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def _in_background(folder: Path) -> int:
    """Do the job on standard input for a server, and end when its input closes."""
    lower_priority()
    job = decoded_job(sys.stdin.readline())
    threading.Thread(target=_end_with_server, daemon=True).start()
    short = update(
        folder, job.excluded_globs, job.paths, fresh=job.fresh, on_progress=_ProgressReporter().report
    )
    print(json.dumps({"short": short}), flush=True)
    return 0


def _end_with_server() -> None:
    while sys.stdin.readline():
        pass
    os._exit(130)


class _ProgressReporter:
    """Reports the progress to a server."""

    def __init__(self) -> None:
        self._reported_at = 0.0

    def report(self, progress: UpdateProgress) -> None:
        """Report it twice a second."""
        if (now := time.monotonic()) - self._reported_at >= 0.5:
            self._reported_at = now
            print(json.dumps(progress._asdict()), flush=True)
