"""What kind of text the cursor stands in."""

from collections import deque
from typing import Literal

from midfill.core.cursor import Cursor
from midfill.core.syntax import language
from midfill.core.syntax.region import lines_above
from midfill.core.syntax.scan import lexemes

Surroundings = Literal["code", "comment", "string"]


def surroundings(cursor: Cursor) -> Surroundings:
    """Return whether the cursor stands in a comment, in a string or in code."""
    known = language(cursor.language)
    text = "\n".join([*lines_above(cursor.above, known), cursor.head])
    last = next(iter(deque(lexemes(text, known), maxlen=1)), None)
    if last is None or last.end < len(text) or last.closed:
        return "code"
    return "comment" if last.kind == "comment" else "string" if last.kind == "string" else "code"
