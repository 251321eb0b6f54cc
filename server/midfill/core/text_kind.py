"""The kind of text around the cursor."""

from typing import Literal

from midfill.core.cursor import Cursor
from midfill.core.syntax import language
from midfill.core.syntax.scan import open_lexeme
from midfill.core.syntax.window import lines_above

TextKind = Literal["code", "comment", "string"]


def text_kind(cursor: Cursor) -> TextKind:
    """Return whether the cursor is in a comment, in a string or in code."""
    syntax = language(cursor.language)
    text = "\n".join([*lines_above(cursor.above, syntax), cursor.near_head])
    lexeme = open_lexeme(text, syntax)
    if lexeme is None:
        return "code"
    return "comment" if lexeme.kind == "comment" else "string"
