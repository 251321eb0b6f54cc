"""The spellings of a key in the texts of services, proxies and programs."""

import re
from base64 import b64encode, urlsafe_b64encode
from functools import lru_cache
from typing import NamedTuple

MARKS = "%\\&"
"""Characters of which one is in every text with an escaped character."""

_ENTITIES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}


class Spellings(NamedTuple):
    """What finds a key in a text."""

    plain: re.Pattern[str]
    """The key itself, and in base64 and hexadecimal digits."""
    escaped: re.Pattern[str]
    """The key with any of its characters escaped: for URLs, in JSON or another language's string, or for HTML."""


@lru_cache(maxsize=64)
def spellings_of(key: str) -> Spellings:
    """Return the spellings of a key."""
    whole = [re.escape(key), key.encode().hex(), *(f"(?-i:{re.escape(part)})" for part in _in_base64(key))]
    return Spellings(
        re.compile("|".join(whole), re.IGNORECASE),
        re.compile("".join(map(_escaped, key)), re.IGNORECASE),
    )


def _escaped(char: str) -> str:
    """Return a pattern for a character and its escapes.

    >>> bool(re.fullmatch(_escaped("-"), "%2d")), bool(re.fullmatch(_escaped("/"), r"\\u002f"))
    (True, True)
    """
    number = ord(char)
    forms = [
        re.escape(char),
        f"%(?:25){{0,3}}{number:02x}",
        rf"\\{{1,8}}(?:u(?:00|\{{0{{0,4}}){number:02x}\}}?|x{number:02x}|{number:03o}|{re.escape(char)})",
        f"&(?:amp;){{0,3}}#(?:0{{0,4}}{number}|x0{{0,4}}{number:x});",
    ]
    if name := _ENTITIES.get(char):
        forms.append(f"&(?:amp;){{0,3}}{name};")
    return f"(?:{'|'.join(forms)})"


def _in_base64(key: str) -> set[str]:
    """Return what base64 makes of the key wherever it stands in a text, such as `user:key` of Basic authentication.

    The characters at both ends depend on the text around the key.
    """
    found = set()
    for before in range(3):
        bits = 8 * (before + len(key))
        first, last = -(-8 * before // 6), bits // 6
        for encode in (b64encode, urlsafe_b64encode):
            found.add(encode(b"\0" * before + key.encode()).decode()[first:last])
    return found
