"""The properties of a language besides its grammar: comments, strings, and the start and end of blocks."""

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, kw_only=True)
class Language:
    """The surface of a language: its lines and brackets.

    `opener` is searched in a line without its comment: a match starts a block. `closer` and `branch` are matched at a
    line's first character: the line ends a block (`}`, `end`), or continues with another arm (`else`).
    """

    grammar: str = ""
    """The name of its grammar in `grammars`; empty if there is none."""
    line_comment: str = ""
    """A regular expression for the start of a line comment."""
    block_comments: tuple[tuple[str, str], ...] = ()
    quotes: str = "\"'"
    """Delimiters of strings that end on their line."""
    long_quotes: tuple[tuple[str, str], ...] = ()
    """Delimiters of strings that may span lines."""
    heredocs: bool = False
    substitutions: bool = False
    """A string in double quotes may contain a command in `$( )` with quotes of its own."""
    escape: str = "\\"
    """The escape character of strings; empty if there is none."""
    char_quotes: bool = False
    """A single quote encloses one character, and may also occur alone (a lifetime, a type variable, a digit separator).
    """
    opener: str = r"[{(\[]$"
    closer: str = r"[)\]}]"
    branch: str = r"(?!)"
    label: str = r"(?!)"
    """A line inside a block that is not indented deeper than the block's first line."""
    lead: str = r"(?!)"
    """A line that belongs to the statement below it (a decorator, an attribute)."""
    goes_on: str = r"(?:[,=+\-*/%&|^.?(\[{\\<]|&&|\|\|)$"
    """The end of a line whose statement continues, if the next line is indented deeper."""
    continues: str = r"(?!)"
    """The start of a line that continues the statement above it."""
    nested: str = r"(?!)"
    """A line that is only allowed in a block."""
    span: tuple[str, str] = ("", "")
    """The first and the last line of a statement whose lines are not indented deeper."""
    heading: str = r"(?!)"
    """A whole line whose block starts on the next one, with its own bracket or with a single statement."""
    flat: str = r"(?!)"
    """The header of a block whose lines are not indented deeper."""
    unended: str = r"(?!)"
    """A line whose statement continues below it, at any indentation."""
    ends: str = ""
    """The end of a line that ends a statement, if indentation does not show it."""
    group: str = ""
    """The first line of a group of lines that extends to the next blank line."""
    indented: bool = False
    """Only indentation ends a block."""
    nullable: bool = False
    """A header may have no block: its value is null (YAML)."""
    offside: bool = False
    """A line that is indented deeper than the one above may continue it, whatever the end of that line."""
    recipes: bool = False
    """The lines of a block start with a tab (make)."""
    prose: bool = False
    """Prose: paragraphs instead of statements; quotes and brackets have no meaning."""


@cache
def pattern(expression: str) -> re.Pattern[str]:
    """Return `expression`, compiled."""
    return re.compile(expression)
