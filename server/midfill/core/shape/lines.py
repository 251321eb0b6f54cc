"""Basic properties of lines."""

import re

TAB_COLUMNS = 8
"""Columns of a tab for comparing indentations: only files that mix tabs and spaces depend on it, and these assume
eight.
"""

_BLANKS = re.compile(r"\s+")


def squeezed(text: str) -> str:
    """Return `text` without white space; two texts with the same result are equivalent."""
    return _BLANKS.sub("", text)


def indentation(line: str) -> str:
    """Return the leading blanks and tabs of `line`."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def indent_width(line: str) -> int:
    """Return the indentation of `line` in columns."""
    blanks = indentation(line)
    return len(blanks) + (TAB_COLUMNS - 1) * blanks.count("\t")


def is_distinctive(line: str) -> bool:
    """Whether a line is distinctive: it has at least four letters or digits (a closer or `else` has not)."""
    return sum(char.isalnum() or char == "_" for char in line) >= 4
