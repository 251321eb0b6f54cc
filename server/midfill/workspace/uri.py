"""Conversion between file: URIs and paths."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

WINDOWS = os.name == "nt"


def to_path(uri: str, *, windows: bool = WINDOWS) -> str | None:
    r"""Return the path of a file: URI; None for another scheme or an invalid path.

    RFC 8089: the host is empty or `localhost`. On Windows any other host begins a UNC path (`\\host\share`), and both
    `/c:/` and `/c%3A/` (Visual Studio Code's form) mean the drive `c:\`. Bytes that are not UTF-8 become surrogates,
    as in Python's own file names.
    """
    try:
        scheme, host, path, _, _ = urlsplit(uri.replace("?", "%3F").replace("#", "%23"))
    except ValueError:  # A host with a stray square bracket.
        return None
    path = unquote(path, errors="surrogateescape")
    if scheme.lower() != "file" or not path.startswith("/") or not _is_sound(path):
        return None
    local = host.lower() in {"", "localhost"}
    if windows:
        return _windows_path(path if local else f"//{host}{path}")
    return path if local else None


def _is_sound(path: str) -> bool:
    """Whether a path can be passed to the system: it has no null character and no half of a surrogate pair."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def to_uri(path: str) -> str:
    """Return the file: URI of a path; a relative path starts at the current folder."""
    return Path(path).absolute().as_uri()


def _windows_path(path: str) -> str:
    has_drive = path[2:3] == ":" and path[1].isascii() and path[1].isalpha()
    return path[1 if has_drive else 0 :].replace("/", "\\")
