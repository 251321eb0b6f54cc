"""The words of a text, as the index has them and as it is asked for them."""

import re
from functools import lru_cache

SHORTEST, LONGEST = 3, 64
"""Characters of a word: shorter ones stand everywhere, longer ones are data."""

_NAME = re.compile(r"[^\W\d]\w{2,}")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")


def words(text: str) -> set[str]:
    """Return the names in a text and their parts, all in lower case.

    >>> sorted(words("parseHTTPHeader(max_size, 12)"))
    ['header', 'http', 'max', 'max_size', 'parse', 'parsehttpheader', 'size']
    """
    return set(joined(text).split())


def joined(text: str) -> str:
    """Return the same words with blanks between them; a part may come more than once."""
    return " ".join(map(split, set(_NAME.findall(text))))


@lru_cache(maxsize=1 << 14)
def split(name: str) -> str:
    """Return a name and its parts, with blanks between them; nothing for what is too long to be a name."""
    if len(name) > LONGEST:
        return ""
    parts = {part.lower() for part in _PART.findall(name) if len(part) >= SHORTEST}
    return " ".join(sorted({name.lower(), *parts}))
