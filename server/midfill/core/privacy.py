"""Files that are never read for completion: files with secrets, and files that the user excludes."""

import re
from collections.abc import Sequence
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from midfill.core.secret_files import (
    COPY_PREFIXES,
    COPY_SUFFIXES,
    SECRET_FOLDERS,
    SECRET_NAMES,
    SHARED_NAMES,
    SPACED_COPY_SUFFIX,
)

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MAX_NAME_CHARACTERS = 512
"""Maximum characters of a file name that are checked; file systems allow 255."""

MAX_COPY_SUFFIXES = 4
"""Maximum copy suffixes that are removed from a name, as in `.env.bak~` (our own limit)."""

MAX_STARS = 3
"""Maximum stars in one part of a glob, and maximum `**` in all of it; hand-written globs have at most two."""


def is_secret(path: str) -> bool:
    """Return whether a file of this path usually holds secrets.

    `path` is a POSIX or Windows path, absolute or not, or a URI of any scheme. Copies by editors and people
    (`.env.bak`, `id_rsa~`, `Copy of .env`) are as secret as their originals.
    """
    return any(_is_secret(_REPEATED_SLASHES.sub("/", f"/{plain.casefold()}")) for plain in _paths_of(path))


def _is_secret(plain: str) -> bool:
    """Whether a path with forward slashes, in lower case, usually holds secrets."""
    folder, _, name = plain.rpartition("/")
    names = _originals(name[-MAX_NAME_CHARACTERS:])
    if _SECRET_FOLDERS.search(plain + "/") or any(
        _SECRET_FOLDERS.search(f"{folder[-MAX_NAME_CHARACTERS:]}/{one}/") for one in names
    ):
        return True
    return any(map(_SECRET_GLOBS.match, names)) and not any(map(_SHARED_GLOBS.match, names))


def _originals(name: str) -> set[str]:
    """Return `name`, and the names of which it may be a copy; Vim's swap files have a dot before their name."""
    bare = _COPY_PREFIX.sub("", name.removesuffix("::$data").rstrip(". "))  # Windows drops these characters.
    found = {name}
    for _ in range(MAX_COPY_SUFFIXES):
        stem, dot, ending = bare.rpartition(".")
        found |= {bare, _SPACED_SUFFIX.sub("", stem) + dot + ending}
        bare = _COPY_SUFFIX.sub("", bare.removesuffix("#"))
    return found | {original.removeprefix(".") for original in found}


def is_excluded(path: str, globs: Sequence[str], root: str = "") -> bool:
    """Return whether the user's `globs`, in .gitignore syntax, match this path.

    They are anchored at the folder `root` if it contains the path. Otherwise a glob without a leading slash matches at
    every depth (`private/**` matches `/home/me/private/a.py`), and any other from the root of the file system. `path`
    and `root` are paths or URIs as for `is_secret`. An invalid glob matches nothing.
    """
    if not globs:
        return False
    base = _paths_of(root)[0].rstrip("/") + "/"
    return any(_matches(globs, plain, base) for plain in _paths_of(path))


def _matches(globs: Sequence[str], plain: str, base: str) -> bool:
    """Whether globs that are anchored at the folder `base` match a path with forward slashes."""
    inner = plain.removeprefix(base)
    inside = base != "/" and inner != plain
    rules = globs if inside else [_at_every_depth(glob) for glob in globs]
    return bool(inner) and _compiled(tuple(rules)).match_file(inner.lstrip("/"))


def _at_every_depth(glob: str) -> str:
    """Return a glob without an anchor as one that matches at every depth."""
    negation, bare = ("!", glob[1:]) if glob.startswith("!") else ("", glob)
    return glob if not bare or bare.startswith(("/", "#")) else f"{negation}**/{bare}"


@lru_cache(maxsize=16)
def _compiled(globs: tuple[str, ...]) -> "GitIgnoreSpec":
    """Return the valid globs, compiled."""
    from pathspec import GitIgnoreSpec  # Imported here: most users have no globs, and it takes 20 ms.

    return GitIgnoreSpec.from_lines(filter(_is_valid, map(simplified, globs)))


def simplified(glob: str) -> str:
    """Return a glob that is matched quickly and matches at least the same files.

    A regular expression of many stars takes minutes for one path. A glob with `!` matches nothing.
    """
    parts = [_simplified_part(part) for part in glob.split("/")]
    if parts.count("**") > MAX_STARS:
        first, last = parts.index("**"), len(parts) - 1 - parts[::-1].index("**")
        parts[first : last + 1] = ["**"]
    found = "/".join(parts)
    return "" if found != glob and glob.startswith("!") else found


def _simplified_part(part: str) -> str:
    """Return a part of a glob between slashes with at most `MAX_STARS` stars."""
    pieces = _STAR.split(part)
    return part if len(pieces) <= MAX_STARS + 1 else f"{pieces[0]}*{pieces[-1]}"


def _is_valid(glob: str) -> bool:
    """Whether pathspec accepts a glob."""
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([glob])
    except ValueError:  # pathspec raises it for a lone "!" or a trailing backslash.
        return False
    return True


def _paths_of(path: str) -> list[str]:
    """Return a path or URI as paths with forward slashes; the escapes of a URI are decoded.

    A URI with `#` or `?` gives two paths: some clients do not escape these characters of a file name.
    """
    found = [path]
    if scheme := _SCHEME.match(path):
        rest = path[scheme.end() :]
        without_query = _QUERY_OR_FRAGMENT.split(rest, maxsplit=1)[0]
        found = [unquote(plain) for plain in dict.fromkeys((rest, without_query))]
    return [plain.replace("\\", "/") for plain in found]


class _Globs:
    """Names by globs. Most are one name or one ending, which avoids compiling a large regular expression."""

    def __init__(self, globs: Sequence[str]) -> None:
        self._plain_names = frozenset(glob for glob in globs if not _WILDCARD.search(glob))
        self._endings = tuple(glob[1:] for glob in globs if glob[0] == "*" and not _WILDCARD.search(glob[1:]))
        rest = [glob for glob in globs if glob not in self._plain_names and glob[1:] not in self._endings]
        self._others = re.compile("|".join(map(translate, rest)))

    def match(self, name: str) -> bool:
        return name in self._plain_names or name.endswith(self._endings) or bool(self._others.fullmatch(name))


_WILDCARD = re.compile(r"[*?[]")
# At least two letters: one letter and a colon is a Windows drive.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(?://)?")
_STAR = re.compile(r"\*+")
_QUERY_OR_FRAGMENT = re.compile(r"[?#]")
_REPEATED_SLASHES = re.compile(r"/(?:\.?/)+")
_COPY_SUFFIX = re.compile(f"(?:{'|'.join((*COPY_SUFFIXES, SPACED_COPY_SUFFIX))})$")
_SPACED_SUFFIX = re.compile(f"(?:{SPACED_COPY_SUFFIX})$")
_COPY_PREFIX = re.compile(f"^(?:{'|'.join(COPY_PREFIXES)})")
_SECRET_GLOBS = _Globs(SECRET_NAMES)
_SHARED_GLOBS = _Globs(SHARED_NAMES)
_SECRET_FOLDERS = re.compile("|".join(f"/{re.escape(folder)}/" for folder in SECRET_FOLDERS))
