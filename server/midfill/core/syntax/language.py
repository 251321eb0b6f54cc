"""The properties of a language's lines: comments, strings, and the start and end of blocks."""

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, kw_only=True, eq=False)
class Language:
    """The form of a language's lines, as regular expressions.

    Two are equal if they are the same object: they are keys of caches, and a hash of all fields would take 3 us.

    `opener`, `incomplete`, `incomplete_at_any_indentation`, `bare_header` and `terminator` are searched in a line
    without its comments. The other ones are matched at the first character of a line.
    """

    grammar: str = ""
    """The name of its grammar in `grammars`; empty if there is none."""
    line_comment: str = ""
    """A regular expression for the start of a line comment."""
    block_comments: tuple[tuple[str, str], ...] = ()
    """The start and the end of comments that may span lines."""
    quotes: str = "\"'"
    """The delimiters of strings that end on their line."""
    multiline_quotes: tuple[tuple[str, str], ...] = ()
    """The start and the end of strings that may span lines."""
    heredocs: bool = False
    """The language has here documents (`<<END`)."""
    command_substitutions: bool = False
    """A string in double quotes may contain a command in `$( )` with quotes of its own."""
    escape: str = "\\"
    """The escape character of strings; empty if there is none."""
    character_literals: bool = False
    """A single quote encloses one character, and may also occur alone (a lifetime, a type variable, a digit separator).
    """
    opener: str = r"[{(\[]$"
    """The end of a line that starts a block."""
    closer: str = r"[)\]}]"
    """The start of a line that ends a block (`}`, `end`)."""
    branch: str = r"(?!)"
    """The start of a line that continues a block with another branch (`else`)."""
    label: str = r"(?!)"
    """A line inside a block that is not indented deeper than the block's first line."""
    decorator: str = r"(?!)"
    """A line that belongs to the statement below it (a decorator, an attribute)."""
    incomplete: str = r"(?:[,=+\-*/%&|^.?(\[{\\<]|&&|\|\|)$"
    """The end of a line whose statement continues on the next line, if that is indented deeper."""
    continuation: str = r"(?!)"
    """The start of a line that continues the statement above it."""
    block_only: str = r"(?!)"
    """A line that is only allowed in a block."""
    unindented_span: tuple[str, str] = ("", "")
    """The first and the last line of a statement whose lines are not indented deeper."""
    bare_header: str = r"(?!)"
    """A whole line whose block starts on the next one, with its own bracket or with a single statement."""
    unindented_opener: str = r"(?!)"
    """The header of a block whose lines are not indented deeper."""
    incomplete_at_any_indentation: str = r"(?!)"
    """A line whose statement continues below it, at any indentation."""
    terminator: str = ""
    """The end of a line that ends a statement, if indentation does not show it."""
    group_header: str = ""
    """The first line of a group of lines that extends to the next blank line."""
    indented_blocks: bool = False
    """Only indentation ends a block."""
    block_is_optional: bool = False
    """A header may have no block: its value is null (YAML)."""
    deeper_line_continues: bool = False
    """A line that is indented deeper than the one above may continue it, whatever the end of that line."""
    recipes: bool = False
    """The lines of a block start with a tab (make)."""
    prose: bool = False
    """Prose: paragraphs instead of statements; quotes and brackets have no meaning."""


@cache
def pattern(expression: str) -> re.Pattern[str]:
    """Return `expression`, compiled."""
    return re.compile(expression)
