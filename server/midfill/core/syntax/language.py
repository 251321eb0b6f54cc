"""What shaping knows of a language besides its grammar: comments, strings, and how blocks begin and end."""

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, kw_only=True)
class Language:
    """The surface of a language, as far as lines and brackets tell it.

    `opener` is searched in a line without its comment: does a block begin here? `closer` and `branch` are matched
    at a line's first character: does it end a block (`}`, `end`), or go on with another arm (`else`)?
    """

    grammar: str = ""
    """The name that `grammars` knows it by; empty: there is no grammar for it."""
    line_comment: str = ""
    """A regular expression for what a line comment begins with."""
    block_comments: tuple[tuple[str, str], ...] = ()
    quotes: str = "\"'"
    """Delimiters of strings that end on their line."""
    long_quotes: tuple[tuple[str, str], ...] = ()
    """Delimiters of strings that may span lines."""
    heredocs: bool = False
    substitutions: bool = False
    """A string in double quotes may hold a command in `$( )` that has quotes of its own."""
    escape: str = "\\"
    """What makes the next character in a string a plain one; empty: nothing does."""
    char_quotes: bool = False
    """A single quote holds one character, and may also stand alone (a lifetime, a type variable, a digit mark)."""
    opener: str = r"[{(\[]$"
    closer: str = r"[)\]}]"
    branch: str = r"(?!)"
    label: str = r"(?!)"
    """A line inside of a block that is not indented deeper than the block's first line."""
    lead: str = r"(?!)"
    """A line that belongs to the statement below it (a decorator, an attribute)."""
    goes_on: str = r"(?:[,=+\-*/%&|^.?(\[{\\<]|&&|\|\|)$"
    """The end of a line whose statement goes on, provided that the next line is indented deeper."""
    continues: str = r"(?!)"
    """The beginning of a line that goes on with the statement above it."""
    nested: str = r"(?!)"
    """A line that can stand nowhere but in a block."""
    span: tuple[str, str] = ("", "")
    """The first and the last line of a statement whose lines are not indented deeper."""
    heading: str = r"(?!)"
    """A whole line whose block begins on the next one, with a bracket of its own or with a single statement."""
    flat: str = r"(?!)"
    """The header of a block whose lines are not indented deeper."""
    unended: str = r"(?!)"
    """A line whose statement goes on below it, however that is indented."""
    ends: str = ""
    """The end of a line that ends a statement, where indentation does not tell."""
    group: str = ""
    """The first line of a group of lines that reaches to the next blank one."""
    indented: bool = False
    """Indentation alone says where a block ends."""
    offside: bool = False
    """A line that is indented deeper than the one above may go on with it, whatever that ends with."""
    recipes: bool = False
    """The lines of a block begin with a tab (make)."""
    prose: bool = False
    """Text for people: paragraphs in place of statements, quotes and brackets without a meaning."""


@cache
def pattern(expression: str) -> re.Pattern[str]:
    """Return `expression`, compiled."""
    return re.compile(expression)
