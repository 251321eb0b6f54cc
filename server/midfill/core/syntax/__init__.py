"""Languages: the form of their lines, and the number of errors in a text.

In reading order: `language` (comments, strings, blocks), `bracketed`, `worded` and `indented` (the table of languages),
`languages` (by editors' names), `scan` (brackets and strings, without a grammar), `grammars` (tree-sitter), `errors`
(the number of errors), `region` (the lines that are parsed).
"""

from midfill.core.syntax.errors import errors
from midfill.core.syntax.language import Language
from midfill.core.syntax.languages import language

__all__ = ["Language", "errors", "language"]
