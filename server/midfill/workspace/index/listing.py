"""The files of a workspace: those that git would list; without git, those that no ignore file excludes."""

import os
import shutil
import stat
import subprocess
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from midfill.workspace.ignores import repository
from midfill.workspace.index.visibility import Visibility, ignores_for
from midfill.workspace.nearby import THIRD_PARTY_FOLDERS

MAX_FILE_BYTES = 1_000_000
"""Maximum bytes of a file in the index; larger ones are data or generated."""
GIT_TIMEOUT_S = 60
"""Maximum seconds of one call of git."""
_GIT = ("--no-optional-locks", "-c", "core.fsmonitor=false")
"""A repository's own configuration could name a program in `core.fsmonitor`."""
_LIST = ("--literal-pathspecs", "ls-files", "-z", "--exclude-standard")
_MAX_ARGUMENTS = 500
"""Maximum number of paths in one call of git."""


class ListedFile(NamedTuple):
    """A file on disk."""

    path: str
    """Relative to the workspace, with `/`."""
    size: int
    modified_ns: int
    """Modification time in nanoseconds of the file system's clock."""


def listed_files(
    workspace: Path, excluded_globs: Sequence[str], paths: Collection[str] | None = None
) -> Iterator[ListedFile]:
    """Yield the files that an index may contain: all of a workspace, or those among `paths`."""
    visibility = Visibility(workspace, excluded_globs)
    for path in _names(workspace, paths):
        if visibility.may_be_indexed(path) and (file := _file(workspace, path)):
            yield file


def _file(workspace: Path, path: str) -> ListedFile | None:
    """Return a regular file that is neither empty nor too large; links are not followed."""
    try:
        path.encode()
        found = os.lstat(os.path.join(workspace, path))
    except (OSError, UnicodeEncodeError):  # A name that is not UTF-8, which no editor's URI can express.
        return None
    if not stat.S_ISREG(found.st_mode) or not 0 < found.st_size <= MAX_FILE_BYTES:
        return None
    return ListedFile(path, found.st_size, found.st_mtime_ns)


def _names(workspace: Path, paths: Collection[str] | None) -> Iterable[str]:
    if repository(workspace) is not None and not _is_ignored(workspace):
        names = _git_names(workspace, paths)
        if names is not None:
            return _without_midfillignored(workspace, names)
    walked = _walked(workspace)
    return walked if paths is None else set(paths).intersection(walked)


def _is_ignored(workspace: Path) -> bool:
    """Return whether the repository around a workspace ignores all of it."""
    return _git(workspace, "check-ignore", "-q", ".") is not None


def _git_names(workspace: Path, paths: Collection[str] | None) -> list[str] | None:
    """Return the files that git lists; None if git is missing or fails."""
    groups = [[]] if paths is None else _groups(sorted(paths))
    found: list[str] = []
    for group in groups:
        names = _git(workspace, *_LIST, "-co", "--", *group)
        tracked = _git(workspace, *_LIST, "-ci", "--", *group)
        if names is None or tracked is None:
            return None
        ignored = set(tracked)
        found += dict.fromkeys(name for name in names if name not in ignored)
    return found


def _groups(paths: list[str]) -> list[list[str]]:
    return [paths[start : start + _MAX_ARGUMENTS] for start in range(0, len(paths), _MAX_ARGUMENTS)]


def _git(workspace: Path, *arguments: str) -> list[str] | None:
    """Return git's output as names; None if it fails. A git inside the workspace itself is never run."""
    program = shutil.which("git")
    if program is None or Path(os.path.realpath(program)).is_relative_to(workspace):
        return None
    try:
        done = subprocess.run(  # noqa: S603 (the arguments are ours, and paths behind `--`)
            [program, *_GIT, *arguments],
            cwd=workspace,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=GIT_TIMEOUT_S,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]


def _without_midfillignored(workspace: Path, names: Sequence[str]) -> Iterator[str]:
    """Yield the git files that no .midfillignore excludes; most workspaces have none."""
    folders = [*_folders(names), *map(str, workspace.parents)]
    if not any(os.path.exists(os.path.join(workspace, folder, ".midfillignore")) for folder in folders):
        yield from names
        return
    visibility = Visibility(workspace)
    yield from (name for name in names if not visibility.is_ignored(workspace / name))


def _folders(names: Iterable[str]) -> set[str]:
    """Return the folders that contain these files, at any depth; empty is the workspace itself."""
    found: set[str] = set()
    for name in names:
        folder = os.path.dirname(name)
        while folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)
    return found


def _walked(workspace: Path) -> Iterator[str]:
    """Yield the files that no ignore file excludes, without hidden folders and folders of third-party code."""
    ignores = ignores_for(workspace)
    for place, folders, files in os.walk(workspace):
        folder = Path(place)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in THIRD_PARTY_FOLDERS
            and not ignores.is_ignored(folder / name, folder=True)
        )
        for name in sorted(files):
            if not ignores.is_ignored(folder / name):
                yield (folder / name).relative_to(workspace).as_posix()
