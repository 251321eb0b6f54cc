"""Control characters, and what changes how text is shown, in a model's answer."""

from midfill.core.characters import cleaned, is_bidirectional
from midfill.core.shape.context import CursorContext

_REACH = 8_000
"""Characters around the cursor that show whether a document is bidirectional itself."""


def without_controls(text: str, context: CursorContext) -> str:
    r"""Cut `text` before its first control character, and take out what is invisible or turns the order of letters.

    In a document with text from right to left, the marks for it stay if they are balanced.

    >>> accepted('total = ▮', '1 +\u202e 2\x1b[8m or evil()')
    'total = 1 + 2'
    """
    clean = cleaned(text)
    if clean == text:
        return text
    around = context.cursor.prefix[-_REACH:] + context.cursor.suffix[:_REACH]
    return cleaned(text, bidirectional=True) if is_bidirectional(around) else clean
