"""Lines at an indentation that their language forbids; tree-sitter's grammar of Python does not report them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from midfill.core.syntax.language import Language, pattern
from midfill.core.syntax.scan import lexemes

_TAB = 8
"""Columns between two tab stops (The Python Language Reference, 2.1.8)."""

_HEADER = re.compile(
    r"(?:async\s+)?(?:if|elif|else|for|while|try|except|finally|with|def|class|match|case)\b.*:\Z", re.DOTALL
)
"""A logical line that needs a block below it; `match` and `case` can be names, but not before such a colon."""


_TARGET = re.compile(r"[^\s#:=][^:=]*::?(?![:=])[^=]*\Z")
_ASSIGNMENT = re.compile(r"[\w.-]+\s*[:+?!]?=|(?:if\w+|else|endif|include|define|export)\b")
"""Lines allowed at any column between two recipes (GNU make manual, 4.3 and 6.5)."""


class _Logical(NamedTuple):
    """A logical line: its indentation in columns, and its code without comments and line breaks."""

    column: int
    code: str


def indentation_errors(text: str, language: Language) -> int:
    """Return the number of lines of `text` at an indentation that `language` forbids; 0 if it has no rule.

    YAML has such rules too; its tree-sitter grammar checks them.
    """
    if language.recipes:
        return _spaced_recipes(text)
    if language.offside:
        return sum(not kept for kept in _kept_levels(text, language))
    if language.indented and language.grammar != "yaml":
        return _misplaced(text, language)
    return 0


def _spaced_recipes(text: str) -> int:
    """Return the recipe lines that start with spaces: make rejects them ("missing separator")."""
    bad, in_recipe, goes_on = 0, False, False
    for line in text.split("\n"):
        said = line.strip()
        if line.startswith("\t") or (goes_on and said):
            in_recipe = True
        elif said and not said.startswith("#"):
            bad += in_recipe and line[0] == " " and not _ASSIGNMENT.match(said)
            in_recipe = bool(_TARGET.match(line))
        goes_on = line.endswith("\\")
    return bad


def _kept_levels(text: str, language: Language) -> Iterator[bool]:
    """Yield for each logical line whether it is deeper than the one above or returns to an open level."""
    levels: list[int] = []
    for line in _logical_lines(text, language):
        if not levels or line.column > levels[-1]:
            levels.append(line.column)
            yield True
        else:
            yield _leave(levels, line.column)


def _misplaced(text: str, language: Language) -> int:
    """Return the logical lines of `text` that are at no open level, too deep, or not deeper than their header.

    The first line sets the outermost level, since a text may start in the middle of a file. The rules are those of The
    Python Language Reference, 2.1.8. An unfinished header at the end counts only if a line follows it.
    """
    opens = _HEADER.match if language.grammar == "python" else pattern(language.opener).search
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
        header = bool(opens(line.code))
    return bad


def _leave(levels: list[int], column: int) -> bool:
    """Leave the levels deeper than `column`; return whether `column` is one of those left, or outside all."""
    while len(levels) > 1 and levels[-1] > column:
        levels.pop()
    if column < levels[0]:
        levels[0] = column
    return levels[-1] == column


def _logical_lines(text: str, language: Language) -> list[_Logical]:
    """Return the logical lines of `text`; lines in brackets, strings or after a backslash are joined."""
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
    """Return `text` without comments, and with each string as one word on the line where it starts."""
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
