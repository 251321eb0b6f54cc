"""Lines of Python at an indentation that the language refuses, which its grammar for tree-sitter does not see."""

import re
from typing import NamedTuple

from midfill.core.syntax.languages import Language
from midfill.core.syntax.scan import lexemes

_TAB = 8
"""Columns between two tab stops (The Python Language Reference, 2.1.8)."""

_HEADER = re.compile(
    r"(?:async\s+)?(?:if|elif|else|for|while|try|except|finally|with|def|class|match|case)\b.*:\Z", re.DOTALL
)
"""A logical line that needs a block below it; `match` and `case` are names elsewhere, but not before such a colon."""


class _Logical(NamedTuple):
    """A logical line: its indentation in columns, and its code without comments and line breaks."""

    column: int
    code: str


def indentation_errors(text: str, language: Language) -> int:
    """Return the logical lines of `text` that stand at no open level, too deep, or not deeper than their header.

    The first line sets the outermost level, since a text may begin in the middle of a file. The rules are those of
    The Python Language Reference, 2.1.8. An unended header at the end counts only if a line follows it.
    """
    levels: list[int] = []
    bad, header, decorator = 0, False, False
    for line in _logical_lines(text, language):
        if not levels:
            levels.append(line.column)
        elif header:
            bad += line.column <= levels[-1]
            if line.column > levels[-1]:
                levels.append(line.column)
            else:
                _leave(levels, line.column)
        else:
            expected = levels[-1]
            bad += (
                line.column > expected
                or not _leave(levels, line.column)
                or (decorator and line.column < expected)
            )
        decorator = line.code.startswith("@")
        header = bool(_HEADER.match(line.code))
    return bad


def _leave(levels: list[int], column: int) -> bool:
    """Leave the levels deeper than `column`; return whether `column` is one of those left, or outside of all."""
    while len(levels) > 1 and levels[-1] > column:
        levels.pop()
    if column < levels[0]:
        levels[0] = column
    return levels[-1] == column


def _logical_lines(text: str, language: Language) -> list[_Logical]:
    """Return the logical lines of `text`: those in brackets, strings or behind a backslash are joined."""
    plain = _without_insides(text, language)
    found: list[_Logical] = []
    joined = ""
    column, depth = 0, 0
    for line in plain.split("\n"):
        if not joined:
            if not line.strip():
                continue
            column = _column(line)
        joined += line.strip() + " "
        depth = max(
            0, depth + sum(line.count(char) for char in "([{") - sum(line.count(char) for char in ")]}")
        )
        if joined.rstrip().endswith("\\"):
            joined = joined.rstrip()[:-1]
        elif not depth:
            found.append(_Logical(column, joined.strip()))
            joined = ""
    return [*found, _Logical(column, joined.strip())] if joined.strip() else found


def _without_insides(text: str, language: Language) -> str:
    """Return `text` without its comments, and with each string as one word on the line where it begins."""
    parts: list[str] = []
    at = 0
    for item in lexemes(text, language):
        if item.kind in {"string", "comment"} and item.start >= at:
            parts += [text[at : item.start], '""' if item.kind == "string" else ""]
            at = item.end
    return "".join([*parts, text[at:]])


def _column(line: str) -> int:
    blanks = line[: len(line) - len(line.lstrip(" \t\f"))]
    return len(blanks.rpartition("\f")[2].expandtabs(_TAB))
