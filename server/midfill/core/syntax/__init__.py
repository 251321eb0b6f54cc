"""Languages: the form of their lines, and the number of errors in a text.

In reading order: `language` (comments, strings, blocks), `bracket_languages`, `keyword_languages` and
`indentation_languages` (the table, by the end of a block), `languages` (by editors' names), `scan` (brackets and
strings, without a grammar), `grammars` (tree-sitter), `indentation` (lines at a forbidden column), `errors` (the number
of errors), `window` (the lines that are parsed).
"""

from midfill.core.syntax.errors import error_count
from midfill.core.syntax.language import Language
from midfill.core.syntax.languages import language

__all__ = ["Language", "error_count", "language"]
