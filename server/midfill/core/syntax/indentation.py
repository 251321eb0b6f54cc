"""Lines at a column that their language forbids; tree-sitter's grammar of Python does not report them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from midfill.core.syntax.language import Language, pattern
from midfill.core.syntax.scan import CLOSING, OPENING, lexemes

_TAB_COLUMNS = 8
"""Columns between two tab stops (The Python Language Reference, 2.1.8)."""

_HEADER = re.compile(
    r"(?:async\s+)?(?:if|elif|else|for|while|try|except|finally|with|def|class|match|case)\b.*:\Z", re.DOTALL
)
"""A logical line that needs a block below it; `match` and `case` can be names, but not before such a colon."""

_TARGET = re.compile(r"[^\s#:=][^:=]*::?(?![:=])[^=]*\Z")
"""A line of a makefile that starts a rule: targets and a colon."""
_ASSIGNMENT = re.compile(r"[\w.-]+\s*[:+?!]?=|(?:if\w+|else|endif|include|define|export)\b")
"""Lines allowed at any column between two recipes (GNU make manual, 4.3 and 6.5)."""


class _LogicalLine(NamedTuple):
    """A logical line: its indentation in columns, and its code without comments and line breaks."""

    column: int
    code: str


def indentation_errors(text: str, language: Language) -> int:
    """Return the number of lines of `text` at a column that `language` forbids; 0 if it has no rule.

    YAML has such rules too; its tree-sitter grammar checks them.
    """
    if language.recipes:
        return _spaced_recipe_count(text)
    if language.deeper_line_continues:
        return sum(not kept for kept in _level_checks(text, language))
    if language.indented_blocks and language.grammar != "yaml":
        return _misplaced_count(text, language)
    return 0


def _spaced_recipe_count(text: str) -> int:
    """Return the number of recipe lines that start with spaces: make rejects them ("missing separator")."""
    count, in_recipe, continued = 0, False, False
    for line in text.split("\n"):
        content = line.strip()
        if line.startswith("\t") or (continued and content):
            in_recipe = True
        elif content and not content.startswith("#"):
            count += in_recipe and line[0] == " " and not _ASSIGNMENT.match(content)
            in_recipe = bool(_TARGET.match(line))
        continued = line.endswith("\\")
    return count


def _level_checks(text: str, language: Language) -> Iterator[bool]:
    """Yield for each logical line whether it is deeper than the one above or returns to an open level."""
    levels: list[int] = []
    for line in _logical_lines(text, language):
        if not levels or line.column > levels[-1]:
            levels.append(line.column)
            yield True
        else:
            yield _close_levels(levels, line.column)


def _misplaced_count(text: str, language: Language) -> int:
    """Return the number of logical lines that are at no open level, too deep, or not deeper than their header.

    The first line sets the outermost level, since a text may start in the middle of a file. The rules are those of The
    Python Language Reference, 2.1.8. An unfinished header at the end counts only if a line follows it.
    """
    opens = _HEADER.match if language.grammar == "python" else pattern(language.opener).search
    levels: list[int] = []
    count, header, decorator = 0, False, False
    for line in _logical_lines(text, language):
        if not levels:
            levels.append(line.column)
        elif header:
            count += line.column <= levels[-1]
            if line.column > levels[-1]:
                levels.append(line.column)
            else:
                _close_levels(levels, line.column)
        else:
            expected = levels[-1]
            count += (
                line.column > expected
                or not _close_levels(levels, line.column)
                or (decorator and line.column < expected)
            )
        decorator = line.code.startswith("@")
        header = bool(opens(line.code))
    return count


def _close_levels(levels: list[int], column: int) -> bool:
    """Close the levels deeper than `column`; return whether `column` is one of the others, or left of all."""
    while len(levels) > 1 and levels[-1] > column:
        levels.pop()
    if column < levels[0]:
        levels[0] = column
    return levels[-1] == column


def _logical_lines(text: str, language: Language) -> list[_LogicalLine]:
    """Return the logical lines of `text`; lines in brackets, strings or after a backslash are joined."""
    found: list[_LogicalLine] = []
    logical = ""
    column, depth = 0, 0
    for line in _code_of(text, language).split("\n"):
        if not logical:
            if not line.strip():
                continue
            column = _column(line)
        logical += line.strip() + " "
        depth = max(0, depth + sum(map(line.count, OPENING)) - sum(map(line.count, CLOSING)))
        if logical.rstrip().endswith("\\"):
            logical = logical.rstrip()[:-1]
        elif not depth:
            found.append(_LogicalLine(column, logical.strip()))
            logical = ""
    return [*found, _LogicalLine(column, logical.strip())] if logical.strip() else found


def _code_of(text: str, language: Language) -> str:
    """Return `text` without comments, and with each string as one word on the line where it starts."""
    parts: list[str] = []
    at = 0
    for item in lexemes(text, language):
        if item.kind in {"string", "comment"} and item.start >= at:
            parts += [text[at : item.start], '""' if item.kind == "string" else ""]
            at = item.end
    return "".join([*parts, text[at:]])


def _column(line: str) -> int:
    """Return the column of the first character of `line` that is not blank; a form feed resets it to 0."""
    blanks = line[: len(line) - len(line.lstrip(" \t\f"))]
    return len(blanks.rpartition("\f")[2].expandtabs(_TAB_COLUMNS))
