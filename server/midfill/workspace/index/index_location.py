"""The location of a workspace's index: its own folder in the platform's cache folder."""

import os
import re
import shutil
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

DATABASE, LOCK = "index.db", "lock"


def index_path_of(workspace: Path) -> Path:
    """Return the folder of a workspace's index; `workspace` is a real path."""
    from platformdirs import user_cache_path

    readable = re.sub(r"[^\w.-]", "_", workspace.name)[:40]
    key = blake2b(os.fsencode(workspace), digest_size=8).hexdigest()
    return user_cache_path("midfill", appauthor=False) / "index" / f"{readable}-{key}"


def created(index_path: Path) -> Path:
    """Create the folder, readable only by the user, because it contains words of the user's files."""
    index_path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return index_path


def remove_index(index_path: Path) -> None:
    """Remove an index. Raises OSError."""
    if index_path.exists():
        shutil.rmtree(index_path)


def disk_size(index_path: Path) -> int:
    """Return the size of an index on disk, in bytes."""
    with suppress(OSError):
        return sum(entry.stat().st_size for entry in os.scandir(index_path))
    return 0
