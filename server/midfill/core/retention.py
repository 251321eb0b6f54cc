"""How much of an accepted text still stands in the document some time later."""

import re
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\w+|[^\w\s]")
_MOST = 2_000
"""Tokens of a text that are compared, at most."""


def size(text: str) -> int:
    """Return the characters of a text that count: all but blanks.

    >>> size("a = [\\n]")
    4
    """
    return sum(map(len, _tokens(text)))


def retained(accepted: str, now: str) -> int:
    """Return how many characters of an accepted text stand in `now`, in their order; blanks do not count.

    >>> standing("return width * height", "    return width * depth")
    12
    """
    before, after = _tokens(accepted), _tokens(now)
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return sum(len(token) for block in blocks for token in before[block.a : block.a + block.size])


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)[:_MOST]
