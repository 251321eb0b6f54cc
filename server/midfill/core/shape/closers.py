"""Superfluous closing brackets at the end of a text."""

import re

from midfill.core.shape.brackets import balance
from midfill.core.shape.cursor_syntax import CursorSyntax
from midfill.core.shape.lines import indent_width
from midfill.core.syntax.scan import CLOSING, OPENING, PARTNER

CLOSERS = re.compile(r"[\s)\]}>\"'`;,:/]*")
"""A rest of the line that an editor may have inserted itself."""

_LAST_CLOSERS = re.compile(r"(?<![:;])[)\]}]+[;,.]?\Z")
"""Closing brackets at the end of prose; after `:` or `;` they are an emoticon."""


def without_extra_closers(text: str, syntax: CursorSyntax) -> list[str]:
    r"""Return `text`, and the part before each closing bracket that may be superfluous.

    >>> accepted('f(a▮', '))')
    'f(a)'
    """
    if syntax.brackets_are_text:
        return [without_stray(text, syntax).rstrip()]
    unmatched = balance(text, syntax).unmatched
    if unmatched and not _closes_head(unmatched, text, syntax):
        return [text, *(text[:at].rstrip() for at in reversed(unmatched))]
    return [text, *without_doubled_closer(text, syntax)]


def without_doubled_closer(text: str, syntax: CursorSyntax) -> list[str]:
    """Return `text` without its last closing bracket if a body follows below: the `}` of `{}` may be superfluous."""
    body_follows = syntax.next_lines and indent_width(syntax.next_lines[0]) > syntax.indent_width
    return [text[:-1].rstrip()] if body_follows and text.endswith(tuple(CLOSING)) else []


def without_stray(text: str, syntax: CursorSyntax) -> str:
    """Return `text`, which is prose, without unmatched closing brackets at its end."""
    last = _LAST_CLOSERS.search(text.rstrip())
    if not last:
        return text
    line = syntax.head + text
    is_unmatched = sum(map(line.count, OPENING)) < sum(map(line.count, CLOSING))
    return text[: last.start()] if is_unmatched else text


def _closes_head(unmatched: tuple[int, ...], text: str, syntax: CursorSyntax) -> bool:
    """Whether these closing brackets close what the cursor's line opens, and no line below does."""
    if syntax.open_quote or (syntax.next_lines and syntax.closes_block(syntax.next_lines[0])):
        return False
    unclosed = _unclosed(syntax.head)
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
