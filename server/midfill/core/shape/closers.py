"""Superfluous closing brackets at the end of a text."""

import re

from midfill.core.shape.brackets import balance
from midfill.core.shape.context import CursorContext
from midfill.core.shape.lines import width
from midfill.core.syntax.scan import CLOSING, OPENING, PARTNER

CLOSERS = re.compile(r"[\s)\]}>\"'`;,:/]*")
"""A rest of the line that an editor may have inserted itself."""

_PARAGRAPH = 20
"""Number of lines above that are searched for the opener of a bracket in prose."""

_LAST = re.compile(r"(?<![:;])[)\]}]+[;,.]?\Z")


def closed(text: str, context: CursorContext) -> list[str]:
    r"""Return `text`, and the part before each closing bracket that may be superfluous.

    >>> accepted('f(a▮', '))')
    'f(a)'
    """
    if context.brackets_are_text:
        return [without_stray(text, context).rstrip()]
    extra = balance(text, context).extra
    if extra and not _awaited(extra, text, context):
        return [text, *(text[:at].rstrip() for at in reversed(extra))]
    return [text, *doubled(text, context)]


def doubled(text: str, context: CursorContext) -> list[str]:
    """Return `text` without its last closing bracket if a body follows below: `{}` may contain one too many."""
    body = context.next_lines and width(context.next_lines[0]) > context.indent_width
    return [text[:-1].rstrip()] if body and text.endswith(tuple(CLOSING)) else []


def without_stray(text: str, context: CursorContext) -> str:
    """Return `text`, which is prose, without closing brackets at its end that close nothing."""
    last = _LAST.search(text.rstrip())
    if not last:
        return text
    opened = sum(char in OPENING for char in context.head + text) - sum(
        char in CLOSING for char in context.head + text
    )
    return text[: last.start()] if opened < 0 else text


def _awaited(extra: tuple[int, ...], text: str, context: CursorContext) -> bool:
    """Whether these closing brackets close what the cursor's line opened, and no line below does."""
    if context.open_quote or (context.next_lines and context.closes_block(context.next_lines[0])):
        return False
    waiting = _open(context.head)
    return [PARTNER.get(text[at], text[at]) for at in extra] == waiting[::-1][: len(extra)]


def _open(line: str) -> list[str]:
    """Return the brackets that `line` opens and does not close; strings are ignored."""
    stack: list[str] = []
    for char in line:
        if char in OPENING:
            stack.append(char)
        elif char in CLOSING and stack and stack[-1] == PARTNER[char]:
            stack.pop()
    return stack
