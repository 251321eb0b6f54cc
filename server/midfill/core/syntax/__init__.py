"""Languages: what their lines look like, and how many errors a text has.

In reading order: `languages` (a table: comments, strings, blocks), `scan` (brackets and strings, without a
grammar), `grammars` (tree-sitter), `errors` (both, as a number), `region` (the lines that are looked at).
"""

from midfill.core.syntax.errors import errors
from midfill.core.syntax.languages import Language, language

__all__ = ["Language", "errors", "language"]
