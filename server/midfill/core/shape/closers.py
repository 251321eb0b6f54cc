"""Superfluous closing brackets at the end of a text."""

import re

from midfill.core.shape.brackets import balance
from midfill.core.shape.context import CursorContext
from midfill.core.shape.lines import indent_width
from midfill.core.syntax.scan import CLOSING, OPENING, PARTNER

CLOSERS = re.compile(r"[\s)\]}>\"'`;,:/]*")
"""A rest of the line that an editor may have inserted itself."""

_LAST_CLOSERS = re.compile(r"(?<![:;])[)\]}]+[;,.]?\Z")
"""Closing brackets at the end of prose; after `:` or `;` they are an emoticon."""


def without_extra_closers(text: str, context: CursorContext) -> list[str]:
    r"""Return `text`, and the part before each closing bracket that may be superfluous.

    >>> accepted('f(a▮', '))')
    'f(a)'
    """
    if context.brackets_are_text:
        return [without_stray(text, context).rstrip()]
    unmatched = balance(text, context).unmatched
    if unmatched and not _closes_head(unmatched, text, context):
        return [text, *(text[:at].rstrip() for at in reversed(unmatched))]
    return [text, *without_doubled_closer(text, context)]


def without_doubled_closer(text: str, context: CursorContext) -> list[str]:
    """Return `text` without its last closing bracket if a body follows below: the `}` of `{}` may be superfluous."""
    body_follows = context.next_lines and indent_width(context.next_lines[0]) > context.indent_width
    return [text[:-1].rstrip()] if body_follows and text.endswith(tuple(CLOSING)) else []


def without_stray(text: str, context: CursorContext) -> str:
    """Return `text`, which is prose, without unmatched closing brackets at its end."""
    last = _LAST_CLOSERS.search(text.rstrip())
    if not last:
        return text
    line = context.head + text
    is_unmatched = sum(map(line.count, OPENING)) < sum(map(line.count, CLOSING))
    return text[: last.start()] if is_unmatched else text


def _closes_head(unmatched: tuple[int, ...], text: str, context: CursorContext) -> bool:
    """Whether these closing brackets close what the cursor's line opens, and no line below does."""
    if context.open_quote or (context.next_lines and context.closes_block(context.next_lines[0])):
        return False
    unclosed = _unclosed(context.head)
    return [PARTNER.get(text[at], text[at]) for at in unmatched] == unclosed[::-1][: len(unmatched)]


def _unclosed(line: str) -> list[str]:
    """Return the brackets that `line` opens and does not close; strings are ignored."""
    stack: list[str] = []
    for char in line:
        if char in OPENING:
            stack.append(char)
        elif char in CLOSING and stack and stack[-1] == PARTNER[char]:
            stack.pop()
    return stack
