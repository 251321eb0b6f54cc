"""Basic properties of lines."""

import re

TAB_COLUMNS = 8
"""Columns of a tab, for comparing indentations. Only files that mix tabs and spaces depend on it; they assume eight."""

MIN_DISTINCTIVE_CHARACTERS = 4
"""Minimum letters, digits and underscores of a distinctive line (our own limit)."""

_WHITESPACE = re.compile(r"\s+")


def without_whitespace(text: str) -> str:
    """Return `text` without whitespace."""
    return _WHITESPACE.sub("", text)


def indentation(line: str) -> str:
    """Return the leading blanks and tabs of `line`."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def indent_width(line: str) -> int:
    """Return the indentation of `line` in columns."""
    whitespace = indentation(line)
    return len(whitespace) + (TAB_COLUMNS - 1) * whitespace.count("\t")


def is_distinctive(line: str) -> bool:
    """Whether `line` has enough word characters to be recognised elsewhere; a closer has not."""
    return sum(char.isalnum() or char == "_" for char in line) >= MIN_DISTINCTIVE_CHARACTERS
