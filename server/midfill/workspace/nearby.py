"""The texts of files near an open file."""

import logging
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from midfill.core.cursor import normalized_line_ends
from midfill.workspace.exclusions import Exclusions, link_paths
from midfill.workspace.ignores import Ignores, repository
from midfill.workspace.text import decoded
from midfill.workspace.uri import to_path

MAX_FILE_BYTES = 256 * 1024
"""Maximum bytes of a file; a larger file is data or generated."""
MAX_FILES = 50
"""Maximum files that one search returns."""
MAX_TOTAL_BYTES = 2 * 1024 * 1024
"""Maximum total bytes of the files of one search."""
MAX_FOLDERS = 64
"""Maximum folders whose files one search returns."""
MAX_ENTRIES = 5_000
"""Maximum folder entries of any kind that one search reads."""
PARENT_LEVELS = 3
"""Folder levels searched above the file's own."""
SUBFOLDER_LEVELS = 2
"""Folder levels searched below each of these."""

FAMILIES = (
    {".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte"},
    {".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".inl", ".m", ".mm", ".cu", ".cuh"},
    {".py", ".pyi", ".pyx"},
    {".kt", ".kts"},
    {".ml", ".mli"},
    {".ex", ".exs"},
    {".rb", ".rake"},
    {".sh", ".bash", ".zsh"},
    {".css", ".scss", ".sass", ".less"},
    {".html", ".htm"},
    {".yml", ".yaml"},
    {".md", ".markdown"},
)
"""File extensions of one language, or of languages used together."""

THIRD_PARTY_FOLDERS = frozenset(
    {"node_modules", "bower_components", "__pycache__", "site-packages", "venv", "vendor"}
)
"""Folders of third-party code that are skipped without a .gitignore; hidden folders are skipped too."""

logger = logging.getLogger(__name__)


_HOUR = 3_600_000_000_000
"""Nanoseconds."""


class NearbyFile(NamedTuple):
    r"""A file near the open one; `text` has `\n` line ends, and is the same object until the file changes."""

    path: str
    text: str


class NearbyFiles:
    """The readable files of a workspace.

    `folders` are the paths of the workspace folders, which bound the search. Without workspace folders, the file's
    repository bounds it; without a repository, the file's own folder does. `excluded_globs` holds the user's globs of
    excluded files, and `key_file` the file with the key. Secret files, ignored files and links to files outside the
    bound are never read.

    The class is thread-safe.
    """

    def __init__(
        self, folders: Sequence[str | Path] = (), excluded_globs: Sequence[str] = (), key_file: str = ""
    ) -> None:
        self._roots = [Path(os.path.realpath(folder)) for folder in folders]
        self._exclusions = Exclusions(tuple(map(str, self._roots)), tuple(excluded_globs), key_file)
        self._texts: dict[Path, tuple[_File, str | None]] = {}
        self._lock = threading.Lock()

    def files_near(self, uri: str) -> tuple[NearbyFile, ...]:
        """Return the files of the same language near the file of `uri`, the most relevant first.

        Files of its own folder come first, then those of subfolders, parent folders and sibling folders. In each
        folder, files with a similar name come first, then the most recently changed.
        """
        path = to_path(uri)
        if path is None:
            return ()
        own = Path(os.path.realpath(path))
        root = self._root(own)
        if root is None:
            return ()
        with self._lock:
            return tuple(self._within_limits(_Walk(own, root, self._exclusions)))

    def _root(self, own: Path) -> Path | None:
        """Return the folder that bounds the search for a file; None if the file is outside the workspace."""
        if not self._roots:
            return repository(own.parent) or own.parent
        around = [root for root in self._roots if own.is_relative_to(root)]
        return max(around, key=lambda root: len(root.parts), default=None)

    def _within_limits(self, walk: "_Walk") -> Iterator[NearbyFile]:
        count = total = 0
        for file in walk.files():
            if total + file.size <= MAX_TOTAL_BYTES and (text := self._text(file)):
                yield NearbyFile(str(file.path), text)
                count, total = count + 1, total + file.size
            if count == MAX_FILES:
                return

    def _text(self, file: "_File") -> str | None:
        """Return the text of a file, which is read again only after a change."""
        if (known := self._texts.get(file.path)) and known[0] == file:
            return known[1]
        if len(self._texts) >= 4 * MAX_FILES:
            self._texts.clear()
        text = _read(file.path)
        self._texts[file.path] = file, text
        return text


class _File(NamedTuple):
    path: Path
    modified_ns: int
    """Modification time in nanoseconds of the file system's clock."""
    size: int


class _Walk:
    """One search around a file, the most relevant files first."""

    def __init__(self, own: Path, root: Path, exclusions: Exclusions) -> None:
        self._own = own
        self._root = root
        # Without a workspace the globs count at every depth, and as if the repository were one.
        self._exclusions = {exclusions, replace(exclusions, folders=exclusions.folders or (str(root),))}
        self._ignores = _rules(root)
        self._family = family(own)
        self._listings: dict[Path, tuple[list[Path], list[_File]]] = {}
        self._entries = 0

    def files(self) -> Iterator[_File]:
        """Yield the readable files near `own`, from at most `MAX_FOLDERS` folders."""
        if self._ignores.is_any_ignored(self._own.parent):
            return
        for folder in islice(self._folders(), MAX_FOLDERS):
            yield from sorted(self._list_folder(folder)[1], key=self._rank)

    def _rank(self, file: _File) -> tuple[bool, int, Path]:
        """Return the sort key of a file: names similar to `own`'s first, then the newest.

        Times are compared in whole hours: a fresh clone writes its files in any order, and results must be the same.
        """
        one, other = self._own.stem.lower(), file.path.stem.lower()
        return one not in other and other not in one, -(file.modified_ns // _HOUR), file.path

    def _folders(self) -> Iterator[Path]:
        """Yield the file's folder and its subfolders, then those of each parent folder; each folder once."""
        seen = set()
        for top in [self._own.parent, *self._own.parent.parents][: PARENT_LEVELS + 1]:
            if not top.is_relative_to(self._root):
                return
            for folder in self._below(top):
                if folder not in seen:
                    seen.add(folder)
                    yield folder

    def _below(self, top: Path) -> Iterator[Path]:
        level = [top]
        for _ in range(SUBFOLDER_LEVELS + 1):
            yield from level
            level = [inner for folder in level for inner in self._list_folder(folder)[0]]

    def _list_folder(self, folder: Path) -> tuple[list[Path], list[_File]]:
        """Return the readable subfolders and files of a folder, which is read only once."""
        if folder not in self._listings:
            folders, files = self._listings[folder] = [], []
            for entry in self._listing(folder):
                try:
                    self._sort_in(entry, folders, files)
                except OSError as error:
                    logger.debug("skipped %s: %s", entry.path, error.strerror)
        return self._listings[folder]

    def _listing(self, folder: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                found = list(islice(entries, MAX_ENTRIES - self._entries))
        except OSError as error:
            logger.debug("skipped %s: %s", folder, error.strerror)
            return []
        self._entries += len(found)
        return sorted(found, key=lambda entry: entry.name)

    def _sort_in(self, entry: os.DirEntry[str], folders: list[Path], files: list[_File]) -> None:
        """Add an entry to `folders` or `files` if it is readable."""
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            if not (
                entry.name.startswith(".")
                or entry.name in THIRD_PARTY_FOLDERS
                or self._ignores.is_ignored(path, folder=True)
            ):
                folders.append(path)
        elif _ending(path) in self._family and entry.is_file() and self._is_allowed(entry, path):
            stat = entry.stat()
            if stat.st_size <= MAX_FILE_BYTES:
                files.append(_File(path, stat.st_mtime_ns, stat.st_size))

    def _is_allowed(self, entry: os.DirEntry[str], path: Path) -> bool:
        """Return whether a file may be read; for a link, its target must be readable too."""
        names = link_paths(str(path)) if entry.is_symlink() else (str(path),)
        real = Path(os.path.realpath(path)) if entry.is_symlink() else path
        return (
            real != self._own
            and real.is_relative_to(self._root)
            and not any(exclusions.why(str(path), names) for exclusions in self._exclusions)
            and not self._ignores.is_ignored(path)
        )


def _rules(root: Path) -> Ignores:
    """Return the ignore files for `root`: those of its repository, unless they ignore all of `root`."""
    rules = Ignores(repository(root) or root)
    return Ignores(root) if rules.is_any_ignored(root) else rules


def family(path: str | Path) -> frozenset[str]:
    """Return the file extensions related to the language of `path`."""
    ending = _ending(Path(path))
    return next((frozenset(family) for family in FAMILIES if ending in family), frozenset({ending}))


def _ending(path: Path) -> str:
    """Return the file extension in lower case; the whole name if it has none (Makefile)."""
    return (path.suffix or path.name).lower()


def _read(path: Path) -> str | None:
    """Return the text of a file; None if it is unreadable or not text."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES)
    except OSError as error:
        logger.debug("skipped %s: %s", path, error.strerror)
        return None
    text = decoded(data)
    return None if text is None else normalized_line_ends(text)
