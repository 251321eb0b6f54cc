"""The size and depth limits of a settings file, which are checked before it is parsed.

`tomllib` keeps every prefix of a dotted key: a key of 30,000 parts takes 3.5 GB.
"""

import re
from collections.abc import Mapping
from itertools import accumulate
from typing import Final, Literal, NamedTuple


class Bounds(NamedTuple):
    """The limits of a file."""

    bytes: int
    depth: int
    """Dots in a key, or nested brackets; the settings have one and two."""


BOUNDS: Final[Mapping[Literal["user", "workspace"], Bounds]] = {
    "user": Bounds(256 * 1024, 32),
    "workspace": Bounds(16 * 1024, 8),
}


def depth(text: str) -> int:
    """Return the depth of a TOML file: the maximum number of dots in a key, or of open brackets."""
    bare = _STRING_OR_COMMENT.sub("s", text)  # A word, because a string may be part of a key.
    dots = max((found.group().count(".") for found in _DOTTED.finditer(bare)), default=0)
    steps = (1 if bracket in "[{" else -1 for bracket in _BRACKET.findall(bare))
    return max(dots, max(accumulate(steps), default=0))


# A string may have two more quotes at its end. An unterminated one extends at least as far as for `tomllib`.
_STRING_OR_COMMENT = re.compile(
    r'#[^\n]*|"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)|\'\'\'.*?(?:\'{3,5}|\Z)|"(?:\\.|[^"\\\n])*+"?|\'[^\'\n]*+\'?',
    re.DOTALL,
)
_DOTTED = re.compile(r"(?<![\w-])[\w-]++(?:[ \t]*+\.[ \t]*+[\w-]++)++")
_BRACKET = re.compile(r"[][{}]")
