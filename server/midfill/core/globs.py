"""The user's globs for excluded files, in .gitignore syntax."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

STARS = 3
"""Maximum stars in one part of a glob, and maximum `**` in all of it; hand-written globs have two."""


def is_glob(glob: str) -> bool:
    """Return whether a glob can exclude what its author means; git ignores some texts, or takes them literally.

    >>> is_glob("private/**"), is_glob("# private"), is_glob("{a,b}/**"), is_glob("../x"), is_glob("[a")
    (True, False, False, False, False)
    """
    return _NO_GLOB.search(glob) is None and glob.count("[") <= glob.count("]") and _is_readable(glob)


def match(globs: Sequence[str], path: str, base: str) -> bool:
    """Return whether globs match an absolute `path`; they are anchored at the folder `base` if it contains the path.

    The globs are read as git does, and in a second way that ignores case and takes each text for a path as its author
    may have written it. A file is excluded if either excludes it.
    """
    inner = path.removeprefix(base)
    inside = base != "/" and inner != path
    if not inner:
        return False
    meant = [_as_meant(glob) for glob in globs]
    whole = [glob for glob in meant if _WHOLE.match(glob)] if inside else []
    return (
        _matches(globs, inner, inside=inside)
        or _matches(meant, _folded(inner), inside=inside)
        or _matches(whole, _folded(path), inside=True)
    )


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


def _matches(globs: Sequence[str], path: str, *, inside: bool) -> bool:
    rules = globs if inside else [_anywhere(glob) for glob in globs]
    return bool(rules) and _spec(tuple(rules)).match_file(path.lstrip("/"))


def _anywhere(glob: str) -> str:
    """Return a glob without an anchor as one that matches at every depth."""
    no, bare = ("!", glob[1:]) if glob.startswith("!") else ("", glob)
    return glob if not bare or bare.startswith(("/", "#")) else f"{no}**/{bare}"


def _as_meant(glob: str) -> str:
    r"""Return a glob with what people write for a path: `./a`, `~/a`, `a\b`, `a//b`, `[id]` for a folder's name.

    >>> _as_meant("./Private/**"), _as_meant("~/a"), _as_meant("a\\b"), _as_meant("pages/[id]/**")
    ('/private/**', '**/a', 'a/b', 'pages/\\[id\\]/**')
    """
    no, bare = ("!", glob[1:]) if glob.startswith("!") else ("", glob)
    bare = _SEPARATOR.sub("/", bare)
    bare = f"/{bare[2:]}" if bare.startswith("./") else f"**/{bare[2:]}" if bare.startswith("~/") else bare
    return no + _folded(_BRACKET.sub(r"\\\1", bare))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold())


@lru_cache(maxsize=64)
def _spec(globs: tuple[str, ...]) -> "GitIgnoreSpec":
    """Return the rules of the valid globs."""
    from pathspec import GitIgnoreSpec  # Imported here: most users have no globs, and it takes 20 ms.

    return GitIgnoreSpec.from_lines(filter(_is_readable, map(bounded, globs)))


def _is_readable(glob: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([glob])
    except ValueError:  # pathspec raises it for a lone "!" or a trailing backslash.
        return False
    return True


_STAR = re.compile(r"\*+")
_NO_GLOB = re.compile(r"\A\s*\Z|\A[\s#]|\A!?(?:\.\./|\w{2,}:/)|/\.\./|\{[^{}]*,[^{}]*\}")
"""Blank, a comment, a leading space, a folder above, a URI, alternatives as in a shell."""
_SEPARATOR = re.compile(r"\\(?=[\w.*-])|/{2,}")
_BRACKET = re.compile(r"(?<!\\)([\[\]])")
_WHOLE = re.compile(r"!?(?:/|[a-z]:/)")
