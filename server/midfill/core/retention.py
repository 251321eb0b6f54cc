"""The retention of an accepted text: how much of it is still in the document later."""

import re
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\w+|[^\w\s]")
_MAX_TOKENS = 2_000
"""Maximum tokens of each text that are compared (our own limit: the comparison takes quadratic time)."""


def visible_length(text: str) -> int:
    """Return the number of characters of a text without blanks.

    >>> visible_length("a = [\\n]")
    4
    """
    return sum(map(len, _tokens(text)))


def retained(accepted: str, now: str) -> int:
    """Return how many characters of an accepted text are still in `now`, in order and without blanks.

    >>> retained("return width * height", "    return width * depth")
    12
    """
    before, after = _tokens(accepted), _tokens(now)
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return sum(len(token) for block in blocks for token in before[block.a : block.a + block.size])


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)[:_MAX_TOKENS]
