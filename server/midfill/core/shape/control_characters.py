"""Removes control, invisible and bidirectional characters from an answer."""

from midfill.core.characters import cleaned, is_bidirectional
from midfill.core.shape.cursor_syntax import CursorSyntax

_SEARCHED_CHARACTERS = 8_000
"""Characters on either side of the cursor that show whether the document is bidirectional (our own limit)."""


def without_control_characters(text: str, syntax: CursorSyntax) -> str:
    r"""Cut `text` before its first control character, and remove invisible and bidirectional characters.

    A document with right-to-left text keeps balanced marks.

    >>> accepted('total = ▮', '1 +\u202e 2\x1b[8m or evil()')
    'total = 1 + 2'
    """
    clean = cleaned(text)
    if clean == text:
        return text
    around = syntax.cursor.prefix[-_SEARCHED_CHARACTERS:] + syntax.cursor.suffix[:_SEARCHED_CHARACTERS]
    return cleaned(text, bidirectional=True) if is_bidirectional(around) else clean
