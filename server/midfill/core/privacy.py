"""Files that are never read for completion: files with secrets, and files that the user excludes."""

import re
from collections.abc import Sequence
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from midfill.core.secret_files import (
    COPIES,
    COPY_BEGINNINGS,
    OPEN_NAMES,
    SECRET_FOLDERS,
    SECRET_NAMES,
    SPACED_COPIES,
)

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MAX_NAME = 512
"""Maximum characters of a name that are checked; file systems allow 255."""

MARKS = 4
"""Maximum number of copy suffixes that are removed from a name, as in `.env.bak~`."""

STARS = 3
"""Maximum stars in one part of a glob, and maximum `**` in all of it; hand-written globs have two."""


def is_secret(path: str) -> bool:
    """Return whether a file of this path usually holds secrets.

    `path` is a POSIX or Windows path, absolute or not, or a URI of any scheme. Copies by editors and people
    (`.env.bak`, `id_rsa~`, `Copy of .env`) are as secret as their originals.
    """
    return any(_is_secret(_REPEATED.sub("/", f"/{plain.casefold()}")) for plain in _readings(path))


def _is_secret(plain: str) -> bool:
    folder, _, name = plain.rpartition("/")
    names = _originals(name[-MAX_NAME:])
    if _FOLDERS.search(plain + "/") or any(_FOLDERS.search(f"{folder[-MAX_NAME:]}/{one}/") for one in names):
        return True
    return any(map(_NAMES.match, names)) and not any(map(_OPEN.match, names))


def _originals(name: str) -> set[str]:
    """Return `name`, and the names it may be a copy of; Vim puts a dot before the name of its swap file."""
    bare = _BEGINNING.sub("", name.removesuffix("::$data").rstrip(". "))  # Windows drops these characters.
    found = {name}
    for _ in range(MARKS):
        stem, dot, ending = bare.rpartition(".")
        found |= {bare, _SPACED.sub("", stem) + dot + ending}
        bare = _COPY.sub("", bare.removesuffix("#"))
    return found | {original.removeprefix(".") for original in found}


def is_off(path: str, globs: Sequence[str], root: str = "") -> bool:
    """Return whether the user's `globs`, in .gitignore syntax, match this path.

    They are anchored at the folder `root` if it contains the path. Otherwise a glob without a leading slash matches at
    every depth (`private/**` matches `/home/me/private/a.py`), and any other from the root of the file system. `path`
    and `root` are paths or URIs as for `is_secret`. An invalid glob matches nothing.
    """
    if not globs:
        return False
    base = _readings(root)[0].rstrip("/") + "/"
    return any(_names(globs, plain, base) for plain in _readings(path))


def _names(globs: Sequence[str], plain: str, base: str) -> bool:
    inner = plain.removeprefix(base)
    inside = base != "/" and inner != plain
    rules = globs if inside else [_anywhere(glob) for glob in globs]
    return bool(inner) and _spec(tuple(rules)).match_file(inner.lstrip("/"))


def _anywhere(glob: str) -> str:
    """Return a glob without an anchor as one that matches at every depth."""
    no, bare = ("!", glob[1:]) if glob.startswith("!") else ("", glob)
    return glob if not bare or bare.startswith(("/", "#")) else f"{no}**/{bare}"


@lru_cache(maxsize=16)
def _spec(globs: tuple[str, ...]) -> "GitIgnoreSpec":
    """Return the rules of the valid globs."""
    from pathspec import GitIgnoreSpec  # Imported here: most users have no globs, and it takes 20 ms.

    return GitIgnoreSpec.from_lines(filter(_is_readable, map(bounded, globs)))


def bounded(glob: str) -> str:
    """Return a glob that is matched quickly and matches at least the same files.

    A regular expression of many stars takes minutes for one path. A glob with `!` matches nothing.
    """
    parts = [_bounded_part(part) for part in glob.split("/")]
    if parts.count("**") > STARS:
        first, last = parts.index("**"), len(parts) - 1 - parts[::-1].index("**")
        parts[first : last + 1] = ["**"]
    found = "/".join(parts)
    return "" if found != glob and glob.startswith("!") else found


def _bounded_part(part: str) -> str:
    pieces = _STAR.split(part)
    return part if len(pieces) <= STARS + 1 else f"{pieces[0]}*{pieces[-1]}"


def _is_readable(glob: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([glob])
    except ValueError:  # pathspec raises it for a lone "!" or a trailing backslash.
        return False
    return True


def _readings(path: str) -> list[str]:
    """Return a path or URI as paths with forward slashes; the escapes of a URI are decoded.

    A URI with `#` or `?` has two readings: some clients do not escape these characters of a file name.
    """
    found = [path]
    if scheme := _SCHEME.match(path):
        rest = path[scheme.end() :]
        found = [unquote(reading) for reading in dict.fromkeys((rest, _FRAGMENT.split(rest, maxsplit=1)[0]))]
    return [reading.replace("\\", "/") for reading in found]


class _Globs:
    """Names by globs. Most are one name or one ending, which avoids compiling a large regular expression."""

    def __init__(self, globs: Sequence[str]) -> None:
        self._names = frozenset(glob for glob in globs if not _WILD.search(glob))
        self._endings = tuple(glob[1:] for glob in globs if glob[0] == "*" and not _WILD.search(glob[1:]))
        rest = [glob for glob in globs if glob not in self._names and glob[1:] not in self._endings]
        self._others = re.compile("|".join(map(translate, rest)))

    def match(self, name: str) -> bool:
        return name in self._names or name.endswith(self._endings) or bool(self._others.fullmatch(name))


_WILD = re.compile(r"[*?[]")
# At least two letters: one letter and a colon is a Windows drive.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(?://)?")
_STAR = re.compile(r"\*+")
_FRAGMENT = re.compile(r"[?#]")
_REPEATED = re.compile(r"/(?:\.?/)+")
_COPY = re.compile(f"(?:{'|'.join((*COPIES, SPACED_COPIES))})$")
_SPACED = re.compile(f"(?:{SPACED_COPIES})$")
_BEGINNING = re.compile(f"^(?:{'|'.join(COPY_BEGINNINGS)})")
_NAMES = _Globs(SECRET_NAMES)
_OPEN = _Globs(OPEN_NAMES)
_FOLDERS = re.compile("|".join(f"/{re.escape(folder)}/" for folder in SECRET_FOLDERS))
