"""The token of a client on a socket."""

import os
import secrets
import shlex
import sys
from pathlib import Path

MAX_BYTES = 4096
"""Maximum bytes of a token file."""


def new_token() -> str:
    """Return a random token."""
    return secrets.token_urlsafe(32)


def read_or_create_token(name: str) -> str:
    """Return the token in a file that only the user can read; a missing file is created.

    Raises OSError or ValueError with a message for the user.
    """
    path = Path(name)
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _known(path)
    with open(file, "w", encoding="ascii") as new:
        token = new_token()
        new.write(f"{token}\n")
    return token


def _known(path: Path) -> str:
    with path.open("rb") as file:
        if sys.platform != "win32" and os.fstat(file.fileno()).st_mode & 0o077:
            advice = f"run: chmod 600 {shlex.quote(str(path))}"
            raise PermissionError(f"{path} can be read by others than you, and is not used; {advice}")
        token = file.read(MAX_BYTES).decode("utf-8", "replace").strip()
    if not token:
        raise ValueError(f"{path} is empty: it must hold the token; remove it, and midfill makes a new one")
    return token
