"""Files that are never read for completion: files with secrets, and files that the user excludes."""

import re
import unicodedata
from collections.abc import Sequence
from fnmatch import translate
from urllib.parse import unquote

from midfill.core.globs import match
from midfill.core.secret_files import (
    COPY_PREFIXES,
    COPY_SUFFIXES,
    SECRET_FOLDERS,
    SECRET_NAMES,
    SHARED_NAMES,
    SPACED_COPY_SUFFIX,
)

MAX_NAME_CHARACTERS = 512
"""Maximum characters of a name that are checked; file systems allow 255."""

MAX_QUERY_CHARACTERS = 4096
"""Maximum characters of a URI's query that are read, the last ones; systems allow paths of this length."""

MAX_PARTS = 32
"""Maximum parts of a query, or of a name with colons, that are checked."""

MAX_DECODINGS = 3
"""How often the escapes of a URI are decoded; VS Code's views of versions escape twice."""

MAX_COPY_SUFFIXES = 4
"""Maximum number of copy suffixes that are removed from a name, as in `.env.bak~`."""


def is_secret(path: str) -> bool:
    """Return whether a file of this path usually holds secrets.

    `path` is a POSIX or Windows path, absolute or not, or a URI of any scheme. Copies by editors and people
    (`.env.bak`, `id_rsa~`, `Copy of .env`) are as secret as their originals.
    """
    return any(_is_secret(_normalized(reading)) for reading in _paths_of(path))


def _is_secret(plain: str) -> bool:
    """Whether a path with forward slashes, in lower case, usually holds secrets."""
    folder, _, name = plain.rpartition("/")
    name = name[-MAX_NAME_CHARACTERS:]
    parts = _MARK.split(name)[-MAX_PARTS:] if _MARK.search(name) else [name]
    names = set().union(*map(_originals, {name, *parts}))
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
    and `root` are paths or URIs as for `is_secret`. A text that is no glob matches nothing.
    """
    if not globs:
        return False
    base = _paths_of(root)[0].rstrip("/") + "/"
    return any(match(globs, plain, base) for plain in _paths_of(path))


def _paths_of(path: str) -> list[str]:
    """Return a path or URI as paths with forward slashes; the escapes of a URI are decoded.

    A URI with `#` or `?` has several readings: some clients do not escape these characters of a file name, and others
    name the file in the query (`git:/a.py?{"path":"/b.py"}`).
    """
    found = [path]
    if scheme := _SCHEME.match(path):
        rest = path[scheme.end() :]
        before, *queries = _FRAGMENT.split(rest, maxsplit=1)
        named = [
            part
            for query in queries
            for part in _QUERY.split(_decoded(query[-MAX_QUERY_CHARACTERS:]))[:MAX_PARTS]
            if part
        ]
        found = [_decoded(reading) for reading in dict.fromkeys((rest, before))] + named
    return [reading.replace("\\", "/") for reading in found]


def _decoded(text: str) -> str:
    """Return a part of a URI without its escapes, which some clients escape again."""
    for _ in range(MAX_DECODINGS):
        before, text = text, unquote(text)
        if text == before:
            break
    return text


def _normalized(path: str) -> str:
    """Return a path in lower case, without characters that file systems ignore or take for others."""
    if not path.isascii():
        path = unicodedata.normalize("NFKC", _IGNORED.sub("", path))
    return _REPEATED_SLASHES.sub("/", f"/{path.casefold()}").rstrip("/\0\r\n")


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
_FRAGMENT = re.compile(r"[?#]")
_QUERY = re.compile(r"""[\s"'&=,{}\[\]]+""")
_MARK = re.compile("[:;]")
"""Between a version or an archive and a file in it, and before a stream (NTFS) or a version (VMS) of a file."""
_IGNORED = re.compile("[\\u00ad\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff]")
"""Characters that HFS+ ignores in names, and others that nobody sees."""
_REPEATED_SLASHES = re.compile(r"/(?:\.?/)+(?:\.\Z)?|/\.\Z")
_COPY_SUFFIX = re.compile(f"(?:{'|'.join((*COPY_SUFFIXES, SPACED_COPY_SUFFIX))})$")
_SPACED_SUFFIX = re.compile(f"(?:{SPACED_COPY_SUFFIX})$")
_COPY_PREFIX = re.compile(f"^(?:{'|'.join(COPY_PREFIXES)})")
_SECRET_GLOBS = _Globs(SECRET_NAMES)
_SHARED_GLOBS = _Globs(SHARED_NAMES)
_SECRET_FOLDERS = re.compile("|".join(f"/{re.escape(folder)}/" for folder in SECRET_FOLDERS))
