"""How large and how deep a settings file may be; looked at before it is parsed.

`tomllib` keeps every beginning of a dotted key: one of 30,000 parts takes 3.5 GB.
"""

import re
from collections.abc import Mapping
from itertools import accumulate
from typing import Final, Literal, NamedTuple


class Bounds(NamedTuple):
    """The most that a file may have."""

    bytes: int
    depth: int
    """Dots in a key, or brackets in brackets; the settings have one and two."""


BOUNDS: Final[Mapping[Literal["user", "workspace"], Bounds]] = {
    "user": Bounds(256 * 1024, 32),
    "workspace": Bounds(16 * 1024, 8),
}


def depth(text: str) -> int:
    """Return how deep a TOML file goes: the dots of a key, or the brackets that are open at once, at most."""
    bare = _PASSED.sub(_placeholder, text)
    dots = max((found.group().count(".") for found in _DOTTED.finditer(bare)), default=0)
    steps = (1 if bracket in "[{" else -1 for bracket in _BRACKET.findall(bare))
    return max(dots, max(accumulate(steps), default=0))


def _placeholder(found: re.Match[str]) -> str:
    """Return what a text counts as: a word, for it may be part of a key; a comment counts as nothing."""
    return "" if found.group().startswith("#") else "s"


# A text may have two quotes more at its end. One that does not end goes as far as `tomllib` reads it, or farther.
_PASSED = re.compile(
    r'#[^\n]*|"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)|\'\'\'.*?(?:\'{3,5}|\Z)|"(?:\\.|[^"\\\n])*+"?|\'[^\'\n]*+\'?',
    re.DOTALL,
)
_DOTTED = re.compile(r"(?<![\w-])[\w-]++(?:[ \t]*+\.[ \t]*+[\w-]++)++")
_BRACKET = re.compile(r"[][{}]")
