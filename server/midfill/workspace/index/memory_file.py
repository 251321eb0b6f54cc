"""A memory of the embedded engine as a file: written once, then mapped, so that servers share it.

The text comes first, so that its offsets are file offsets; then the numbers, the list of files, and the length of each
part.
"""

import json
import mmap
import os
import struct
import sys
from array import array
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from midfill.core.lookup import Memory, MemoryText, join_files, suffix_array

_FOOTER = struct.Struct("<8s6Q")
_MAGIC = b"midfill1"
_PADDING = 64
"""Line ends after the text: more than any comparison reads."""


class StoredMemory(NamedTuple):
    """A memory, and the versions of the files in it."""

    memory: Memory
    hashes: tuple[str, ...]
    """Of the files, in order."""
    outdated_paths: frozenset[str]
    """Files of the family's large memory that were deleted or changed since it was written."""


def write(
    path: Path,
    files: Sequence[tuple[str, str]],
    hashes: Mapping[str, str],
    outdated_paths: Sequence[str] = (),
) -> None:
    """Write the memory of pairs of path and text. Raises OSError."""
    text = join_files(content for _, content in files)
    content = bytes(text.bytes[:])
    starts = suffix_array(content)
    content += b"\n" * _PADDING
    metadata = {
        "paths": [name for name, _ in files],
        "hashes": [hashes[name] for name, _ in files],
        "gone": list(outdated_paths),
    }
    parts = [content, *(array("I", numbers).tobytes() for numbers in (starts, text.lines, text.files))]
    parts += [bytes(text.indents), json.dumps(metadata).encode()]
    part = path.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.writelines(parts)
        file.write(_FOOTER.pack(_MAGIC, *map(len, parts)))
    part.replace(path)


def read(path: Path) -> StoredMemory | None:
    """Return a stored memory; None if there is no readable one."""
    try:
        with path.open("rb") as file:
            return _read(_mapped(file.fileno()))
    except (
        OSError,
        ValueError,
        struct.error,
        KeyError,
    ):  # ValueError for an empty file and for invalid JSON.
        return None


def _mapped(file: int) -> Any:
    """Return a file's content; on Windows a copy, because a mapped file could not be replaced."""
    if sys.platform == "win32":
        return os.read(file, os.fstat(file).st_size)
    return mmap.mmap(file, 0, access=mmap.ACCESS_READ)


def _read(data: Any) -> StoredMemory | None:
    magic, *sizes = _FOOTER.unpack(data[len(data) - _FOOTER.size :])
    if magic != _MAGIC or sum(sizes) + _FOOTER.size != len(data):
        return None
    ends = [sum(sizes[: at + 1]) for at in range(len(sizes))]
    view = memoryview(data)
    starts, lines, files = (view[begin:end].cast("I") for begin, end in pairwise(ends[:4]))
    metadata = json.loads(data[ends[4] : ends[5]])
    text = MemoryText(data, lines, view[ends[3] : ends[4]], files)
    return StoredMemory(
        Memory(text, starts, tuple(metadata["paths"])), tuple(metadata["hashes"]), frozenset(metadata["gone"])
    )
