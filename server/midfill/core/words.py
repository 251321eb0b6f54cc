"""The words of a text, as the index stores and searches them."""

import re
from functools import lru_cache

MIN_WORD_CHARACTERS, MAX_WORD_CHARACTERS = 3, 64
"""Length of a word in characters: shorter ones occur everywhere, longer ones are data."""

_NAME = re.compile(r"[^\W\d]\w{2,}")
_ASCII_NAME = re.compile(r"[A-Za-z_]\w{2,}", re.ASCII)
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")


def words(text: str) -> set[str]:
    """Return the names in a text and their parts, in lower case.

    >>> sorted(words("parseHTTPHeader(max_size, 12)"))
    ['header', 'http', 'max', 'max_size', 'parse', 'parsehttpheader', 'size']
    """
    name = _ASCII_NAME if text.isascii() else _NAME
    return set().union(*map(name_parts, name.findall(text)))


@lru_cache(maxsize=1 << 14)
def name_parts(name: str) -> tuple[str, ...]:
    """Return a name and its parts; nothing if it is too long for a name."""
    if len(name) > MAX_WORD_CHARACTERS:
        return ()
    parts = (part.lower() for part in _PART.findall(name) if len(part) >= MIN_WORD_CHARACTERS)
    return tuple(dict.fromkeys((name.lower(), *parts)))
