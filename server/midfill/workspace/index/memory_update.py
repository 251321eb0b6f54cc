"""Updates the memories of the embedded engine: for each family of languages a large one and one of later changes.

Sorting a whole memory takes seconds, so changes go into a second one until it is a tenth of the first.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from midfill.core.language_ids import language_id
from midfill.workspace.index import memory_file
from midfill.workspace.index.index_entry import indexable_lines
from midfill.workspace.nearby import MAX_FILE_BYTES, family
from midfill.workspace.text import decoded

MAX_FAMILY_BYTES = 6_000_000
"""Maximum bytes of a family's files in a memory; 100,000 lines take a half to two thirds of it."""
MAX_CHANGED_SHARE, MAX_CHANGED_BYTES = 0.1, 100_000
"""Changed files above both this share of all and this size make a new memory."""


class _File(NamedTuple):
    path: str
    size: int
    hash: str


def update_memories(index_path: Path, workspace: Path, connection: sqlite3.Connection) -> None:
    """Update the memories of a workspace from its index. Raises OSError or sqlite3.Error."""
    wanted = _by_family(connection)
    for name, files in wanted.items():
        _update_family(index_path, workspace, name, files)
    for path in index_path.glob("memory-*"):
        if path.stem.partition("-")[2] not in wanted:
            path.unlink(missing_ok=True)


def family_name(path: str) -> str | None:
    """Return the name of a file's family of languages; None if its language is unknown."""
    if language_id(path) == "plaintext":
        return None
    return "".join(char if char.isalnum() else "_" for char in min(family(path)))


def memory_paths(index_path: Path, name: str) -> tuple[Path, Path]:
    """Return the files of a family's large memory and of its small one."""
    return index_path / f"memory-{name}.all", index_path / f"memory-{name}.new"


def _by_family(connection: sqlite3.Connection) -> dict[str, list[_File]]:
    found: dict[str, list[_File]] = defaultdict(list)
    sizes: dict[str, int] = defaultdict(int)
    query = "SELECT path, size, hash FROM files WHERE chunks AND size <= ? ORDER BY path"
    for path, size, hashed in connection.execute(query, (MAX_FILE_BYTES,)):
        name = family_name(path)
        if name is not None and sizes[name] + size <= MAX_FAMILY_BYTES:
            found[name].append(_File(path, size, hashed.hex()))
            sizes[name] += size
    return found


def _update_family(index_path: Path, workspace: Path, name: str, files: Sequence[_File]) -> None:
    whole, new = memory_paths(index_path, name)
    old = memory_file.read(whole)
    known = {} if old is None else dict(zip(old.memory.paths, old.hashes, strict=True))
    changed = [file for file in files if known.get(file.path) != file.hash]
    outdated_paths = sorted(known.keys() - {file.path for file in files if file not in changed})
    max_changed_bytes = max(MAX_CHANGED_BYTES, MAX_CHANGED_SHARE * sum(file.size for file in files))
    if old is None or sum(file.size for file in changed) > max_changed_bytes:
        new.unlink(missing_ok=True)
        _write(whole, workspace, files, ())
    elif changed or outdated_paths:
        _write_new(new, workspace, changed, outdated_paths)
    else:
        new.unlink(missing_ok=True)


def _write_new(path: Path, workspace: Path, changed: Sequence[_File], outdated_paths: Sequence[str]) -> None:
    old = memory_file.read(path)
    wanted = tuple(file.hash for file in changed), frozenset(outdated_paths)
    if old is None or (old.hashes, old.outdated_paths) != wanted:
        _write(path, workspace, changed, outdated_paths)


def _write(path: Path, workspace: Path, files: Sequence[_File], outdated_paths: Sequence[str]) -> None:
    texts = list(_texts(workspace, files))
    memory_file.write(path, texts, {file.path: file.hash for file in files}, outdated_paths)


def _texts(workspace: Path, files: Sequence[_File]) -> Iterator[tuple[str, str]]:
    """Yield the texts without keys, tokens and data."""
    for file in files:
        text = None
        with suppress(OSError), (workspace / file.path).open("rb") as opened:
            text = decoded(opened.read(MAX_FILE_BYTES))
        yield file.path, "" if text is None else "\n".join(indexable_lines(text))
