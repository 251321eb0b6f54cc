"""The token that a client on a socket has to know."""

import os
import secrets
import shlex
import sys
from pathlib import Path

MOST = 4096
"""Bytes of a token file that are read."""


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(32)


def token_in(name: str) -> str:
    """Return the token in a file that only the user can read, which is made if it is missing.

    Raises OSError or ValueError, in words for the user.
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
        token = file.read(MOST).decode("utf-8", "replace").strip()
    if not token:
        raise ValueError(f"{path} is empty: it must hold the token; remove it, and midfill makes a new one")
    return token
