"""Languages: what their lines look like, and how many errors a text has.

In reading order: `language` (comments, strings, blocks), `bracketed`, `worded` and `indented` (the table of them),
`languages` (by the names that editors use), `scan` (brackets and strings, without a
grammar), `grammars` (tree-sitter), `errors` (both, as a number), `region` (the lines that are looked at).
"""

from midfill.core.syntax.errors import errors
from midfill.core.syntax.language import Language
from midfill.core.syntax.languages import language

__all__ = ["Language", "errors", "language"]
