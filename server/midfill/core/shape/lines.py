"""Small questions about lines."""

import re

TAB = 8
"""Columns of a tab where indentations are compared: only files that mix them with spaces see a difference, and
these are written for eight.
"""

_BLANKS = re.compile(r"\s+")


def squeezed(text: str) -> str:
    """Return `text` without its white space: two texts with the same one say the same."""
    return _BLANKS.sub("", text)


def indentation(line: str) -> str:
    """Return the blanks and tabs that `line` begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def width(line: str) -> int:
    """Return the columns that `line` is indented by."""
    blanks = indentation(line)
    return len(blanks) + (TAB - 1) * blanks.count("\t")


def weighty(line: str) -> bool:
    """Whether a line says enough to be recognised: at least four letters or digits (a closer or `else` does not)."""
    return sum(char.isalnum() or char == "_" for char in line) >= 4
